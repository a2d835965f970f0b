using Hutch.Catalog.Site;
using Hutch.Cluster.Backups;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Messaging.InProcess;
using Hutch.Model.Records;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Write.Committing;

namespace Hutch.Cluster.Engine;

/// <summary>The engine of one of several equal servers: the log in PostgreSQL, and bytes that all of them reach.</summary>
internal sealed class ClusterEngine : ISiteEngine, IRecordsSource
{
    private const string Packing = "packing";

    private readonly LogConnections _connections;
    private readonly PostgresLog _log;
    private readonly Membership _membership;
    private readonly JobLeases _leases;
    private readonly OtherServers _others;
    private readonly ObjectBytes _bytes;
    private readonly ObjectJobs _objects;
    private readonly LogCollections _collections;
    private readonly EngineProbe _look;
    private readonly ServerFolders _folders;
    private readonly ClusterOptions _options;
    private readonly ClusterStart _start;
    private readonly ILogger _logger;
    private ServerMaintenance? _own;

    public ClusterEngine(
        LogConnections connections, PostgresLog log, Membership membership, ObjectBytes bytes, LogCollections collections,
        ServerFolders folders, ClusterOptions options, ClusterStart start, ILogger logger)
    {
        (_connections, _log, _membership, _bytes, _collections) = (connections, log, membership, bytes, collections);
        (_folders, _options, _start, _logger) = (folders, options, start, logger);
        _leases = new JobLeases(connections, log, log.Server, options.Leases, start.Time, logger);
        collections.Leases = _leases;
        Jobs = new JobList(connections, log, log.Server);
        Cursors = new LogCursors(connections, start.Time);
        _others = new OtherServers(connections, membership, log.Server, options.Calls, start.Time, logger);
        var source = new PackSource(log.Site, bytes.Server, start.NewId, start.Time);
        _objects = new ObjectJobs(bytes.Objects, bytes.View, log, start.Disk, start.DataFolder, source, options, logger);
        _look = new EngineProbe(log, membership, bytes, log.Server.Id, connections.Where, start.Time);
    }

    public ISiteLog Log => _log;

    public ISiteBytes Bytes => _bytes;

    public IRecordsSource Records => this;

    public IJobLeases Leases => _leases;

    public IJobList Jobs { get; }

    public ICursorStore Cursors { get; }

    public IOtherServers Others => _others;

    public bool HasRecords => _start.LastSequence > 0;

    // PostgreSQL and the object store check their own data; losses are found on reading.
    public bool HasDamage => false;

    /// <summary>The same log, for operations that only this class has.</summary>
    internal PostgresLog Journal => _log;

    internal ServerIdentity Identity => _log.Server;

    internal ObjectJobs Objects => _objects;

    public async Task CatchUpAsync(SiteDatabase records, CancellationToken ct)
    {
        await _log.CatchUpAsync(ct);
        long applied = records.Writer.AppliedSequence;
        if (applied > _start.LastSequence)
        {
            throw ErrorCode.Internal.With(
                $"site.db ends at record {applied}, and the log in PostgreSQL at {_start.LastSequence}: PostgreSQL went back in time, or "
                + "this is the log of another site. Look into that first; then move site.db away and start again: it is made anew. "
                + "Nothing was changed.").ToException();
        }

        if (applied == 0 || await _log.IsTrimmedAfterAsync(applied, ct))
        {
            await TryLoadAsync(records, ct);
        }

        await SiteJournal.ReplayAsync(_log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);
    }

    public EngineMaintenance CreateMaintenance(EngineSite site)
    {
        _collections.Operations = site.Operations;
        _bytes.View.Seen = () => site.Operations.Oldest;
        _own = new ServerMaintenance(
            _log, _folders, _log.Server, _bytes.View, site, _options.Servers.BeatEvery, _start.Time, _logger);
        var source = new PackSource(_log.Site, _bytes.Server, _start.NewId, _start.Time);
        var backup = new ObjectBackup(new LogExport(_connections, _log), _bytes, source);
        var upkeep = new ClusterMaintenance(_log, _membership, _objects, _own, backup, _start.WentBack);
        var temporary = new TemporaryObjects(lease => new CollectionLease(_connections, (JobLease)lease, _start.NewId), _bytes.View, site);
        ISweeper sweeper = _objects.Collector(_collections, PackEverythingAsync, site);
        return new EngineMaintenance(sweeper, _objects.Scrub(site.Options.Scrub), upkeep, upkeep, temporary)
        {
            Tasks = [new ForgetServerTask(_folders)],
            Loops =
            [
                new EngineLoop(Packing, (lease, ct) => _objects.PackAsync(PacksOf(lease), ct)),
                new EngineLoop("deleting objects", (lease, ct) => _objects.SweepAsync(PacksOf(lease), ct)),
            ],
        };
    }

    public Task<EngineReport> ReportAsync(CancellationToken ct) => _look.ProbeAsync(ct);

    internal IPackLog PacksOf(IJobLease lease) => new LogPacks(_connections, _log, (JobLease)lease, _start.NewId);

    // The log and the bytes have everything already; the next start reads what was appended since.
    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await (_own?.DisposeAsync() ?? ValueTask.CompletedTask);
        _others.Dispose();
        await _leases.DisposeAsync();
        await _membership.DisposeAsync();
        _objects.Dispose();
        await _log.DisposeAsync();
        await _connections.DisposeAsync();
        await _bytes.DisposeAsync();
    }

    private Task PackEverythingAsync(CancellationToken ct) => new LeasedTask(
        _leases, Packing, (lease, token) => _objects.PackOnceAsync(PacksOf(lease), everything: true, token), _start.Time).TryAsync(ct);

    /// <summary>Loads the newest complete checkpoint; without one everything is replayed.</summary>
    private async Task TryLoadAsync(SiteDatabase records, CancellationToken ct)
    {
        await foreach (JournalRecord.Checkpoint checkpoint in _log.CheckpointsAsync(ct))
        {
            if (await CheckpointLoad.TryAsync(records, checkpoint, ReadPartAsync, ct))
            {
                return;
            }
        }
    }

    private async Task<byte[]?> ReadPartAsync(BlobHash hash, CancellationToken ct)
    {
        if (!_bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            return null;
        }

        try
        {
            var part = new byte[location.Length];
            await _bytes.ReadVerifiedAsync(location, part, inPassing: true, ct);
            return BlobHash.Compute(part) == hash ? part : null;
        }
        catch (QuarantinedException)
        {
            return null;
        }
    }
}

/// <param name="WentBack">Whether the log lacks records that this server had applied.</param>
internal sealed record ClusterStart(
    IDisk Disk, string DataFolder, long LastSequence, bool WentBack, Func<Guid> NewId, TimeProvider Time);
