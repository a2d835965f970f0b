namespace Hutch.Site.Write.Committing;

/// <summary>
/// Makes reads linearizable where several servers append to one log: before a read, this server applies everything that any server had
/// acknowledged when the request came. Where this process alone appends, it returns at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ReadIndex : IDisposable
{
    private const long Never = long.MinValue;
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);

    private readonly ISiteLog _log;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly TimeSpan _maxAge;
    private readonly RisingNumber _reached;
    private long _currentAt = Never;

    /// <summary>Follows a site. Create it when all caches already follow the committer: they are notified first.</summary>
    /// <param name="applied">The sequence number up to which the records are applied.</param>
    /// <param name="maxAge">The time for which one request's answer serves later requests: zero, the right value, for not at all.</param>
    internal ReadIndex(ISiteLog log, Committer committer, long applied, TimeSpan maxAge, TimeProvider time)
    {
        (_log, _committer, _maxAge, _time) = (log, committer, maxAge, time);
        _reached = new RisingNumber(applied);
        committer.Committed += OnCommitted;
    }

    /// <summary>The last record that records and caches have.</summary>
    public long Reached => _reached.Value;

    /// <summary>Returns when records and caches have everything that was acknowledged before the call.</summary>
    /// <exception cref="HutchException">The acknowledged changes cannot be determined, or this server cannot reach them.</exception>
    public ValueTask AwaitAsync(CancellationToken ct)
    {
        if (IsRecent())
        {
            return ValueTask.CompletedTask;
        }

        long begun = _time.GetTimestamp();
        Task<long> asked = _log.QueryLastSequenceAsync(ct);
        return asked.IsCompletedSuccessfully && asked.Result <= _reached.Value
            ? ValueTask.CompletedTask
            : new ValueTask(AwaitAsync(asked, begun, ct));
    }

    public void Dispose() => _committer.Committed -= OnCommitted;

    /// <summary>Returns true if the view had everything recently enough.</summary>
    private bool IsRecent() => _maxAge > TimeSpan.Zero && Volatile.Read(ref _currentAt) is var at && at != Never
        && _time.GetElapsedTime(at) <= _maxAge;

    private async Task AwaitAsync(Task<long> asked, long begun, CancellationToken ct)
    {
        try
        {
            long last = await asked;
            await _reached.WaitAsync(last, ct).WaitAsync(ApplyLimit, _time, ct);
            Volatile.Write(ref _currentAt, Math.Max(begun, Volatile.Read(ref _currentAt)));
        }
        catch (StorageRefusedException e)
        {
            throw Stale($"{e.Message.TrimEnd('.')}.", e);
        }
        catch (TimeoutException e)
        {
            throw Stale("This server is behind the other servers of its site.", e);
        }
    }

    private static HutchException Stale(string why, Exception e) =>
        ErrorCode.Unavailable.With($"{why} What it would show may be out of date, so it shows nothing. Try again.").ToException(e);

    private void OnCommitted(IReadOnlyList<JournalRecord> records) => _reached.RaiseTo(records[^1].Sequence);
}
