using Hutch.Client.Http;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>
/// Uploads large files, each alone and resumable. A file that the server probably has (same size as one of the base, or the dataset has
/// parents) is hashed first; any other is hashed while it is sent, under a key of our own, so that its bytes are read once.
/// </summary>
internal sealed class LargeUploader(
    HutchClient client,
    Workspace workspace,
    PushSessionHolder session,
    UploadLedger ledger,
    ITransferProgress progress,
    bool asksFirst)
{
    internal Task RunAsync(IReadOnlyCollection<TrackedFile> files, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        files,
        new ParallelOptions { MaxDegreeOfParallelism = TransferLimits.ParallelLargeFiles, CancellationToken = cancellationToken },
        async (file, ct) => await UploadAsync(file, ct));

    private async Task UploadAsync(TrackedFile file, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            ReadOutcome outcome = await TryUploadAsync(file, cancellationToken);
            switch (outcome)
            {
                case ReadOutcome.Whole:
                    session.RemoveUpload(file.Item.Path);
                    progress.Add(1, 0);
                    return;
                case ReadOutcome.Gone:
                    file.Gone = true;
                    file.Hash = null;
                    return;
                case ReadOutcome.Changing when attempt < TransferLimits.MaxReads:
                    progress.Report($"{file.Item.LocalPath} changed while it was being read; reading it again.");
                    file.Hash = null;
                    await Task.Delay(TransferLimits.RereadDelay(attempt), workspace.Time, cancellationToken);
                    break;
                default:
                    file.Unstable = true;
                    file.InUse = outcome == ReadOutcome.InUse;
                    file.Hash = null;
                    return;
            }
        }
    }

    private async Task<ReadOutcome> TryUploadAsync(TrackedFile file, CancellationToken cancellationToken)
    {
        using var reader = new StableReader(workspace.Root);
        if (file.Hash is null && (asksFirst || ledger.HasLargeSize(file.Item.Status.Size)))
        {
            ReadOutcome outcome = reader.Hash(file.Item, NoProgress.Instance, out BlobHash hash, out FileStatus status, cancellationToken);
            if (outcome != ReadOutcome.Whole)
            {
                return outcome;
            }

            Record(file, status, hash);
        }

        if (file.Hash is { } known && (!ledger.Claim(known) || !await IsNeededAsync(known, file.Item.Status.Size, cancellationToken)))
        {
            progress.Add(0, file.Item.Status.Size);
            return ReadOutcome.Whole;
        }

        try
        {
            using SafeFileHandle? handle = reader.Open(file.Item.LocalPath);
            return handle is null ? ReadOutcome.Gone : await SendAsync(file, handle, cancellationToken);
        }
        catch (Exception e) when (e.GetBaseException() is IOException cause && FileInUse.IsCauseOf(cause))
        {
            return ReadOutcome.InUse;
        }
    }

    private async Task<bool> IsNeededAsync(BlobHash hash, long size, CancellationToken cancellationToken)
    {
        string id = await session.GetIdAsync(cancellationToken);
        bool needed = false;
        await foreach (BlobHash answer in client.NegotiateAsync(id, [new OfferedBlob { Hash = hash, Size = size }], cancellationToken))
        {
            needed |= answer == hash;
        }

        return needed;
    }

    private async Task<ReadOutcome> SendAsync(TrackedFile file, SafeFileHandle handle, CancellationToken cancellationToken)
    {
        FileStatus status = FolderHandle.Status(handle);
        string id = await session.GetIdAsync(cancellationToken);
        string key = file.Hash?.ToString() ?? session.UploadKey(file.Item.Path, status);
        (BlobHash? sent, BlobHash? stored) = await SendAllAsync(id, handle, status.Size, key, file.Hash, cancellationToken);
        if (sent is null || !FolderHandle.Status(handle).SameContents(status))
        {
            session.RemoveUpload(file.Item.Path);
            return ReadOutcome.Changing;
        }

        if (stored != sent)
        {
            throw new VerificationException(file.Item.LocalPath, sent.Value, stored ?? default);
        }

        Record(file, status, sent.Value);
        ledger.Claim(sent.Value);
        ledger.Sent(1, status.Size);
        return ReadOutcome.Whole;
    }

    /// <summary>
    /// Sends a file to its end, over broken connections; returns the hashes of the sent and the stored bytes. Null if the file changed.
    /// </summary>
    private async Task<(BlobHash? Sent, BlobHash? Stored)> SendAllAsync(
        string id, SafeFileHandle file, long size, string key, BlobHash? known, CancellationToken cancellationToken)
    {
        long best = 0;
        RetryPolicy retry = TransferLimits.Retry(workspace.Time);
        for (int failures = 0; ;)
        {
            try
            {
                (long offset, BlobHash? stored) = await client.GetUploadAsync(id, key, cancellationToken);
                failures = offset > best ? 0 : failures;
                best = Math.Max(best, offset);
                using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                if (known is null && StableReader.HashRange(file, offset, sha, NoProgress.Instance, cancellationToken) != offset)
                {
                    return (null, null);
                }

                if (offset < size || stored is null)
                {
                    using var content = new HashingFileContent(file, offset, size - offset, known is null ? sha : null, progress);
                    (_, stored) = await client.AppendAsync(id, key, size, offset, content, cancellationToken);
                }

                return (known ?? Finish(sha), stored);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.DigestMismatch)
            {
                return (null, null); // it is not what it was when it was hashed
            }
            catch (Exception e) when (e.GetBaseException() is FileShrankException)
            {
                return (null, null);
            }
            catch (Exception e) when (IsTransient(e) && retry.MayRetry(++failures))
            {
                progress.Report($"Upload interrupted ({e.Message.TrimEnd('.')}); resuming.");
                await retry.WaitAsync(failures, cancellationToken);
            }
        }
    }

    // Another offset than ours is what a server says that is still writing what a broken connection brought.
    private static bool IsTransient(Exception exception) => exception is ServerUnreachableException { WasWaitedFor: false }
        || (exception is HutchException { Error: var error }
            && (error.Code.Status == 503 || (error.Code == ErrorCode.Conflict && error.Details?.ContainsKey("offset") == true)));

    private static BlobHash Finish(IncrementalHash sha)
    {
        Span<byte> digest = stackalloc byte[BlobHash.Size];
        sha.GetHashAndReset(digest);
        return new BlobHash(digest);
    }

    private void Record(TrackedFile file, in FileStatus status, BlobHash hash)
    {
        file.Hash = hash;
        file.Item = file.Item with { Status = status };
        workspace.Index.Set(file.Item.Path, status, hash);
    }
}
