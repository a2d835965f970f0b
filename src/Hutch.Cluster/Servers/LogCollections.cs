using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Journal;
using Hutch.Site.Write.Committing;

namespace Hutch.Cluster.Servers;

public sealed class LogCollections(LogConnections connections, PostgresLog log, Func<Guid> newId, TimeProvider time) : ICollectionLog
{
    private const string Job = "collector";

    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>The time limit of the wait for confirmations. A running server needs seconds; later ones confirm after the wait.</summary>
    private static readonly TimeSpan CleanWithin = TimeSpan.FromMinutes(1);

    private readonly ServerFolders _folders = new(connections);

    /// <summary>The operations of this server; null until its site is open.</summary>
    public OperationTracker? Operations { get; set => Volatile.Write(ref field, value); }

    /// <summary>The source of the collector's lease; set when this server has joined the others.</summary>
    public JobLeases? Leases { get; set; }

    public async Task<ICollectionLease> AcquireAsync(CancellationToken ct)
    {
        while (true)
        {
            if (Leases is { } leases && await leases.TryTakeAsync(Job, ct) is { } lease)
            {
                return new CollectionLease(connections, lease, newId);
            }

            await Task.Delay(AskEvery, time, ct);
        }
    }

    public async Task WaitForOperationsAsync(CancellationToken ct)
    {
        long last = await log.QueryLastSequenceAsync(ct);
        while (await AreBehindAsync(last, ct))
        {
            await Task.Delay(AskEvery, time, ct);
        }
    }

    public ValueTask<long> ReadSweptAsync(CancellationToken ct) => connections.QueryAsync(
        async connection =>
        {
            await using var ask = new NpgsqlCommand("SELECT purged_sequence FROM site_head", connection);
            return (long)(await ask.ExecuteScalarAsync(ct))!;
        },
        ct);

    public async Task<IReadOnlyList<string>> WaitForCleanServersAsync(CancellationToken ct)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            IReadOnlyList<UncleanFolder> unclean = await _folders.ListUncleanAsync(ct);
            if (!unclean.Any(static folder => folder.IsRunning) || time.GetElapsedTime(began) > CleanWithin)
            {
                return [.. unclean.Select(static folder => $"{folder.Name} ({folder.Server:N})")];
            }

            await Task.Delay(AskEvery, time, ct);
        }
    }

    /// <summary>
    /// Returns true if any server has an operation that began before it had seen a record. A server's reported value never falls, so its
    /// age does not matter. A server that has reported nothing since its start is waited for.
    /// </summary>
    private async Task<bool> AreBehindAsync(long last, CancellationToken ct)
    {
        await using NpgsqlConnection connection = await connections.RentAsync(ct);
        await using var ask = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM site_server WHERE coalesce(oldest_operation, -1) < $1)", connection);
        ask.Parameters.Add(LogParameter.From(last));
        return await ask.ExecuteScalarAsync(ct) is true;
    }
}
