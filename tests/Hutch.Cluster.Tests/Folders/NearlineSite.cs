using System.Security.Cryptography;
using Hutch.Buckets;
using Hutch.Buckets.Nearline;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A server with a closed dataset, the files of which only nearline storage has.</summary>
internal sealed class NearlineSite : IAsyncDisposable
{
    private readonly TemporaryFolder _work = new();
    private readonly MemoryObjectStore _objects = new();

    private NearlineSite()
    {
    }

    /// <summary>The contents of the files <c>file 0</c> to <c>file 2</c>.</summary>
    public byte[][] Contents { get; } = [.. new[] { 5_000, 200_000, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];

    public HutchServer Server { get; private set; } = null!;

    public HutchClient Admin { get; private set; } = null!;

    public DatasetInfo Scan { get; private set; } = null!;

    public string Token => File.ReadAllText(Path.Combine(_work.Path, "data", "admin.token")).Trim();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<NearlineSite> StartAsync(INearline store)
    {
        var site = new NearlineSite();
        try
        {
            await site.FillAsync(store);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads each file, with a client that waits for its recall, and compares it.</summary>
    public async Task AssertReadAsync()
    {
        for (int i = 0; i < Contents.Length; i++)
        {
            using HttpResponseMessage answer = await Admin.OpenEntryAsync(Scan.Id, null, $"file {i}", 0, Ct);
            Assert.Equal(Contents[i], await answer.Content.ReadAsByteArrayAsync(Ct));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _objects.Dispose();
        _work.Dispose();
    }

    private async Task FillAsync(INearline store)
    {
        var factory = new OpenedBucket(new SegmentBucketFactory(() => _objects, Settings(store)));
        Server = await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = Path.Combine(_work.Path, "data"),
                HttpAddress = "127.0.0.1:0",
                S3 = new S3Options { Address = "127.0.0.1:0", StopSeconds = 2 },
                Site = new SiteOptions { Bucket = factory },
            },
            Ct);
        Admin = new HutchClient(
            Server.Address, Token, new HutchClientOptions { Retry = HttpRetry.Default with { Time = new InstantTime() } });
        Scan = await Admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < Contents.Length; i++)
        {
            await Admin.PutEntryAsync(Scan.Id, $"file {i}", Contents[i], ct: Ct);
        }

        Assert.True((await Server.Site.Lifecycle.CloseAsync(Scan.Id, "admin", null, Ct)).IsOk);
        Assert.True((await Server.Site.Engine.SecureAsync(Ct)).IsOk);
        while (_objects.Keys.Any(static key => key.EndsWith(".tar", StringComparison.Ordinal)))
        {
            await Task.Delay(20, Ct);
        }

        SegmentBucket bucket = factory.Bucket!;
        foreach (StoredSegment segment in bucket.Files.Cached)
        {
            await bucket.Files.DropAsync(segment, Ct);
        }
    }

    private static FolderSettings Settings(INearline store) => new()
    {
        CacheBytes = 64 << 20,
        ReserveBytes = 0,
        SealAfter = TimeSpan.FromSeconds(2),
        Alone = TimeSpan.FromSeconds(5),
        Nearline = new NearlineSettings { After = TimeSpan.Zero, LeastBytes = 0, Store = store },
    };

    /// <summary>Remembers the bucket that the server opened.</summary>
    private sealed class OpenedBucket(SegmentBucketFactory inner) : ISegmentBucketFactory
    {
        public SegmentBucket? Bucket { get; private set; }

        public async Task<ISegmentBucket> OpenAsync(IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct) =>
            Bucket = (SegmentBucket)await inner.OpenAsync(disk, dataFolder, time, loggers, ct);

        public Task<Result<RebuiltFolder>> RebuildAsync(IDisk disk, string dataFolder, TimeProvider time, CancellationToken ct) =>
            inner.RebuildAsync(disk, dataFolder, time, ct);

        public Task FenceAsync(IDisk disk, string dataFolder, string movedTo, CancellationToken ct) =>
            inner.FenceAsync(disk, dataFolder, movedTo, ct);
    }
}
