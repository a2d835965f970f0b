using Hutch.Catalog.Postgres;
using Hutch.Cluster.Journal;
using Hutch.Model.Records;
using Hutch.Site.Committing;

namespace Hutch.Cluster.Reads;

/// <summary>
/// Makes reads linearizable: before a reader looks, this server has applied everything that any server had acknowledged when the reader
/// came. One question to PostgreSQL serves all who wait, and nobody gets the answer to one that was sent before he came (after the read
/// index of etcd).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class FreshView : IDisposable
{
    private readonly SharedQuestion<long> _last;
    private readonly Committer _committer;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _reached;

    /// <summary>Follows a site. Made when all caches follow the committer already: they are told first.</summary>
    /// <param name="log">The log.</param>
    /// <param name="committer">Who applies it.</param>
    /// <param name="applied">Up to where the records are applied.</param>
    public FreshView(PostgresLog log, Committer committer, long applied)
    {
        _last = new SharedQuestion<long>(log.AskLastSequenceAsync);
        _committer = committer;
        _reached = applied;
        committer.Committed += OnCommitted;
    }

    /// <summary>Returns when records and caches have everything that was acknowledged before the call.</summary>
    /// <returns>The number of the last record that is shown.</returns>
    public async Task<long> AwaitAsync(CancellationToken ct)
    {
        long last = await _last.AskAsync(ct);
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            long reached = Volatile.Read(ref _reached);
            if (reached >= last)
            {
                return reached;
            }

            await next.WaitAsync(ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _committer.Committed -= OnCommitted;

    private void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        Volatile.Write(ref _reached, records[^1].Sequence);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
