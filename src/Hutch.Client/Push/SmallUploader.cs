using Hutch.Client.Tar;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>
/// Reads, hashes and uploads small files. The sent bytes are the hashed bytes, from memory, so that a concurrent write cannot tear a file.
/// </summary>
internal sealed class SmallUploader(
    HutchClient client,
    Workspace workspace,
    PushSessionHolder session,
    UploadLedger ledger,
    ITransferProgress progress,
    bool asksFirst)
{
    /// <summary>Uploads files; several batches are under way at once.</summary>
    internal async Task RunAsync(IReadOnlyCollection<TrackedFile> files, CancellationToken cancellationToken)
    {
        using var queue = new FileQueue(files);
        int workers = Math.Clamp(files.Count / 64, 1, TransferLimits.ParallelBatches);
        await Parallel.ForAsync(0, workers, cancellationToken, async (_, ct) => await WorkAsync(queue, ct));
    }

    private async Task WorkAsync(FileQueue queue, CancellationToken cancellationToken)
    {
        using var reader = new StableReader(workspace.Root);
        byte[] memory = ArrayPool<byte>.Shared.Rent(TransferLimits.BatchBytes);
        try
        {
            var batch = new List<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)>();
            int used = 0;
            while (queue.TryTake(RemainingAfter(batch.Count, used), memory.Length - used, out TrackedFile? file))
            {
                if (file is null)
                {
                    await SendAsync(batch, cancellationToken);
                    batch.Clear();
                    used = 0;
                    continue;
                }

                int length = await ReadAsync(reader, file, memory.AsMemory(used), cancellationToken);
                if (file.Hash is { } hash && ledger.Claim(hash))
                {
                    batch.Add((hash, memory.AsMemory(used, length)));
                    used += length;
                }
                else
                {
                    progress.Add(1, length);
                }
            }

            await SendAsync(batch, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }

    private static int RemainingAfter(int files, int bytes) =>
        bytes < TransferLimits.FullBatchBytes ? TransferLimits.BatchFiles - files : 0;

    /// <summary>Reads a file until it holds still; notes its hash, or that it is gone or never did.</summary>
    private async Task<int> ReadAsync(StableReader reader, TrackedFile file, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            ReadOutcome outcome = reader.Read(file.Item, buffer, out int length, out FileStatus status);
            switch (outcome)
            {
                case ReadOutcome.Whole:
                    RefuseLostLink(file.Item, buffer.Span[..length]);
                    Record(file, status, buffer.Span[..length]);
                    return length;
                case ReadOutcome.Gone:
                    file.Gone = true;
                    file.Hash = null;
                    return 0;
                case ReadOutcome.Changing when attempt < TransferLimits.MaxReads:
                    progress.Report($"{file.Item.LocalPath} changed while it was being read; reading it again.");
                    await Task.Delay(TransferLimits.RereadDelay(attempt), workspace.Time, cancellationToken);
                    break;
                default:
                    file.Unstable = true;
                    file.InUse = outcome == ReadOutcome.InUse;
                    file.Hash = null;
                    return 0;
            }
        }
    }

    // Pushed, it would replace the bytes of a file, or a link, by a line of text.
    private static void RefuseLostLink(LocalItem item, ReadOnlySpan<byte> bytes)
    {
        if (LinkFile.IsContent(bytes))
        {
            throw (ErrorCode.Conflict with
            {
                Advice = $"Make it a link again: `touch -d 2001-01-01T00:00Z {item.LocalPath}`.",
            }).With(
                $"{Display.Quote(item.LocalPath)} stands in for a link or a file that is not here, and lost the time that marks it, for "
                + "instance by being copied. Nothing was pushed.").ToException();
        }
    }

    private void Record(TrackedFile file, in FileStatus status, ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[BlobHash.Size];
        SHA256.HashData(bytes, digest);
        file.Hash = new BlobHash(digest);
        file.Item = file.Item with { Status = status };
        workspace.Index.Set(file.Item.Path, status, file.Hash.Value);
    }

    private async Task SendAsync(List<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        string id = await session.GetIdAsync(cancellationToken);
        (BlobHash Hash, ReadOnlyMemory<byte> Bytes)[] send = [.. await FindNeededAsync(id, batch, cancellationToken)];
        if (send.Length > 0)
        {
            await client.UploadAsync(id, () => new TarContent(send), cancellationToken);
            ledger.Sent(send.Length, send.Sum(b => (long)b.Bytes.Length));
        }

        progress.Add(batch.Count, batch.Sum(b => (long)b.Bytes.Length));
    }

    /// <summary>
    /// Returns the bytes to send. Bytes of the base were left out before, so only parents, or an earlier attempt of this push, can have
    /// given the server more; without them there is nothing to ask, unless the base is not to be trusted.
    /// </summary>
    private async Task<IEnumerable<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)>> FindNeededAsync(
        string id, List<(BlobHash Hash, ReadOnlyMemory<byte> Bytes)> batch, CancellationToken cancellationToken)
    {
        if (session.IsNew && !asksFirst)
        {
            return batch;
        }

        var needed = new HashSet<BlobHash>();
        OfferedBlob[] offered = [.. batch.Select(b => new OfferedBlob { Hash = b.Hash, Size = b.Bytes.Length })];
        await foreach (BlobHash hash in client.NegotiateAsync(id, offered, cancellationToken))
        {
            needed.Add(hash);
        }

        return batch.Where(b => needed.Contains(b.Hash));
    }
}
