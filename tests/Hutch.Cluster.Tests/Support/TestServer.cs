using System.Text;
using Hutch.Catalog.Postgres;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Objects;
using Hutch.Site;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Heads;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Tests.Support;

/// <summary>One server of a site: a data folder of its own, records of its own, the log that all share.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly RisingNumber _reached = new();

    private TestServer(TestSite site) => Site = site;

    public TestSite Site { get; }

    public ClusterEngine Engine => (ClusterEngine)Site.Site.Engine;

    /// <summary>The server's own log.</summary>
    public PostgresLog Log => Engine.Journal;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts a server over a database and a bucket.</summary>
    public static Task<TestServer> OpenAsync(
        PostgresDatabase records, IObjectStore objects, LogOptions? log = null, CompactionOptions? fold = null) =>
        OpenAsync(records, objects, Options(log), fold);

    /// <summary>Starts a server over a database and a bucket.</summary>
    public static async Task<TestServer> OpenAsync(
        PostgresDatabase records, IObjectStore objects, ClusterOptions options, CompactionOptions? fold = null)
    {
        var engine = new ClusterEngineFactory(records, () => objects, options, Guid.NewGuid);
        var server = new TestServer(await TestSite.OpenAsync(new SiteOptions { Engine = engine, Fold = fold ?? new CompactionOptions() }));
        await server.FollowAsync();
        return server;
    }

    /// <summary>Options with a cache that fits a test.</summary>
    public static ClusterOptions Options(LogOptions? log = null) => new()
    {
        Cache = new CacheOptions { CacheBytes = 64 << 20, ReserveBytes = 0 },
        Log = log ?? new LogOptions(),
        Servers = new ServerOptions { BeatEvery = TimeSpan.FromMilliseconds(200) },
    };

    /// <summary>Takes the lease of a job, which nobody else has.</summary>
    public async Task<IJobLease> TakeAsync(string job) =>
        await Engine.Leases.TryAcquireAsync(job, Ct) ?? throw new InvalidOperationException($"Somebody else has '{job}'.");

    /// <summary>Packs everything, and merges, as the holder of the lease. Returns how many rows were packed.</summary>
    public async Task<int> PackAsync()
    {
        await using IJobLease lease = await TakeAsync("packing");
        return await Engine.Objects.PackOnceAsync(Engine.PacksOf(lease), everything: true, Ct);
    }

    /// <summary>Stops the server, does something and starts it again.</summary>
    public async Task RestartAsync(Func<Task> meanwhile)
    {
        await Site.Site.DisposeAsync();
        await meanwhile();
        await Site.ReopenAsync();
        await FollowAsync();
    }

    /// <summary>Waits until the server shows everything up to a record.</summary>
    public Task CaughtUpAsync(long sequence) => _reached.WaitAsync(sequence, Ct).WaitAsync(TimeSpan.FromMinutes(5), Ct);

    public async Task<string?> TextAsync(DatasetId dataset, string path) =>
        await Site.ReadAsync(dataset, path) is { } content ? Encoding.UTF8.GetString(content) : null;

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    private async Task FollowAsync()
    {
        _reached.RaiseTo(await Site.Site.Records.ReadAsync(static queries => queries.AppliedSequence(), Ct));

        // Subscribes last: the site has already updated its own memory when this runs.
        Site.Site.Committer.Committed += records => _reached.RaiseTo(records[^1].Sequence);
    }
}
