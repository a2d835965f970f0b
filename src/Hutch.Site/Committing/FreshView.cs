using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Storage;

namespace Hutch.Site.Committing;

/// <summary>
/// Makes reads linearizable where several servers append to one log: before a reader looks, this server has applied everything that any
/// server had acknowledged when the reader came. Where this process alone appends, it is complete at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class FreshView : IDisposable
{
    private static readonly TimeSpan ApplyLimit = TimeSpan.FromSeconds(10);

    private readonly ISiteLog _log;
    private readonly Committer _committer;
    private readonly TimeProvider _time;
    private readonly RisingNumber _reached;

    /// <summary>Follows a site. Made when all caches follow the committer already: they are told first.</summary>
    /// <param name="log">The log.</param>
    /// <param name="committer">Who applies it.</param>
    /// <param name="applied">Up to where the records are applied.</param>
    /// <param name="time">The clock.</param>
    internal FreshView(ISiteLog log, Committer committer, long applied, TimeProvider time)
    {
        (_log, _committer, _time) = (log, committer, time);
        _reached = new RisingNumber(applied);
        committer.Committed += OnCommitted;
    }

    /// <summary>Up to which record records and caches have everything.</summary>
    public long Reached => _reached.Value;

    /// <summary>Returns when records and caches have everything that was acknowledged before the call.</summary>
    /// <exception cref="HutchException">Nobody can say what was acknowledged, or this server does not get that far.</exception>
    public ValueTask AwaitAsync(CancellationToken ct)
    {
        Task<long> asked = _log.AskLastAsync(ct);
        return asked.IsCompletedSuccessfully && asked.Result <= _reached.Value
            ? ValueTask.CompletedTask
            : new ValueTask(AwaitAsync(asked, ct));
    }

    /// <inheritdoc/>
    public void Dispose() => _committer.Committed -= OnCommitted;

    private async Task AwaitAsync(Task<long> asked, CancellationToken ct)
    {
        try
        {
            long last = await asked;
            await _reached.WaitAsync(last, ct).WaitAsync(ApplyLimit, _time, ct);
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
