using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Hutch.Client.Http;
using Hutch.Client.Tar;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Fetch;

/// <summary>
/// Downloads entries of one snapshot into the working directory: small files in batches, large ones alone, several at once. Every byte is
/// compared with its hash before its file gets its name. A file without an intact copy on the server becomes a placeholder, and the rest is
/// still downloaded.
/// </summary>
internal sealed class Downloader(HutchClient client, Workspace workspace, string at, BlobCache? cache, ITransferProgress progress)
{
    private readonly LargeDownloader _large = new(client, workspace, at, progress);
    private readonly ConcurrentBag<string> _missing = [];
    private readonly ConcurrentBag<string> _expiredEarly = [];

    /// <summary>Paths of files whose bytes the server has damaged or lost.</summary>
    internal IReadOnlyList<string> Missing => [.. _missing.Order(Utf8Order.Comparer)];

    /// <summary>Those of <see cref="Missing"/> that were temporary and made room for newer data.</summary>
    internal IReadOnlyList<string> ExpiredEarly => [.. _expiredEarly.Order(Utf8Order.Comparer)];

    /// <summary>Asked just before an entry is put in place: the entry to put there instead, perhaps under another path.</summary>
    internal Func<EntryInfo, EntryInfo> BeforePlacing { get; init; } = static entry => entry;

    /// <summary>The treatment of files without an intact copy on the server.</summary>
    internal MissingBytesPolicy MissingBytesPolicy { get; init; }

    /// <summary>Brings all entries; they may be produced while it runs.</summary>
    internal async Task RunAsync(IAsyncEnumerable<DownloadItem> items, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<List<DownloadItem>>(TransferLimits.ParallelBatches);
        Task producing = ProduceAsync(items, batches.Writer, stop.Token);
        Task[] workers =
        [
            .. Enumerable.Range(0, TransferLimits.ParallelBatches)
                .Select(_ => Task.Run(() => WorkAsync(batches.Reader, stop.Token), stop.Token)),
        ];
        List<Task> running = [producing, .. workers];
        while (running.Count > 0)
        {
            Task done = await Task.WhenAny(running);
            running.Remove(done);
            if (!done.IsCompletedSuccessfully)
            {
                await stop.CancelAsync();
                await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await done;
            }
        }
    }

    private static async Task ProduceAsync(
        IAsyncEnumerable<DownloadItem> items, ChannelWriter<List<DownloadItem>> batches, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            var batch = new List<DownloadItem>();
            long bytes = 0;
            await foreach (DownloadItem item in items.WithCancellation(cancellationToken))
            {
                long size = item.Entry.Size ?? 0;
                if (size > TransferLimits.SmallFileBytes)
                {
                    await batches.WriteAsync([item], cancellationToken);
                    continue;
                }

                batch.Add(item);
                bytes += size;
                if (batch.Count >= TransferLimits.BatchFiles || bytes >= TransferLimits.FullBatchBytes)
                {
                    await batches.WriteAsync(batch, cancellationToken);
                    (batch, bytes) = ([], 0);
                }
            }

            await batches.WriteAsync(batch, cancellationToken);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            batches.Complete(failure);
        }
    }

    private async Task WorkAsync(ChannelReader<List<DownloadItem>> batches, CancellationToken cancellationToken)
    {
        using var writer = new WorkspaceWriter(workspace);
        await foreach (List<DownloadItem> batch in batches.ReadAllAsync(cancellationToken))
        {
            if (batch is [{ Entry.Size: > TransferLimits.SmallFileBytes } large])
            {
                await FetchLargeAsync(writer, large, cancellationToken);
            }
            else
            {
                await FetchBatchAsync(writer, batch, cancellationToken);
            }
        }
    }

    private async Task FetchBatchAsync(WorkspaceWriter writer, List<DownloadItem> batch, CancellationToken cancellationToken)
    {
        var missing = new Dictionary<BlobHash, List<EntryInfo>>();
        var paths = new Dictionary<BlobHash, string>();
        foreach ((EntryInfo entry, string serverPath) in batch)
        {
            if (!TryPlaceWithoutServer(writer, entry, cancellationToken))
            {
                paths.TryAdd(entry.Hash!.Value, serverPath);
                ref List<EntryInfo>? wanting = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    missing, entry.Hash.Value, out _);
                (wanting ??= []).Add(entry);
            }
        }

        RetryPolicy retry = TransferLimits.Retry(workspace.Time);
        for (int failures = 0; missing.Count > 0;)
        {
            int before = missing.Count;
            try
            {
                await FetchAsync(writer, missing, paths, cancellationToken);
                if (missing.Count == before)
                {
                    throw new BadAnswerException("The server did not send all files of the snapshot.");
                }
            }
            catch (Exception e)
                when (TransferLimits.MayResume(e) && retry.MayRetry(failures = missing.Count < before ? 1 : failures + 1))
            {
                progress.Report($"Download interrupted ({e.Message.TrimEnd('.')}); resuming.");
                await retry.WaitAsync(failures, cancellationToken);
            }
        }
    }

    private bool TryPlaceWithoutServer(WorkspaceWriter writer, EntryInfo entry, CancellationToken cancellationToken)
    {
        switch (entry.Kind)
        {
            case EntryKinds.Link:
                EntryInfo link = BeforePlacing(entry);
                writer.PlaceLink(link.Path, link.Target!, link.Modified);
                break;
            case EntryKinds.Directory:
                writer.PlaceFolder(BeforePlacing(entry).Path);
                break;
            default:
                if (!TryPlaceFromCache(writer, entry, cancellationToken))
                {
                    return false;
                }

                break;
        }

        progress.Add(1, entry.Size ?? 0);
        return true;
    }

    private async Task FetchAsync(
        WorkspaceWriter writer,
        Dictionary<BlobHash, List<EntryInfo>> missing,
        Dictionary<BlobHash, string> paths,
        CancellationToken cancellationToken)
    {
        WantedFile[] wanted = [.. missing.Keys.Select(hash => new WantedFile { Hash = hash, Path = paths[hash] })];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(TransferLimits.SmallFileBytes);
        try
        {
            using HttpResponseMessage response = await client.FetchAsync(
                workspace.Config.Dataset, at, wanted, cancellationToken);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var tar = new BlobTarReader(body);
            while (missing.Count > 0 && await tar.NextAsync(cancellationToken) is { } member)
            {
                if (member.Size > TransferLimits.SmallFileBytes || !missing.Remove(member.Hash, out List<EntryInfo>? entries))
                {
                    throw new BadAnswerException($"The server sent data that was not requested ({member.Hash}).");
                }

                Memory<byte> bytes = buffer.AsMemory(0, (int)member.Size);
                try
                {
                    await tar.ReadBodyAsync(bytes, cancellationToken);
                }
                catch
                {
                    missing.Add(member.Hash, entries);
                    throw;
                }

                if (member.IsMissing)
                {
                    entries.ForEach(entry => WithoutCopy(writer, entry, member.HasExpiredEarly));
                }
                else
                {
                    Place(writer, entries, member.Hash, bytes.Span, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Place(
        WorkspaceWriter writer, List<EntryInfo> entries, BlobHash hash, ReadOnlySpan<byte> bytes, CancellationToken cancellationToken)
    {
        BlobHash actual = BlobHash.Compute(bytes);
        if (actual != hash)
        {
            throw new VerificationException(entries[0].Path, hash, actual);
        }

        cache?.Add(hash, bytes);
        foreach (EntryInfo entry in entries)
        {
            if (!TryPlaceFromCache(writer, entry, cancellationToken))
            {
                writer.PlaceBytes(BeforePlacing(entry), bytes);
            }

            progress.Add(1, bytes.Length);
        }
    }

    private void WithoutCopy(WorkspaceWriter writer, EntryInfo entry, bool hasMadeRoom)
    {
        if (MissingBytesPolicy == MissingBytesPolicy.Refuse)
        {
            throw (hasMadeRoom
                ? ErrorCode.Gone.With(
                    $"{Display.Quote(entry.Path)} was temporary and made room for newer data on the server. Nothing was changed here.")
                : ErrorCode.Quarantined.With(
                    $"The server's copy of {Display.Quote(entry.Path)} is damaged and was not served. Nothing was changed here."))
                .ToException();
        }

        _missing.Add(entry.Path);
        if (hasMadeRoom)
        {
            _expiredEarly.Add(entry.Path);
        }

        if (MissingBytesPolicy == MissingBytesPolicy.LeavePlaceholder)
        {
            EntryInfo final = BeforePlacing(entry);
            writer.PlaceLink(final.Path, ContentLink.PlaceholderTarget(final.Path, entry.Hash!.Value), modified: null);
        }

        progress.Add(1, 0);
    }

    private bool TryPlaceFromCache(WorkspaceWriter writer, EntryInfo entry, CancellationToken cancellationToken)
    {
        if (cache is null)
        {
            return false;
        }

        using SafeFileHandle? copy = cache.TryOpen(entry.Hash!.Value, entry.Size ?? 0, cancellationToken);
        if (copy is null)
        {
            return false;
        }

        EntryInfo final = BeforePlacing(entry);
        if (!writer.TryPlaceClone(final, copy))
        {
            if (workspace.MakesLinks)
            {
                writer.PlaceLink(final.Path, cache.PathOf(entry.Hash.Value), modified: null);
            }
            else
            {
                writer.PlaceCopy(final, copy); // programs could not follow a link file to the bytes
            }
        }

        return true;
    }

    private async Task FetchLargeAsync(WorkspaceWriter writer, DownloadItem item, CancellationToken cancellationToken)
    {
        if (TryPlaceFromCache(writer, item.Entry, cancellationToken))
        {
            progress.Add(1, item.Entry.Size!.Value);
            return;
        }

        FolderHandle folder = cache?.Temporary ?? workspace.Temporary;
        SafeFileHandle file;
        string name;
        try
        {
            (file, name) = await _large.GatherAsync(item, folder, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined || e.Error.Code == ErrorCode.Gone)
        {
            WithoutCopy(writer, item.Entry, EarlyExpiryMark.IsOn(e.Error));
            return;
        }

        using (file)
        {
            if (cache?.Temporary is null)
            {
                writer.PlacePart(BeforePlacing(item.Entry), file, folder, name);
            }
            else
            {
                cache.AddPart(item.Entry.Hash!.Value, file, name);
                if (!TryPlaceFromCache(writer, item.Entry, cancellationToken))
                {
                    // A working directory without the file would take it for deleted.
                    throw ErrorCode.Unavailable.With(
                        $"Another program removed {Display.Quote(item.Entry.Path)} from the cache {Display.Quote(cache.Path)} before it "
                        + "could be used. Run the command again.").ToException();
                }
            }
        }

        progress.Add(1, 0);
    }
}

/// <summary>The treatment of files without an intact copy on the server.</summary>
internal enum MissingBytesPolicy
{
    LeavePlaceholder,

    LeaveOut,

    Refuse,
}

internal sealed record DownloadItem(EntryInfo Entry, string ServerPath)
{
    internal static DownloadItem From(EntryInfo entry) => new(entry, entry.Path);
}
