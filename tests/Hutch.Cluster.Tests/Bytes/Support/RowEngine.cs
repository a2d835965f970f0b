using Hutch.Catalog.Site;
using Hutch.Cluster.Bytes.Collecting;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site.Engines;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Committing;
using Hutch.Storage;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>One server's engine over rows in memory and a bucket.</summary>
internal sealed class RowEngine(ClusterServer server)
    : ISiteEngine, ISiteEngineFactory, IRecordsSource, IScrubber, IEngineWarnings, IStoredFiles
{
    public ISiteLog Log => server.Log;

    public ISiteBytes Bytes => server.Bytes;

    public IRecordsSource Records => this;

    public IJobLeases Leases { get; } = new LocalLeases();

    public IJobList Jobs { get; } = new LocalJobList();

    public bool HasRecords => true;

    public bool HasDamage => server.Bytes.HasDamage;

    (int Count, long Bytes) IStoredFiles.Stored => (0, 0);

    public DiskSpace Space => default;

    public Task<ISiteEngine> OpenAsync(
        IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) => Task.FromResult<ISiteEngine>(this);

    public async Task CatchUpAsync(SiteDatabase records, CancellationToken ct)
    {
        await server.Log.CatchUpAsync(ct);
        if (server.Log.IsTrimmedAfter(records.Writer.AppliedSequence))
        {
            Assert.True(await CheckpointLoad.TryAsync(records, server.Log.Checkpoints.First(), ReadPartAsync, ct));
        }

        await SiteJournal.ReplayAsync(Log.ReadAsync(records.Writer.AppliedSequence, ct), records.Writer);
    }

    private async Task<byte[]?> ReadPartAsync(BlobHash hash, CancellationToken ct) => await server.ReadAsync(MemberKey.Blob(hash));

    public EngineMaintenance CreateMaintenance(EngineSite site)
    {
        server.Join(site);
        var bucket = new CollectedBucket(
            server.Objects, server.View, new PackFetch(server.Objects, server.PackDisk, "/"),
            async ct =>
            {
                server.Log.CatchUp();
                await server.Packer.RunAsync(everything: true, ct);
                await server.Log.CatchUpAllAsync(ct);
            },
            TimeProvider.System);
        return new EngineMaintenance(
            new ObjectCollector(server.Log, bucket, site), this, this, this,
            new TemporaryObjects(_ => server.Log.Condemner(), server.View, site));
    }

    public Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct) => Task.FromResult(new ScrubSummary(0, 0, 0, []));

    public ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct) => new([]);

    public Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<StoredFile>>([]);

    public Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task SealAsync(CancellationToken ct) => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
