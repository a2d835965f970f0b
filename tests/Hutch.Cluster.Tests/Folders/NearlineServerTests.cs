using System.Net;
using System.Security.Cryptography;
using Hutch.Client;
using Hutch.Cluster.Folders;
using Hutch.Cluster.Folders.Nearline;
using Hutch.Contracts;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Objects.Http;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Replication.Evicting;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A server whose segments are on tape.</summary>
public sealed class NearlineServerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _work = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly TapeLibrary _tapes = new();
    private readonly byte[][] _contents = [.. new[] { 5_000, 200_000, (9 << 20) + 7 }.Select(RandomNumberGenerator.GetBytes)];
    private OpenedBucket? _factory;
    private HutchServer? _server;
    private HutchClient _admin = null!;
    private DatasetInfo? _scan;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_work.Path, "data");

    private string Token => File.ReadAllText(Path.Combine(Data, "admin.token")).Trim();

    /// <summary>Starts a server with a closed dataset, of which only tapes have the files.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await HutchServer.StartAsync(Options, Ct);
        _admin = new HutchClient(
            _server.Address, Token, new HutchClientOptions { Retry = HttpRetry.Default with { Time = new InstantTime() } });
        _scan = await _admin.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        for (int i = 0; i < _contents.Length; i++)
        {
            await _admin.PutEntryAsync(_scan.Id, $"file {i}", _contents[i], ct: Ct);
        }

        Assert.True((await _server.Site.Lifecycle.CloseAsync(_scan.Id, "admin", null, Ct)).IsOk);
        Assert.True((await _server.Site.Engine.SecureAsync(Ct)).IsOk);
        while (_objects.Keys.Any(static key => key.EndsWith(".tar", StringComparison.Ordinal)))
        {
            await Task.Delay(20, Ct);
        }

        foreach (StoredSegment segment in _factory!.Bucket!.Files.Cached)
        {
            await _factory.Bucket.Files.DropAsync(segment, Ct);
        }

        _tapes.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _objects.Dispose();
        _work.Dispose();
    }

    [Fact]
    public async Task Files_on_tape_are_listed_answered_with_202_recalled_once_and_kept_by_a_pin()
    {
        var mounted = new TaskCompletionSource();
        _tapes.Mounting = _ => mounted.Task;
        using var plain = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
        var file = new Uri(_server!.Address, $"/api/v1/datasets/{_scan!.Id}/entries/file%202");

        TreeListing listed = await _admin.ListTreeAsync(_scan.Id, null, null, null, null, null, ct: Ct);
        RecallInfo before = await _admin.GetRecallAsync(_scan.Id, Ct);
        using HttpResponseMessage away = await plain.GetAsync(file, Ct);
        using HttpResponseMessage again = await plain.GetAsync(file, Ct);
        RecallInfo pinned = await _admin.RecallAsync(_scan.Id, DateTimeOffset.UtcNow.AddDays(7), Ct);
        mounted.SetResult();
        for (int i = 0; i < _contents.Length; i++)
        {
            using HttpResponseMessage answer = await _admin.OpenEntryAsync(_scan.Id, null, $"file {i}", 0, Ct);
            Assert.Equal(_contents[i], await answer.Content.ReadAsByteArrayAsync(Ct));
        }

        RecallInfo after = await _admin.GetRecallAsync(_scan.Id, Ct);
        Assert.Equal(_contents.Length, listed.Items.Count);
        Assert.Equal("offline", before.State);
        Assert.True(before is { OfflineBytes: > 9 << 20, SecondsLeft: > 0 });
        Assert.Equal(HttpStatusCode.Accepted, away.StatusCode);
        Assert.Contains("urn:hutch:error:recalling", await away.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.True(away.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("recalling", pinned.State);
        Assert.Equal("online", after.State);
        Assert.True(after.Until > DateTimeOffset.UtcNow.AddDays(6));
        Assert.Equal(_tapes.Mounts.SelectMany(static mount => mount).Distinct(), _tapes.Mounts.SelectMany(static mount => mount));
    }

    [Fact]
    public async Task An_attestation_recalls_nothing_and_a_purge_ends_after_the_segments_were_rewritten()
    {
        Result<Attested> attested = await _server!.Site.Attester.ReadAsync(_scan!.Id, BlobHash.Compute("a number"u8), Ct);
        int recalled = _tapes.Mounts.Count;
        DatasetInfo other = await _admin.CreateDatasetAsync(new CreateDataset { Name = "other" }, Ct);
        await _admin.PutEntryAsync(other.Id, "same", _contents[1], ct: Ct);
        SiteDataset purged = (await _server.Site.Lifecycle.PurgeAsync(_scan.Id, "a mistake", "admin", Ct)).Value;
        await _server.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.Equal(ErrorCode.Unavailable, attested.Error?.Code);
        Assert.Contains("nearline storage", attested.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(0, recalled);
        Assert.False(_tapes.Has(_contents[0]));
        using HttpResponseMessage answer = await _admin.OpenEntryAsync(other.Id, null, "same", 0, Ct);
        Assert.Equal(_contents[1], await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    private ServeOptions Options => new()
    {
        DataFolder = Data,
        HttpAddress = "127.0.0.1:0",
        Site = new SiteOptions
        {
            Bucket = _factory = new OpenedBucket(new SegmentBucketFactory(
                () => _objects,
                new FolderSettings
                {
                    CacheBytes = 64 << 20,
                    ReserveBytes = 0,
                    SealAfter = TimeSpan.FromSeconds(2),
                    Alone = TimeSpan.FromSeconds(5),
                    Nearline = new NearlineSettings { After = TimeSpan.Zero, LeastBytes = 0, Store = _tapes.For(LocalDisk.Instance) },
                })),
        },
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
