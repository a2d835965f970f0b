using Hutch.Client.Http;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Fetch;

/// <summary>Downloads one large file into a folder of ours and hashes it as it arrives; resumes an earlier attempt.</summary>
internal sealed class LargeDownloader(HutchClient client, Workspace workspace, string at, ITransferProgress progress)
{
    /// <summary>Gathers a file; returns it open, verified, under the name that is returned.</summary>
    internal async Task<(SafeFileHandle File, string Name)> GatherAsync(
        DownloadItem item, FolderHandle folder, CancellationToken cancellationToken)
    {
        (SafeFileHandle file, string name) = OpenPart(folder, item.Entry);
        try
        {
            BlobHash actual = await FillAsync(item, file, cancellationToken);
            if (actual != item.Entry.Hash)
            {
                folder.Delete(name);
                throw new VerificationException(item.ServerPath, item.Entry.Hash!.Value, actual);
            }

            return (file, name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Another process may be downloading the same bytes into a shared cache: then use a name of our own.
    private static (SafeFileHandle File, string Name) OpenPart(FolderHandle folder, EntryInfo entry)
    {
        int mode = entry.RestrictedMode() ?? RestrictedMode.ReadWrite; // nobody reads it meanwhile who may not read it then
        string name = entry.Hash + ".part";
        SafeFileHandle file = folder.OpenOrCreateFile(name, mode);
        if (FolderHandle.TryLock(file))
        {
            return (file, name);
        }

        file.Dispose();
        name = $"{entry.Hash}.{Environment.ProcessId}.part";
        return (folder.OpenOrCreateFile(name, mode), name);
    }

    private async Task<BlobHash> FillAsync(DownloadItem item, SafeFileHandle file, CancellationToken cancellationToken)
    {
        long size = item.Entry.Size!.Value;
        long have = Math.Min(RandomAccess.GetLength(file), size);
        RandomAccess.SetLength(file, have);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        have = StableReader.HashRange(file, have, sha, progress, cancellationToken);
        RetryPolicy retry = TransferLimits.Retry(workspace.Time);
        for (int failures = 0; have < size;)
        {
            long before = have;
            await using var sink = new PieceSink(file, have, size >= UncachedFile.WorthwhileBytes, sha, progress);
            try
            {
                await ReceiveAsync(item, sink, size, cancellationToken);
            }
            catch (Exception e) when (TransferLimits.MayResume(e) && retry.MayRetry(failures = sink.Offset > before ? 1 : failures + 1))
            {
                progress.Report($"{item.ServerPath}: download interrupted ({e.Message.TrimEnd('.')}); resuming.");
                await retry.WaitAsync(failures, cancellationToken);
            }

            await sink.CompleteAsync(cancellationToken);
            have = sink.Offset;
        }

        return new BlobHash(sha.GetHashAndReset());
    }

    private async Task ReceiveAsync(DownloadItem item, PieceSink sink, long size, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.OpenEntryAsync(
            workspace.Config.Dataset, at, item.ServerPath, sink.Offset, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (sink.Offset < size)
        {
            Memory<byte> memory = await sink.NextAsync(cancellationToken);
            int wanted = (int)Math.Min(memory.Length, size - sink.Offset);
            int read = await ReadAsync(body, memory[..wanted], sink, cancellationToken);
            if (read < wanted)
            {
                throw new ServerUnreachableException(client.Remote, new IOException("the response was cut off"));
            }
        }
    }

    /// <summary>Passes on the received bytes even if the connection breaks in the middle of a piece.</summary>
    private static async Task<int> ReadAsync(Stream body, Memory<byte> memory, PieceSink sink, CancellationToken cancellationToken)
    {
        int filled = 0;
        try
        {
            for (int read = 1; read > 0 && filled < memory.Length; filled += read)
            {
                read = await body.ReadAsync(memory[filled..], cancellationToken);
            }
        }
        finally
        {
            if (filled > 0)
            {
                sink.Add(filled);
            }
        }

        return filled;
    }
}
