using Hutch.Storage.Segments;

namespace Hutch.Site.Engines.Segments;

/// <summary>
/// The log in the segments of a data folder. This process alone has the folder open, so its lock is always available: the log itself is the
/// lock, without allocations on the hot path.
/// </summary>
/// <remarks>For the committer's single loop, which takes one lock at a time; reading is thread-safe.</remarks>
internal sealed class SegmentLog(SegmentStore segments, ISegmentBucket? bucket, TimeProvider time) : ISiteLog, ILogLock
{
    private static readonly TaskCompletionSource NobodyElse = new();
    private static readonly Task<long> NobodyElseAppends = Task.FromResult(0L);

    private readonly SegmentGroup _main = new();
    private readonly Dictionary<Lane, SegmentGroup> _others = [];

    public IReadOnlyList<JournalGroup> Missed => [];

    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // A segment whose sync failed is given up at its last good group, and the next group says so. Until that one is durable too, a crash
    // may leave the failed one whole on the disk, and the next opening will find it.
    public AppendOutcome LastAppend => AppendOutcome.Unknown;

    public ValueTask<ILogLock> AcquireAsync(long after, CancellationToken cancellationToken) => new(this);

    public IAsyncEnumerable<JournalGroup> ReadAsync(long after, CancellationToken cancellationToken) =>
        segments.ReadJournalAsync(after, cancellationToken);

    public ValueTask WaitForMoreAsync(long after, CancellationToken cancellationToken) => new(NobodyElse.Task.WaitAsync(cancellationToken));

    public Task<long> QueryLastSequenceAsync(CancellationToken cancellationToken) => NobodyElseAppends;

    public async ValueTask AppendAsync(LogGroup group, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await RequireOwnAsync(bucket, CancellationToken.None);
        Fill(group);

        // Other lanes first: the journal in the main lane is the commit point of all.
        foreach ((Lane lane, SegmentGroup members) in _others)
        {
            await segments.AppendAsync(lane, members, CancellationToken.None);
        }

        if (_main.Count > 0 || _main.FirstSequence > 0)
        {
            await segments.AppendAsync(Lane.Main, _main, CancellationToken.None);
        }

        await ConfirmOwnAsync(bucket, CancellationToken.None);
    }

    /// <summary>Releases the lock: the bodies belong to their owners again.</summary>
    public ValueTask DisposeAsync()
    {
        _main.Clear();
        _others.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Refuses writes that another server, which has the bucket now, would not have.</summary>
    /// <exception cref="StorageRefusedException">Another server has taken the bucket.</exception>
    internal static async ValueTask RequireOwnAsync(ISegmentBucket? bucket, CancellationToken ct)
    {
        if (bucket is not null && await bucket.FindRefusalAsync(ct) is { } refusal)
        {
            throw new StorageRefusedException(refusal.Message) { Advice = refusal.Advice };
        }
    }

    /// <summary>Refuses the acknowledgement of a write during which another server has taken the bucket.</summary>
    /// <exception cref="StorageUnknownOutcomeException">It has, or the bucket does not answer: nothing more is written.</exception>
    internal static async ValueTask ConfirmOwnAsync(ISegmentBucket? bucket, CancellationToken ct)
    {
        if (bucket is not null && await bucket.ConfirmAsync(ct) is { } refusal)
        {
            throw new StorageUnknownOutcomeException(refusal.Message);
        }
    }

    private void Fill(LogGroup group)
    {
        _main.MayUseReserve = group.MayUseReserve;
        if (group.FirstSequence > 0)
        {
            _main.SetJournal(group.Journal, group.FirstSequence, group.LastSequence);
        }

        foreach (LogMember member in group.Members)
        {
            In(member.Lane, group.MayUseReserve).Add(member.Key, member.Body, member.Crc32C);
        }
    }

    private SegmentGroup In(Lane lane, bool mayUseReserve)
    {
        if (lane == Lane.Main)
        {
            return _main;
        }

        if (!_others.TryGetValue(lane, out SegmentGroup? members))
        {
            _others.Add(lane, members = new SegmentGroup { MayUseReserve = mayUseReserve });
        }

        return members;
    }
}
