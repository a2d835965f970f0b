using Hutch.Catalog.Site;
using Hutch.Disk;
using Hutch.Model.Site;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Committing;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Site.Tests.Engines;

/// <summary>
/// One server's engine over a shared log in memory: no file of it lies in the data folder. Nothing is freed unless that is asked for; then
/// whoever collects sees to it that nothing is written or read meanwhile, as there is no barrier.
/// </summary>
internal sealed class MemoryEngine(MemoryLog log, Func<LogStep, Exception?> fail, bool frees = false)
    : ISiteEngine, ISiteEngineFactory, IRecordsSource, ISweeper, ISweep, IScrubber, IEngineWarnings, IStoredFiles, ITemporaryBytes
{
    private EngineSite? _site;

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

    public Task<EarlyExpired> DropOldestAsync(IJobLease lease, long maxBytes, CancellationToken ct) => Task.FromResult(new EarlyExpired(0, 0));

    public Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) => Task.FromResult<ISiteEngine>(this);

    public Task CatchUpAsync(SiteDatabase records, CancellationToken ct) =>
        SiteJournal.ReplayAsync(Log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);

    public EngineMaintenance CreateMaintenance(EngineSite site)
    {
        _site = site;
        log.Operations[this] = site.Operations;
        return new EngineMaintenance(this, this, this, this, this);
    }

    public Task<IReadOnlyList<string>> WipeServersAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public async Task<ISweep> BeginAsync(IReadOnlyList<SiteDataset> purged, CancellationToken ct)
    {
        if (!frees)
        {
            return this;
        }

        await log.Collecting.WaitAsync(ct);
        _ = (await _site!.Committer.CatchUpAsync(ct)).Value;
        return new FreeingSweep(log);
    }

    public async Task WaitForCollectionAsync(CancellationToken ct)
    {
        await log.Collecting.WaitAsync(ct);
        log.Collecting.Release();
        _ = (await _site!.Committer.CatchUpAsync(ct)).Value;
    }

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

    public ValueTask DisposeAsync()
    {
        log.Operations.TryRemove(this, out _);
        return ValueTask.CompletedTask;
    }

    private sealed class FreeingSweep(MemoryLog log) : ISweep
    {
        private readonly HashSet<MemberKey> _living = [];
        private readonly int _before = log.Bytes.Added;

        public bool IsCurrent => true;

        public bool Mark(MemberKey key)
        {
            _living.Add(key);
            return log.Bytes.TryLocate(key, out _);
        }

        public Task<CollectionReport> SweepAsync(Func<CollectionStep, Task> reached, CancellationToken ct)
        {
            log.Bytes.Free(_living, _before);
            return Task.FromResult(new CollectionReport(0, 0, 0, 0, 0));
        }

        public ValueTask DisposeAsync()
        {
            log.Collecting.Release();
            return ValueTask.CompletedTask;
        }
    }
}
