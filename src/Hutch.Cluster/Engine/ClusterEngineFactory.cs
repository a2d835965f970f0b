using Hutch.Catalog.Postgres;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Disk;
using Hutch.Site.Engines;
using Hutch.Site.Maintenance;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hutch.Cluster.Engine;

/// <summary>Opens the engine that several servers share: the log in PostgreSQL, the bytes wherever they are.</summary>
/// <param name="address">The database of the log.</param>
/// <param name="bytes">The bytes.</param>
/// <param name="options">How long to wait for PostgreSQL.</param>
/// <param name="newId">Where ids come from.</param>
/// <param name="loggers">Where it tells of interruptions.</param>
/// <param name="password">Where the password of the database comes from; null when the address needs none.</param>
public sealed partial class ClusterEngineFactory(
    NpgsqlConnectionStringBuilder address,
    IClusterBytesFactory bytes,
    LogOptions options,
    Func<Guid> newId,
    ILoggerFactory loggers,
    PostgresPassword? password = null)
    : ISiteEngineFactory
{
    /// <summary>What is put behind the name of a database that shows what PostgreSQL has lost.</summary>
    public const string WentBackSuffix = ".went-back";

    private readonly ILogger _logger = loggers.CreateLogger<ClusterEngineFactory>();

    /// <summary>How long the job of a server that says nothing stays its own.</summary>
    public LeaseOptions Leases { get; init; } = new();

    /// <inheritdoc/>
    public async Task<ISiteEngine> OpenAsync(IDisk disk, string dataFolder, TimeProvider time, CancellationToken ct)
    {
        ServerFile file = ServerFile.Open(disk, dataFolder, newId);
        var connections = new LogConnections(address, options, password);
        IClusterBytes? opened = null;
        PostgresLog? log = null;
        try
        {
            opened = await bytes.OpenAsync(disk, dataFolder, file.Server, time, ct);
            log = await PostgresLog.OpenAsync(connections, file.Site, file.Server, opened.Members, time, newId, _logger, ct);
            opened.Attach(log);
            file.Keep(log.Site);
            bool wentBack = await ForgetWhatIsLostAsync(log, opened, dataFolder, ct);
            long last = await log.LastSequenceAsync(ct);
            Membership membership = await Membership.JoinAsync(
                connections, log, file.Server, new ServerOptions(), () => new ServerProgress(log.Applied.Number, null), time, _logger, ct);
            var leases = new JobLeases(connections, log, file.Server, Leases, time, _logger);
            return new ClusterEngine(connections, log, membership, leases, opened, last, wentBack);
        }
        catch
        {
            await (log?.DisposeAsync() ?? ValueTask.CompletedTask);
            await connections.DisposeAsync();
            await (opened?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>Sets the view aside when the log does not have its last row any more: it is made anew from what is left.</summary>
    private async Task<bool> ForgetWhatIsLostAsync(PostgresLog log, IClusterBytes opened, string dataFolder, CancellationToken ct)
    {
        LogPosition applied = opened.Members.Applied;
        if (await log.HasAsync(applied, ct))
        {
            return false;
        }

        LogWentBack(_logger, applied.Number, RecordsFile.Name + WentBackSuffix);
        new RecordsFile(dataFolder).SetAside(WentBackSuffix);
        opened.Members.Clear();
        return true;
    }

    [LoggerMessage(
        EventId = 7110, Level = LogLevel.Critical,
        Message = "PostgreSQL went back in time: row {Row}, which this server had applied, is not in the log. The old view is now {Name}")]
    private static partial void LogWentBack(ILogger logger, long row, string name);
}
