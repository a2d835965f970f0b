using System.Buffers;
using System.IO.Pipelines;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Synthesis;
using Hutch.DataLad.Wire;

namespace Hutch.DataLad.Serving;

/// <summary>Answers the commands of git's protocol, version 2, for clients that read (gitprotocol-v2).</summary>
internal sealed class UploadPack(PackMaker packs, TimeProvider time)
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    /// <summary>The server's capabilities: the first answer of a conversation.</summary>
    public static void Advertise(IBufferWriter<byte> output)
    {
        PktLines.Text(output, "# service=git-upload-pack");
        PktLines.Flush(output);
        PktLines.Text(output, "version 2");
        PktLines.Text(output, "agent=hutch");
        PktLines.Text(output, "ls-refs=unborn");
        PktLines.Text(output, "fetch");
        PktLines.Text(output, "object-format=sha1");
        PktLines.Flush(output);
    }

    public static void List(IBufferWriter<byte> output, Repository repository, GitCommand.ListRefs command)
    {
        IReadOnlyList<(string Name, ObjectId Id)> refs = repository.Refs();
        if (command.Unborn && repository.Main.Count == 0 && IsRequested(Repository.Head, command))
        {
            PktLines.Text(output, $"unborn {Repository.Head} symref-target:{repository.MainRef}");
        }

        foreach ((string name, ObjectId id) in refs.Where(entry => IsRequested(entry.Name, command)))
        {
            string target = command.Symrefs && name == Repository.Head ? " symref-target:" + repository.MainRef : "";
            PktLines.Text(output, $"{id} {name}{target}");
        }

        PktLines.Flush(output);
    }

    /// <summary>Answers a request for objects. Errors after the start of the answer go to the error band.</summary>
    public async Task FetchAsync(
        PipeWriter output, Repository repository, GitCommand.Fetch command, Func<long, Func<CancellationToken, Task>, Task> send,
        CancellationToken ct)
    {
        if (command.Wants.FirstOrDefault(id => !repository.Has(id)) is { } foreign && foreign != default)
        {
            PktLines.Error(output, $"{foreign} is not here, or no longer what a branch or tag names: fetch again");
            await output.FlushAsync(ct);
            return;
        }

        List<ObjectId> common = [.. command.Haves.Where(repository.Has).Distinct()];
        if (!command.IsDone && !TryAgree(output, common))
        {
            await output.FlushAsync(ct);
            return;
        }

        PktLines.Text(output, "packfile");
        await output.FlushAsync(ct);
        Pack pack = await PrepareAsync(output, repository, command, common, ct);
        try
        {
            await send(pack.Length, token => SendAsync(output, pack, token));
        }
        finally
        {
            pack.Release();
        }

        PktLines.Flush(output);
        await output.FlushAsync(ct);
    }

    /// <summary>Says which commits both have; false when the client is to name more before it gets anything.</summary>
    private static bool TryAgree(IBufferWriter<byte> output, List<ObjectId> common)
    {
        PktLines.Text(output, "acknowledgments");
        if (common.Count == 0)
        {
            PktLines.Text(output, "NAK");
            PktLines.Flush(output);
            return false;
        }

        foreach (ObjectId id in common)
        {
            PktLines.Text(output, $"ACK {id}");
        }

        PktLines.Text(output, "ready");
        PktLines.Delimiter(output);
        return true;
    }

    /// <summary>Waits for the pack, and reports progress now and then, so that no proxy between takes the connection for dead.</summary>
    private async Task<Pack> PrepareAsync(
        PipeWriter output, Repository repository, GitCommand.Fetch command, List<ObjectId> common, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<Pack> making = packs.MakeAsync(repository, command.Wants, common, ending.Token);
        try
        {
            while (await Task.WhenAny(making, Task.Delay(ProgressEvery, time, ct)) != making)
            {
                ct.ThrowIfCancellationRequested();
                PktLines.Band(output, PktLines.ProgressBand, "Hutch prepares the repository ...\n"u8);
                await output.FlushAsync(ct);
            }
        }
        catch
        {
            await ending.CancelAsync();
            await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (making.IsCompletedSuccessfully)
            {
                (await making).Release();
            }

            throw;
        }

        Pack pack = await making;
        if (command.WantsProgress)
        {
            PktLines.Band(output, PktLines.ProgressBand, System.Text.Encoding.UTF8.GetBytes($"Objects: {pack.Objects}, done.\n"));
        }

        return pack;
    }

    private static async Task SendAsync(PipeWriter output, Pack pack, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PktLines.MaxBandBytes);
        try
        {
            for (long at = 0; at < pack.Length;)
            {
                int read = pack.Read(buffer.AsSpan(0, PktLines.MaxBandBytes), at);
                PktLines.Band(output, PktLines.PackBand, buffer.AsSpan(0, read));
                at += read;
                if ((await output.FlushAsync(ct)).IsCompleted)
                {
                    throw new OperationCanceledException("The client went away.");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsRequested(string name, GitCommand.ListRefs command) =>
        command.Prefixes.Count == 0 || command.Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
