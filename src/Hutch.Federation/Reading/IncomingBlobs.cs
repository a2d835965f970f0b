using Hutch.Federation.Copies;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Reading;

/// <summary>
/// The files of one other site in transfer into the cache. Simultaneous readers of the same file share one transfer. Thread-safe.
/// </summary>
/// <param name="homeId">The home whose datasets the other site has copies of; null when that site is the home.</param>
internal sealed partial class IncomingBlobs(
    string siteId, Func<DatasetId, Reader, CancellationToken, Task<Result<IHomePeer>>> find, ReadCache cache, ReadCounts counts,
    TimeProvider time, ILogger logger, string who = IncomingBlobs.Home, string? homeId = null) : IAsyncDisposable
{
    internal const string Home = "The home of the dataset";

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(BlobHash Hash, long Size), IncomingBlob> _coming = new();

    public int Count => _coming.Count;

    public bool IsCached(BlobHash hash) => cache.Has(KeyOf(hash));

    /// <summary>The blob in the cache, once so many bytes of it can be read.</summary>
    /// <exception cref="HutchException">It does not come.</exception>
    public async ValueTask<CachedBlob> FetchAsync(RemoteBlob wanted, long end, CancellationToken ct)
    {
        while (true)
        {
            if (cache.TryFind(KeyOf(wanted.Hash), out CachedBlob? cached))
            {
                Record(wanted, isHit: true);
                return cached.Size == wanted.Size ? cached : throw ErrorCode.Unavailable.With(
                    $"The home of the dataset names {wanted.Hash} with {cached.Size} and with {wanted.Size} bytes: a page of it is wrong.")
                    .ToException();
            }

            if (cache.CheckSize(wanted.Size) is { } tooLarge)
            {
                throw tooLarge.ToException();
            }

            if (await JoinAsync(wanted, ct) is not { } coming)
            {
                continue;
            }

            try
            {
                Result<CachedBlob> came = await coming.ReachAsync(end, ct);
                if (came.IsOk)
                {
                    return came.Value;
                }

                // What one reader is refused, another may have; a home that does not answer one does not answer another.
                if (coming.Reading == wanted.Reading || coming.IsForAll)
                {
                    throw came.Error.ToException();
                }
            }
            finally
            {
                coming.Leave();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_coming.Values.Select(static one => one.Ended));
        _stop.Dispose();
    }

    /// <summary>Separates the blobs of each home's datasets, also from the same copy: a home could name a blob that it never had.</summary>
    private ReadKey KeyOf(BlobHash hash) => new(homeId is null ? siteId : $"{homeId} {siteId}", hash);

    /// <summary>Joins the transfer of a file, or begins it; null if the transfer has just ended.</summary>
    private async Task<IncomingBlob?> JoinAsync(RemoteBlob wanted, CancellationToken ct)
    {
        var mine = new IncomingBlob(wanted, time, _stop.Token);
        IncomingBlob coming = _coming.GetOrAdd((wanted.Hash, wanted.Size), mine);
        if (coming != mine)
        {
            mine.Dispose();
        }

        if (!coming.TryJoin())
        {
            // It leaves its place in a moment.
            await coming.Ended.WaitAsync(ct);
            return null;
        }

        Record(wanted, isHit: coming != mine);
        if (coming == mine)
        {
            _ = Task.Run(() => RunAsync(mine), CancellationToken.None);
        }

        return coming;
    }

    private void Record(RemoteBlob wanted, bool isHit)
    {
        if (!isHit || !wanted.IsBegun)
        {
            counts.NoteRead(isHit);
        }
    }

    private async Task RunAsync(IncomingBlob incoming)
    {
        Result<CachedBlob> came;
        try
        {
            came = await TakeAsync(incoming);
        }
        catch (OperationCanceledException) when (incoming.Abandoned.IsCancellationRequested)
        {
            came = ErrorCode.Unavailable.With("The request was cancelled, or the server is stopping. Try again.");
        }
        catch (Exception e)
        {
            LogFailed(logger, incoming.Blob.Hash, incoming.Reading.Dataset, e);
            came = ErrorCode.Internal.With("The file could not be read through from its home. The log of this site says why.");
        }

        _coming.TryRemove(new KeyValuePair<(BlobHash, long), IncomingBlob>((incoming.Blob.Hash, incoming.Blob.Size), incoming));
        incoming.End(came.IsOk ? came : HomeOrigin.Refused(logger, incoming.Reading, came.Error, who), IsForAll(came.Error));
        incoming.Dispose();
    }

    /// <summary>True for a fault of the connection, the home or this site, which is the same for every reader and dataset.</summary>
    private static bool IsForAll(HutchError? failure) =>
        failure?.Code is { } code && (code == ErrorCode.Unavailable || code == ErrorCode.Internal || code == ErrorCode.InsufficientStorage
            || code == ErrorCode.DigestMismatch);

    /// <summary>Room is taken when its turn has come, and given back when it does not come whole.</summary>
    private async Task<Result<CachedBlob>> TakeAsync(IncomingBlob incoming)
    {
        RemoteBlob wanted = incoming.Blob;
        using IDisposable permit = await cache.Admission.AdmitAsync(homeId ?? siteId, ReadCache.SlotsOf(wanted.Size), incoming.Abandoned);
        var key = KeyOf(wanted.Hash);
        if (cache.TryFind(key, out CachedBlob? cached) && cached.Size == wanted.Size)
        {
            // It came between the first look and this transfer.
            return cached;
        }

        Result<CachedBlob> reserved = cache.Reserve(key, wanted.Size);
        if (!reserved.TryGet(out CachedBlob? blob, out HutchError? noRoom))
        {
            return noRoom;
        }

        bool isWhole = false;
        try
        {
            incoming.Slot = blob;
            var fetch = new BlobFetch(
                ct => find(wanted.Reading.Dataset, new Reader { Token = wanted.Reading.Token }, ct), wanted, blob, incoming.Advance);
            HutchError? failure = await fetch.RunAsync(incoming.Abandoned);
            blob.Failure = failure is null ? null : HomeOrigin.Refusal(failure, who);
            isWhole = failure is null;
            return failure is null ? cache.Add(blob) : failure;
        }
        finally
        {
            counts.NoteTransfer(isWhole ? wanted.Size : 0);
            if (!isWhole)
            {
                cache.Return(blob);
            }
        }
    }

    [LoggerMessage(5632, LogLevel.Error, "Reading {Blob} of dataset {Dataset} through from its home failed")]
    private static partial void LogFailed(ILogger logger, BlobHash blob, DatasetId dataset, Exception e);
}
