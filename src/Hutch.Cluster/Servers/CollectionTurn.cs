using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Journal;

namespace Hutch.Cluster.Servers;

/// <summary>The right to collect: a lease, which each of its commits asserts.</summary>
internal sealed class CollectionTurn(LogConnections connections, PostgresLog log, JobLease lease, Func<Guid> newId) : ICollectionTurn
{
    private readonly LogPacks _log = new(connections, log, lease, newId);

    public bool IsHeld => lease.IsHeld;

    public Task<long?> TryCondemnAsync(
        IReadOnlyList<string> names, long after, Predicate<LogDirectory> isAgainst, CancellationToken ct) => _log.TryRecordAsync(
        now => new LogDirectory { Condemned = [.. names.Select(name => new CondemnedObject(name, now))] }, after, isAgainst, ct);

    public ValueTask DisposeAsync() => lease.DisposeAsync();
}
