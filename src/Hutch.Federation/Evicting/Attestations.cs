using Hutch.Site.Replication.Evicting;

namespace Hutch.Federation.Evicting;

/// <summary>Reads datasets again for their homes, one at a time, homes in rotation. A stop loses results; the homes ask again.</summary>
/// <param name="maxPerHour">The most datasets that are read for one home within an hour.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class Attestations(Attester attester, TimeProvider time, int maxPerHour = Attestations.MaxPerHour) : IAsyncDisposable
{
    /// <summary>A home that asks for more has not understood what a reading costs, or wants this site to do nothing else.</summary>
    internal const int MaxPerHour = 3600;

    /// <summary>The most readings retained. Beyond it, the oldest one is dropped.</summary>
    private const int MaxRetained = 10_000;

    /// <summary>The delay before a failed reading is repeated: each one reads as far as the damage.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>The same where nothing is wrong with the bytes: another server of the site, which has the files, was not reached.</summary>
    private static readonly TimeSpan ReachAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _mutex = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<DatasetId, Reading> _readings = [];
    private readonly Dictionary<BlobHash, Requester> _requesters = [];

    /// <summary>Refuses a home that may not have another dataset read now; null if it may.</summary>
    public HutchError? CheckLimit(BlobHash home)
    {
        lock (_gate)
        {
            return CheckLimit(Find(home));
        }
    }

    /// <summary>
    /// Returns the result of reading a dataset after a number; null while it is read. The first request begins the reading. A failure is
    /// reported for some minutes, and then the reading begins again.
    /// </summary>
    public Result<Attested>? Find(BlobHash home, DatasetId dataset, BlobHash nonce)
    {
        lock (_gate)
        {
            if (!_readings.TryGetValue(dataset, out Reading? reading) || reading.Nonce != nonce || IsOver(reading))
            {
                Requester requester = Find(home);
                if (CheckLimit(requester) is { } tooMany)
                {
                    return tooMany;
                }

                reading?.Stop.Cancel();
                EvictOldest();
                requester.Begun++;
                _readings[dataset] = Begin(requester, dataset, nonce);
                return null;
            }

            return reading.Read.IsCompleted ? ResultOf(reading.Read) : default(Result<Attested>?);
        }
    }

    /// <summary>Stops a reading and forgets its result.</summary>
    public void Remove(DatasetId dataset, BlobHash nonce)
    {
        lock (_gate)
        {
            if (_readings.TryGetValue(dataset, out Reading? reading) && reading.Nonce == nonce)
            {
                reading.Stop.Cancel();
                _readings.Remove(dataset);
            }
        }
    }

    internal Task WhenReadAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return Task.WhenAll(_readings.Values.Select(static one => one.Read))
                .ContinueWith(static _ => { }, ct, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenReadAsync(CancellationToken.None);
    }

    private static Result<Attested> ResultOf(Task<Result<Attested>> read) => read.IsCompletedSuccessfully
        ? read.Result
        : ErrorCode.Internal.With($"The dataset could not be read: {read.Exception?.InnerException?.Message ?? "it was stopped."}");

    /// <summary>True if it failed long enough ago to be tried again.</summary>
    private bool IsOver(Reading reading) =>
        reading.Read.IsCompleted && reading.Read is not { IsCompletedSuccessfully: true, Result.IsOk: true }
        && time.GetElapsedTime(reading.Since) > (IsOutOfReach(reading.Read) ? ReachAgainAfter : TryAgainAfter);

    private static bool IsOutOfReach(Task<Result<Attested>> read) =>
        read.IsCompletedSuccessfully && read.Result.Error?.Code == ErrorCode.Unavailable;

    private HutchError? CheckLimit(Requester requester) => requester.Begun < maxPerHour ? null : ErrorCode.TooManyRequests.With(
        $"This site reads at most {maxPerHour} datasets in an hour for one home. It continues later.");

    private Requester Find(BlobHash home)
    {
        if (!_requesters.TryGetValue(home, out Requester? requester))
        {
            _requesters[home] = requester = new Requester(time.GetTimestamp());
        }

        if (time.GetElapsedTime(requester.Since) >= TimeSpan.FromHours(1))
        {
            (requester.Since, requester.Begun) = (time.GetTimestamp(), 0);
        }

        return requester;
    }

    private void EvictOldest()
    {
        if (_readings.Count >= MaxRetained)
        {
            DatasetId first = _readings.First(static one => true).Key;
            _readings[first].Stop.Cancel();
            _readings.Remove(first);
        }
    }

    private Reading Begin(Requester requester, DatasetId dataset, BlobHash nonce)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        return new Reading(
            nonce, time.GetTimestamp(), stop, Task.Run(() => ReadAsync(requester, dataset, nonce, stop.Token), CancellationToken.None));
    }

    /// <summary>One at a time, as each reads as fast as the disk gives. Of each home one waits: none is behind all of another.</summary>
    private async Task<Result<Attested>> ReadAsync(Requester requester, DatasetId dataset, BlobHash nonce, CancellationToken ct)
    {
        await requester.Lock.WaitAsync(ct);
        try
        {
            await _mutex.WaitAsync(ct);
            try
            {
                return await attester.ReadAsync(dataset, nonce, ct);
            }
            finally
            {
                _mutex.Release();
            }
        }
        finally
        {
            requester.Lock.Release();
        }
    }

    private sealed record Reading(BlobHash Nonce, long Since, CancellationTokenSource Stop, Task<Result<Attested>> Read);

    /// <summary>A home: the keys of sites of the zone are few.</summary>
    private sealed class Requester(long since)
    {
        public SemaphoreSlim Lock { get; } = new(1);

        public long Since { get; set; } = since;

        public int Begun { get; set; }
    }
}
