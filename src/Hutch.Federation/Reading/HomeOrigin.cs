using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>
/// The pages and blobs of one other site, which come when they are read and are compared with their hashes. Simultaneous readers of the
/// same data share one transfer. Thread-safe.
/// </summary>
internal sealed partial class HomeOrigin(
    string siteId, Func<DatasetId, Reader, CancellationToken, Task<Result<IHomePeer>>> find,
    Func<DatasetId, CancellationToken, Task<IReadOnlyList<TreeRoot>>> roots, ReadCache cache, ReadCounts counts, TimeProvider time,
    ILogger logger)
    : IBlobOrigin, IAsyncDisposable
{
    private const int MaxPagesAtOnce = 16;
    private const int MaxPlaces = 100_000;

    private static readonly BlobHash Nothing = BlobHash.Compute(default);

    private readonly SemaphoreSlim _pageSlots = new(MaxPagesAtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<BlobHash, Task<ReadOnlyMemory<byte>>> _pages = new();
    private readonly IncomingBlobs _incoming = new(siteId, find, cache, counts, time, logger);
    private readonly LruCache<(DatasetId, BlobHash), BlobReference> _places = new(MaxPlaces, long.MaxValue, static _ => 0);

    public ReadHolders? Holders { get; init; }

    public async ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash page, CancellationToken ct)
    {
        DatasetReading reading = Reading();
        ReadOnlyMemory<byte> bytes = await FindPageAsync(page, ct) ?? await SharePageAsync(reading, page).WaitAsync(ct);
        if (PageContents.Read(bytes).TryGet(out PageContents? contents, out _))
        {
            foreach (NamedBlob blob in contents.Blobs)
            {
                _places.Set((reading.Dataset, blob.Hash), new BlobReference(page, blob.Size));
            }
        }

        return bytes;
    }

    public async ValueTask<IExternalBlob?> FindAsync(BlobHash blob, CancellationToken ct)
    {
        DatasetReading reading = Reading();
        if (await PlaceOfAsync(reading.Dataset, blob, ct) is not { } reference)
        {
            return null;
        }

        if (reference.Size == 0 && blob != Nothing)
        {
            throw Refused(
                logger, reading,
                ErrorCode.DigestMismatch.With($"It names {blob} as a file without bytes, which has another hash.")).ToException();
        }

        IReadOnlyList<string> sites = await SitesAsync(reading.Dataset, ct);
        return sites.Count == 1
            ? new RemoteBlob(_incoming, reading, reference, blob)
            : new HoldersBlob(
                Holders!, new NamedBlob(blob, reference.Size),
                [
                    .. sites.Select(site => (site, new RemoteBlob(
                        site == siteId ? _incoming : Holders!.Incoming(site), reading, reference, blob))),
                ],
                time);
    }

    public IExternalBlob FindUnhashed(DatasetPath path, Entry entry)
    {
        DatasetReading reading = Reading();
        var reader = new Reader { Token = reading.Token };
        return new UnhashedBlob(ct => find(reading.Dataset, reader, ct), reading.Dataset, path, entry, logger);
    }

    internal int Incoming => _incoming.Count;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _incoming.DisposeAsync();
        await (Holders?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Task.WhenAll(_pages.Values).ContinueWith(static _ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _pageSlots.Dispose();
    }

    /// <summary>The sites that have a dataset, the nearest first.</summary>
    private ValueTask<IReadOnlyList<string>> SitesAsync(DatasetId dataset, CancellationToken ct) =>
        Holders is null ? new ValueTask<IReadOnlyList<string>>([siteId]) : Holders.ListAsync(dataset, ct);

    private static DatasetReading Reading() => RequestScope.Current?.Reading
        ?? throw new InvalidOperationException("A dataset of another site is read, and nobody said for whom.");

    /// <summary>Finds the page that names a blob: one that was read lately, or one found in the trees.</summary>
    private async Task<BlobReference?> PlaceOfAsync(DatasetId dataset, BlobHash blob, CancellationToken ct)
    {
        var open = new Stack<BlobHash>((await RootsAsync()).Select(static root => root.Page));
        var seen = new HashSet<BlobHash>();
        BlobReference reference;
        while (!_places.TryFind((dataset, blob), out reference) && open.TryPop(out BlobHash next))
        {
            if (next != TreeRoot.Empty.Page && seen.Add(next)
                && PageContents.Read(await ReadPageAsync(next, ct)).TryGet(out PageContents? page, out _))
            {
                foreach (TreeRoot below in page.Below)
                {
                    open.Push(below.Page);
                }
            }
        }

        return _places.TryFind((dataset, blob), out reference) ? reference : null;

        async Task<IReadOnlyList<TreeRoot>> RootsAsync() => _places.TryFind((dataset, blob), out _) ? [] : await roots(dataset, ct);
    }

    private async Task<ReadOnlyMemory<byte>?> FindPageAsync(BlobHash page, CancellationToken ct)
    {
        if (!cache.TryFind(new ReadKey(siteId, page), out CachedBlob? cached))
        {
            return null;
        }

        var bytes = new byte[cached.Size];
        for (int i = 0; i < cached.Slots.Length; i++)
        {
            if (!await cached.TryReadAsync(i, bytes.AsMemory(i * ReadCache.SlotBytes), ct))
            {
                return null;
            }
        }

        counts.NoteRead(isHit: true);
        return bytes;
    }

    private Task<ReadOnlyMemory<byte>> SharePageAsync(DatasetReading reading, BlobHash page)
    {
        var mine = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ReadOnlyMemory<byte>> coming = _pages.GetOrAdd(page, mine.Task);
        if (coming == mine.Task)
        {
            _ = Task.Run(() => FetchPageAsync(reading, page, mine), CancellationToken.None);
        }

        return coming;
    }

    private async Task FetchPageAsync(DatasetReading reading, BlobHash page, TaskCompletionSource<ReadOnlyMemory<byte>> asked)
    {
        try
        {
            counts.NoteRead(isHit: false);
            await _pageSlots.WaitAsync(_stop.Token);
            Result<ReadOnlyMemory<byte>> came;
            try
            {
                came = await FetchPageAsync(reading, page, _stop.Token);
            }
            finally
            {
                _pageSlots.Release();
            }

            if (came.IsOk)
            {
                Cache(page, came.Value);
            }

            _pages.TryRemove(page, out _);
            asked.SetResult(came.IsOk ? came.Value : throw Refused(logger, reading, came.Error).ToException());
        }
        catch (Exception e)
        {
            _pages.TryRemove(page, out _);
            asked.SetException(e);
            _ = asked.Task.Exception; // The reader may be gone.
        }
    }

    /// <summary>Asks the nearest site first, and last those that gave nothing of late.</summary>
    private async Task<Result<ReadOnlyMemory<byte>>> FetchPageAsync(DatasetReading reading, BlobHash page, CancellationToken ct)
    {
        var reader = new Reader { Token = reading.Token };
        IReadOnlyList<string> sites = await SitesAsync(reading.Dataset, ct);
        return sites.Count == 1
            ? await FetchPageAsync(await find(reading.Dataset, reader, ct), reading, page, ct)
            : await FetchPageAsync(Holders!, sites, reading, reader, page, ct);
    }

    private async Task<Result<ReadOnlyMemory<byte>>> FetchPageAsync(
        ReadHolders holders, IEnumerable<string> sites, DatasetReading reading, Reader reader, BlobHash page, CancellationToken ct)
    {
        var refusals = new List<string>();
        foreach (string site in sites.OrderBy(site => holders.HasFailed(reading.Dataset, site)))
        {
            Result<IHomePeer> peer = site == siteId
                ? await find(reading.Dataset, reader, ct)
                : await holders.FindAsync(site, reader, ct);
            Result<ReadOnlyMemory<byte>> came = await FetchPageAsync(peer, reading, page, ct);
            if (came.IsOk)
            {
                return came;
            }

            holders.NoteFailure(reading.Dataset, site);
            refusals.Add($"{await holders.NameAsync(site, ct)}: {came.Error.Message}");
            if (came.Error.Code != ErrorCode.Unavailable && came.Error.Code != ErrorCode.NotFound)
            {
                // A copy may not have the newest pages yet; all else that is wrong is for the operators.
                LogWrong(logger, reading.Dataset, came.Error.Message);
            }
        }

        return holders.NoHolderAnswers(refusals);
    }

    private static async Task<Result<ReadOnlyMemory<byte>>> FetchPageAsync(
        Result<IHomePeer> home, DatasetReading reading, BlobHash page, CancellationToken ct)
    {
        if (!home.IsOk)
        {
            return home.Error;
        }

        try
        {
            Result<Stream> opened = await home.Value.PagesAsync(reading.Dataset, [page], ct);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            await using Stream body = opened.Value;
            var pages = new PageStream(body, [page], PageContents.MaxBytes);
            Result<(BlobHash Hash, ReadOnlyMemory<byte> Page)?> next = await pages.NextAsync(ct);
            return !next.IsOk ? HomeFault.Blame(home.Value, next.Error)
                : next.Value is { } came ? came.Page
                : HomeFault.Blame(home.Value, ErrorCode.Unprocessable.With($"It did not send page {page}, which its own tree names."));
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {home.Value.Name} broke: {e.Message.TrimEnd('.')}. Try again.");
        }
    }

    private void Cache(BlobHash page, ReadOnlyMemory<byte> bytes)
    {
        if (!cache.Reserve(new ReadKey(siteId, page), bytes.Length).TryGet(out CachedBlob? cached, out _))
        {
            return;
        }

        try
        {
            for (int i = 0; i < cached.Slots.Length; i++)
            {
                cached.Write(i, bytes.Span.Slice(i * ReadCache.SlotBytes, cached.LengthOf(i)));
            }

            cache.Add(cached);
        }
        catch (IOException e)
        {
            // The page is right, and is read once more when it is wanted again.
            LogNotKept(logger, page, e);
            cache.Return(cached);
        }
    }

    /// <summary>
    /// Turns any fault at or of the home into an error that can be retried, except for bytes that only a program has. Wrong data is also
    /// logged for operators.
    /// </summary>
    internal static HutchError Refused(ILogger logger, DatasetReading reading, HutchError fault, string who = IncomingBlobs.Home)
    {
        if (fault.Code != ErrorCode.Unavailable && fault.Code != ErrorCode.Evicted)
        {
            LogWrong(logger, reading.Dataset, fault.Message);
        }

        return Refusal(fault, who);
    }

    internal static HutchError Refusal(HutchError fault, string who) => fault.Code == ErrorCode.Evicted ? fault
        : ErrorCode.Unavailable.With($"{who} did not give what was asked for. {fault.Message}");

    [LoggerMessage(5631, LogLevel.Warning, "Reading dataset {Dataset} through from its home: {Problem}")]
    internal static partial void LogWrong(ILogger logger, DatasetId dataset, string problem);

    [LoggerMessage(5633, LogLevel.Warning, "Page {Page} of another site could not be kept in the cache")]
    private static partial void LogNotKept(ILogger logger, BlobHash page, Exception e);
}
