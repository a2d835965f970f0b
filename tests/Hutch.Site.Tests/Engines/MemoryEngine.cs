using Hutch.Catalog.Site;
using Hutch.Disk;
using Hutch.Model.Site;
using Hutch.Site.Committing;
using Hutch.Site.Engines;
using Hutch.Site.Leases;
using Hutch.Site.Maintenance;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Tests.Engines;

/// <summary>One server's engine over a shared log in memory: no file of it lies in the data folder, and nothing is ever freed.</summary>
internal sealed class MemoryEngine(MemoryLog log, Func<LogStep, Exception?> fail)
    : ISiteEngine, ISiteEngineFactory, IRecordsSource, ISweeper, ISweep, IScrubber, IEngineWarnings, IStoredFiles, ITemporaryBytes
{
    public ISiteLog Log { get; } = log.Connect(fail);

    public ISiteBytes Bytes => log.Bytes;

    public IRecordsSource Records => this;

    public IJobLeases Leases => log.Leases;

    public IJobList Jobs => log.Jobs;

    public bool HasRecords => log.Last > 0;

    public bool HasDamage => false;

    (int Count, long Bytes) IStoredFiles.Stored => (0, 0);

    public DiskSpace Space => default;

    long ITemporaryBytes.Used => 0;

    public Task<RoomMade> MakeRoomAsync(IJobLease lease, long maxBytes, CancellationToken ct) => Task.FromResult(new RoomMade(0, 0));

    public Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) => Task.FromResult<ISiteEngine>(this);

    public Task CatchUpAsync(SiteDatabase records, CancellationToken ct) =>
        SiteJournal.ReplayAsync(Log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);

    public EngineUpkeep Keep(EngineSite site) => new(this, this, this, this, this);

    public Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct) => Task.FromResult<ISweep>(this);

    public Task WaitForOperationsAsync(CancellationToken ct) => Task.CompletedTask;

    public bool IsCurrent => true;

    public bool Mark(MemberKey key) => Bytes.TryLocate(key, out _);

    public Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct) =>
        Task.FromResult(new CollectionReport(0, 0, 0, 0, 0, LeftSegments: 1));

    public Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct) => Task.FromResult(new ScrubSummary(0, 0, 0, []));

    public ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct) => new([]);

    public Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<StoredFile>>([]);

    public Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
