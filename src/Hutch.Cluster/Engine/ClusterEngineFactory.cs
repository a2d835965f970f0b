using Hutch.Catalog.Search;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster.Engine;

/// <summary>Opens the engine that several servers share: the log in PostgreSQL, the bytes in an object store.</summary>
public sealed partial class ClusterEngineFactory(
    PostgresDatabase records, Func<IObjectStore> connect, ClusterOptions options, Func<Guid> newId)
    : ISiteEngineFactory
{
    public async Task CheckAsync(IDisk disk, string dataFolder, CancellationToken ct)
    {
        Guid? own = ServerFile.FindSite(disk, dataFolder);
        await using var connections = new LogConnections(records, options.Log);
        Guid? site = await LogDatabase.FindAsync(connections, own, ct);
        using IObjectStore objects = connect();
        await ObjectSite.RequireAsync(
            objects,
            async token =>
            {
                Result<Done> whose = await ObjectSite.ExamineAsync(objects, site, token);

                // Between the two looks, another server of a new site may have made the log and then marked the bucket.
                return !whose.IsOk && site is null && await LogDatabase.FindAsync(connections, own, token) is { } made
                    ? await ObjectSite.ExamineAsync(objects, made, token)
                    : whose;
            },
            ct);
    }

    public async Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        ILogger logger = loggers.CreateLogger<ClusterEngineFactory>();
        ServerFile file = ServerFile.Open(disk, dataFolder, newId);
        bool isNew = file.Site is null;
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
            file.Write(log.Site);
            bool wentBack = await ForgetWhatIsLostAsync(log, bytes, dataFolder, logger, ct);
            long last = await log.LastSequenceAsync(ct);
            var collections = new LogCollections(connections, log, newId, time);
            Membership membership = await Membership.JoinAsync(
                connections, log, file.Server, options.Servers,
                () => Progress(log, collections, bytes.View), time, logger, ct);
            var folders = new ServerFolders(connections);
            await CleanAsync(folders, file.Server, bytes, isNew, disk, dataFolder, logger, ct);
            return new ClusterEngine(
                connections, log, membership, bytes, collections, folders, options,
                new ClusterStart(disk, dataFolder, last, wentBack, newId, time), logger);
        }
        catch
        {
            await (log?.DisposeAsync() ?? ValueTask.CompletedTask);
            await connections.DisposeAsync();
            await (bytes?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    /// <summary>
    /// Returns the progress of this server. Its operations are read first: extents that they write later are noted before they end.
    /// </summary>
    private static ServerProgress Progress(PostgresLog log, LogCollections collections, MemberView view)
    {
        long? oldest = collections.Operations?.Oldest;
        long row = Math.Min(log.Applied.Number, view.Applied.Number);
        return new ServerProgress(row, oldest is { } seen && view.UnannouncedFrom is { } from ? Math.Min(seen, from) : oldest);
    }

    /// <summary>Makes the folder anew before it serves anything, if a purge ran since it was last clean.</summary>
    private static async Task CleanAsync(
        ServerFolders folders, ServerIdentity server, ObjectBytes bytes, bool isNew, IDisk disk, string dataFolder, ILogger logger,
        CancellationToken ct)
    {
        if (await folders.EnterAsync(server, bytes.Server, isNew, ct))
        {
            return;
        }

        (_, long purged, _) = await folders.ReadStateAsync(server, ct);
        LogUnclean(logger);
        new RecordsFile(dataFolder).DeleteAll();
        SearchDatabase.Delete(disk, dataFolder);
        bytes.Members.Clear();
        _ = bytes.View.TryWipe();
        await folders.ConfirmAsync(server, purged, ct);
    }

    /// <summary>Discards the view when the log no longer has its last row; it is rebuilt from the remaining log.</summary>
    private static async Task<bool> ForgetWhatIsLostAsync(
        PostgresLog log, ObjectBytes bytes, string dataFolder, ILogger logger, CancellationToken ct)
    {
        LogPosition applied = bytes.Members.Applied;
        if (await log.HasAsync(applied, ct))
        {
            return false;
        }

        LogWentBack(logger, applied.Number, RecordsFile.Name + RecordsFile.WentBackSuffix);
        new RecordsFile(dataFolder).SetAside(RecordsFile.WentBackSuffix);
        bytes.Members.Clear();
        return true;
    }

    [LoggerMessage(
        EventId = 7111, Level = LogLevel.Warning,
        Message = "Something was purged while this server was away: it makes its views and its index anew before it serves")]
    private static partial void LogUnclean(ILogger logger);

    [LoggerMessage(
        EventId = 7110, Level = LogLevel.Critical,
        Message = "PostgreSQL went back in time: row {Row}, which this server had applied, is not in the log. The old view is now {Name}")]
    private static partial void LogWentBack(ILogger logger, long row, string name);
}
