using Hutch.Catalog.Postgres;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Disk;
using Hutch.Objects;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Engine;

/// <summary>Opens the engine that several servers share: the log in PostgreSQL, the bytes in an object store.</summary>
/// <param name="records">The database of the log.</param>
/// <param name="connect">Connects to the bucket.</param>
/// <param name="options">All options.</param>
/// <param name="newId">Where ids come from.</param>
public sealed partial class ClusterEngineFactory(
    PostgresPlace records, Func<IObjectStore> connect, ClusterOptions options, Func<Guid> newId)
    : ISiteEngineFactory
{
    /// <summary>What is put behind the name of a database that shows what PostgreSQL has lost.</summary>
    public const string WentBackSuffix = ".went-back";

    /// <inheritdoc/>
    public async Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        ILogger logger = loggers.CreateLogger<ClusterEngineFactory>();
        ServerFile file = ServerFile.Open(disk, dataFolder, newId);
        var connections = new LogConnections(records, options.Log);
        ObjectBytes? bytes = null;
        PostgresLog? log = null;
        try
        {
            // Not the server's own id: it stays when the server starts again, and no name may be used twice.
            bytes = ObjectBytes.Open(disk, dataFolder, connect(), options.Cache, newId(), time);
            log = await PostgresLog.OpenAsync(connections, file.Site, file.Server, bytes.Members, time, newId, logger, ct);
            await bytes.ClaimAsync(log.Site, newId, ct);
            bytes.Attach(log);
            file.Keep(log.Site);
            bool wentBack = await ForgetWhatIsLostAsync(log, bytes, dataFolder, logger, ct);
            long last = await log.LastSequenceAsync(ct);
            var collections = new LogCollections(connections, log, newId, time);
            Membership membership = await Membership.JoinAsync(
                connections, log, file.Server, options.Servers,
                () => new ServerProgress(log.Applied.Number, collections.Operations?.Oldest), time, logger, ct);
            var leases = new JobLeases(connections, log, file.Server, options.Leases, time, logger);
            collections.Leases = leases;
            var jobs = new JobList(connections, log, file.Server);
            var cursors = new LogCursors(connections, time);
            var others = new OtherServers(connections, membership, file.Server, options.Calls, time, logger);
            var source = new PackSource(log.Site, bytes.Server, newId, time);
            var objects = new ObjectJobs(bytes.Objects, bytes.View, log, disk, dataFolder, source, options, logger);
            var look = new EngineLook(log, membership, bytes, file.Server.Id, connections.Where, time);
            return new ClusterEngine(
                connections, log, membership, leases, jobs, cursors, others, bytes, objects, collections, look, newId, last, wentBack);
        }
        catch
        {
            await (log?.DisposeAsync() ?? ValueTask.CompletedTask);
            await connections.DisposeAsync();
            await (bytes?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>Sets the view aside when the log does not have its last row any more: it is made anew from what is left.</summary>
    private static async Task<bool> ForgetWhatIsLostAsync(
        PostgresLog log, ObjectBytes bytes, string dataFolder, ILogger logger, CancellationToken ct)
    {
        LogPosition applied = bytes.Members.Applied;
        if (await log.HasAsync(applied, ct))
        {
            return false;
        }

        LogWentBack(logger, applied.Number, RecordsFile.Name + WentBackSuffix);
        new RecordsFile(dataFolder).SetAside(WentBackSuffix);
        bytes.Members.Clear();
        return true;
    }

    [LoggerMessage(
        EventId = 7110, Level = LogLevel.Critical,
        Message = "PostgreSQL went back in time: row {Row}, which this server had applied, is not in the log. The old view is now {Name}")]
    private static partial void LogWentBack(ILogger logger, long row, string name);
}
