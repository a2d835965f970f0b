using Hutch.Catalog.Site;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Messaging.InProcess;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Write.Committing;
using Hutch.Storage;

namespace Hutch.Cluster.Engine;

/// <summary>The engine of one of several equal servers: the log in PostgreSQL, and shared bytes.</summary>
internal sealed class ClusterEngine(
    LogConnections connections, PostgresLog log, Membership membership, JobLeases leases, JobList jobs, LogCursors cursors,
    OtherServers others, ObjectBytes bytes, ObjectJobs objects, LogCollections collections, EngineLook look, ServerFolders folders,
    Func<EngineSite, OwnUpkeep> own, Func<Guid> newId, TimeProvider time, long lastSequence, bool wentBack)
    : ISiteEngine, IRecordsSource
{
    private const string Packing = "packing";

    private OwnUpkeep? _own;

    public ISiteLog Log => log;

    public ISiteBytes Bytes => bytes;

    public IRecordsSource Records => this;

    public IJobLeases Leases => leases;

    public IJobList Jobs => jobs;

    public ICursorStore Cursors => cursors;

    public IOtherServers Others => others;

    public bool HasRecords => lastSequence > 0;

    // PostgreSQL and the object store check their own data; losses are found on reading.
    public bool HasDamage => false;

    /// <summary>The same log, for operations that only this class has.</summary>
    internal PostgresLog Journal => log;

    internal ServerIdentity Identity => log.Server;

    internal ObjectJobs Objects => objects;

    public async Task CatchUpAsync(SiteDatabase records, CancellationToken ct)
    {
        await log.CatchUpAsync(ct);
        long applied = records.Writer.AppliedSequence;
        if (applied > lastSequence)
        {
            throw ErrorCode.Internal.With(
                $"site.db ends at record {applied}, and the log in PostgreSQL at {lastSequence}: PostgreSQL went back in time, or this is "
                + "the log of another site. Look into that first; then move site.db away and start again: it is made anew. "
                + "Nothing was changed.").ToException();
        }

        if (applied == 0 || await log.IsTrimmedAfterAsync(applied, ct))
        {
            await TryLoadAsync(records, ct);
        }

        await SiteJournal.ReplayAsync(log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);
    }

    public EngineUpkeep Keep(EngineSite site)
    {
        collections.Operations = site.Operations;
        bytes.View.Seen = () => site.Operations.Oldest;
        _own = own(site);
        var upkeep = new ClusterUpkeep(log, membership, objects, _own, wentBack);
        var temporary = new TemporaryObjects(lease => new CollectionTurn(connections, (JobLease)lease, newId), bytes.View, site);
        ISweeper sweeper = objects.Collector(collections, PackEverythingAsync, site);
        return new EngineUpkeep(sweeper, objects.Scrub(site.Options.Scrub), upkeep, upkeep, temporary)
        {
            Tasks = [new ForgetServerTask(folders)],
            Loops =
            [
                new EngineLoop(Packing, (lease, ct) => objects.PackAsync(PacksOf(lease), ct)),
                new EngineLoop("deleting objects", (lease, ct) => objects.SweepAsync(PacksOf(lease), ct)),
            ],
        };
    }

    public Task<EngineReport> ReportAsync(CancellationToken ct) => look.TakeAsync(ct);

    /// <summary>Returns the operations on rows of the log for the holder of a lease.</summary>
    internal IPackLog PacksOf(IJobLease lease) => new LogPacks(connections, log, (JobLease)lease, newId);

    // The log and the bytes have everything already; the next start reads what was appended since.
    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await (_own?.DisposeAsync() ?? ValueTask.CompletedTask);
        others.Dispose();
        await leases.DisposeAsync();
        await membership.DisposeAsync();
        objects.Dispose();
        await log.DisposeAsync();
        await connections.DisposeAsync();
        await bytes.DisposeAsync();
    }

    private Task PackEverythingAsync(CancellationToken ct) => new LeasedWork(
        leases, Packing, (lease, token) => objects.PackOnceAsync(PacksOf(lease), everything: true, token), time).TryAsync(ct);

    /// <summary>Loads the newest complete checkpoint; without one everything is replayed.</summary>
    private async Task TryLoadAsync(SiteDatabase records, CancellationToken ct)
    {
        await foreach (JournalRecord.Checkpoint checkpoint in log.CheckpointsAsync(ct))
        {
            if (await CheckpointLoad.TryAsync(records, checkpoint, ReadPartAsync, ct))
            {
                return;
            }
        }
    }

    private async Task<byte[]?> ReadPartAsync(BlobHash hash, CancellationToken ct)
    {
        if (!bytes.TryLocate(MemberKey.Blob(hash), out MemberLocation location))
        {
            return null;
        }

        try
        {
            var part = new byte[location.Length];
            await bytes.ReadVerifiedAsync(location, part, inPassing: true, ct);
            return BlobHash.Of(part) == hash ? part : null;
        }
        catch (QuarantinedException)
        {
            return null;
        }
    }
}
