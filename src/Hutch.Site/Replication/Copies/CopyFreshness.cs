namespace Hutch.Site.Replication.Copies;

/// <summary>
/// The freshness of this site's copies: the time of the last question to each home, and the later writes through this site. It is kept in
/// memory: after a start, no home was asked yet, and any user with the right to write may have written. See docs/design/federation.md
/// (writing at any site). Thread-safe.
/// </summary>
public sealed class CopyFreshness(TimeProvider time)
{
    /// <summary>The most writers of datasets that are remembered individually.</summary>
    public const int MaxWriters = 10_000;

    private const int MaxDatasets = 1_000_000;

    private readonly Lock _gate = new();
    private readonly RisingNumber _answers = new();
    private readonly LruCache<DatasetId, FreshnessQuery> _asked = new(MaxDatasets, long.MaxValue, static _ => 0);
    private readonly LruCache<DatasetId, long> _news = new(MaxWriters, long.MaxValue, static _ => 0);
    private Dictionary<(PrincipalId Account, DatasetId Dataset), long> _writes = [];
    private Dictionary<(PrincipalId Account, DatasetId Dataset), long> _earlierWrites = [];
    private long _moment;
    private long _began;

    /// <summary>Rises with each write through this site that copies follow at once.</summary>
    public RisingNumber News { get; } = new();

    /// <summary>The moment before which all forgotten writes happened.</summary>
    public long Forgotten { get; private set; }

    public FreshnessQuery BeginQuery() => new(Interlocked.Increment(ref _moment), time.GetTimestamp());

    /// <summary>Notes that this site's state of a dataset is as its home reported at that question.</summary>
    public void NoteAnswer(DatasetId dataset, FreshnessQuery question)
    {
        lock (_gate)
        {
            if (QuestionOf(dataset).Moment < question.Moment)
            {
                _asked.Set(dataset, question);
            }
        }

        _answers.Raise();
    }

    /// <summary>
    /// Waits until this site's state of a dataset is as new as the account's last write through this site, and has copies follow at once.
    /// </summary>
    public async Task FollowAsync(PrincipalId account, DatasetId dataset, CancellationToken ct)
    {
        long written = WrittenBy(account, dataset);
        if (QuestionOf(dataset).Moment >= written)
        {
            return;
        }

        lock (_gate)
        {
            _news.Set(dataset, _news.TryFind(dataset, out long known) ? Math.Max(known, written) : written);
        }

        News.Raise();
        for (long seen = _answers.Value; QuestionOf(dataset).Moment < written; seen = _answers.Value)
        {
            await _answers.WaitAsync(seen + 1, ct);
        }
    }

    /// <summary>Notes a write through this site, before it is acknowledged.</summary>
    /// <param name="isNews">True if copies follow at once.</param>
    public void NoteWrite(PrincipalId account, DatasetId dataset, bool isNews)
    {
        lock (_gate)
        {
            long moment = Interlocked.Increment(ref _moment);
            if (_writes.Count >= MaxWriters && !_writes.ContainsKey((account, dataset)))
            {
                // All that is dropped was written before those that are kept.
                (_earlierWrites, _writes, Forgotten, _began) = (_writes, [], _began, moment);
            }

            _writes[(account, dataset)] = moment;
            if (isNews)
            {
                _news.Set(dataset, moment);
            }
        }

        if (isNews)
        {
            News.Raise();
        }
    }

    /// <summary>Returns the moment of the account's last known write through this site; 0 for none.</summary>
    public long WrittenBy(PrincipalId account, DatasetId dataset)
    {
        lock (_gate)
        {
            return _writes.TryGetValue((account, dataset), out long moment) || _earlierWrites.TryGetValue((account, dataset), out moment)
                ? moment
                : 0;
        }
    }

    /// <summary>Returns true if a change that copies follow at once was written since a home was asked.</summary>
    public bool HasNews(DatasetId dataset, FreshnessQuery asked)
    {
        lock (_gate)
        {
            return _news.TryFind(dataset, out long moment) && moment > asked.Moment;
        }
    }

    /// <summary>Returns the last answered question to the home of a dataset; the default for none since the start.</summary>
    public FreshnessQuery QuestionOf(DatasetId dataset) => _asked.TryFind(dataset, out FreshnessQuery asked) ? asked : default;

    public TimeSpan AgeOf(FreshnessQuery question) => time.GetElapsedTime(question.Timestamp);

    /// <summary>Returns the time since a moment, by the wall clock.</summary>
    /// <param name="milliseconds">Since 1970.</param>
    public TimeSpan AgeOf(long milliseconds) => time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <param name="Moment">Its position among questions and writes: a number that rises.</param>
/// <param name="Timestamp">The time, by the monotonic clock.</param>
public readonly record struct FreshnessQuery(long Moment, long Timestamp)
{
    public bool WasAsked => Moment > 0;
}
