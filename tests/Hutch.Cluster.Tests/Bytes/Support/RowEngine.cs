using Hutch.Catalog.Site;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Disk;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Leases;
using Hutch.Site.Maintenance;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>One server's engine over rows in memory and a bucket.</summary>
internal sealed class RowEngine(ClusterServer server)
    : ISiteEngine, ISiteEngineFactory, IRecordsSource, IScrubber, IEngineWarnings, IStoredFiles, ITemporaryBytes
{
    public ISiteLog Log => server.Log;

    public ISiteBytes Bytes => server.Bytes;

    public IRecordsSource Records => this;

    public IJobLeases Leases { get; } = new LocalLeases();

    public IJobList Jobs { get; } = new LocalJobList();

    public bool HasRecords => true;

    public bool HasDamage => server.Bytes.HasDamage;

    int IStoredFiles.Count => 0;

    long IStoredFiles.Bytes => 0;

    public DiskSpace Space => default;

    long ITemporaryBytes.Used => 0;

    public Task<RoomMade> MakeRoomAsync(long maxBytes, CancellationToken ct) => Task.FromResult(new RoomMade(0, 0));

    public Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) => Task.FromResult<ISiteEngine>(this);

    public Task CatchUpAsync(SiteDatabase records, CancellationToken ct) =>
        SiteJournal.ReplayAsync(Log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);

    public EngineUpkeep Keep(EngineSite site)
    {
        server.Join(site.Operations);
        return new EngineUpkeep(new ObjectCollector(server.Log, server.View, new PackFetch(server.Objects, server.PackDisk, "/"), site), this, this, this, this);
    }

    public Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct) => Task.FromResult(new ScrubSummary(0, 0, 0, []));

    public ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct) => new([]);

    public Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<StoredFile>>([]);

    public Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
