using System.IO.Pipelines;
using Hutch.Federation.Wire;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Folders;

namespace Hutch.Federation.Doors;

/// <summary>
/// Answers sites that read files through which are not yet hashed, in a facility's folder: lists them and sends their bytes. Only the home
/// answers, as no copy has them.
/// </summary>
internal sealed class UnhashedRequests(CopyRequests copies, UnhashedFiles files, TimeProvider time)
{
    public void AddTo(SiteRoutes routes)
    {
        routes.Add(PeerCalls.Unhashed, ListAsync);
        routes.Add(PeerCalls.UnhashedPart, PartAsync);
    }

    public async Task<Result<UnhashedAnswer>> ListAsync(BlobHash key, UnhashedRequest request, CancellationToken ct)
    {
        Result<Done> admitted = await copies.AdmitAtHomeAsync(key, request, ct);
        Result<DatasetPath?> after = !admitted.IsOk ? admitted.Error
            : request.After is { } path ? DatasetPath.Parse(path).Then<DatasetPath?>(static parsed => parsed)
            : (DatasetPath?)null;
        return !after.IsOk
            ? after.Error
            : (await files.ListAsync(request.Dataset, after.Value, SiteProtocol.MaxNames, ct)).Then<UnhashedAnswer>(
                static page => new UnhashedAnswer { Files = [.. page.Files.Select(Line)], Next = page.Next?.Value });
    }

    /// <summary>Bytes of one, as a stream that writes itself.</summary>
    public async Task<Result<TarAnswer>> PartAsync(BlobHash key, UnhashedPartRequest request, CancellationToken ct)
    {
        if (!(await copies.AdmitAtHomeAsync(key, request, ct)).TryGet(out _, out HutchError? refusal)
            || !DatasetPath.Parse(request.Path).TryGet(out DatasetPath path, out refusal)
            || !(await files.FindAsync(request.Dataset, path, request.Version, ct)).TryGet(out BlobContent? file, out refusal))
        {
            return refusal;
        }

        return request.Offset < 0 || request.Until < request.Offset || request.Until > file.Size
            ? ErrorCode.RangeNotSatisfiable.With(
                $"The file has {file.Size} bytes; it cannot be sent from {request.Offset} up to {request.Until}.")
            : (TarAnswer)WriteAsync;

        async Task WriteAsync(PipeWriter output, CancellationToken stop)
        {
            long looked = time.GetTimestamp();
            await foreach (ReadOnlyMemory<byte> part in file.ReadAsync(request.Offset, request.Until - request.Offset, stop))
            {
                looked = await copies.CheckChangesAsync(looked, key, request, stop);
                if ((await output.WriteAsync(part, stop)).IsCompleted)
                {
                    return;
                }
            }
        }
    }

    private static UnhashedLine Line(UnhashedFile file) => new()
    {
        Path = file.Path.Value,
        Size = file.Stamp.Size,
        Modified = file.Stamp.ModifiedNanoseconds,
        Changed = file.Stamp.ChangedNanoseconds,
        Inode = file.Stamp.Inode,
        Executable = file.IsExecutable,
        ContentType = file.ContentType,
    };
}
