using Hutch.Disk;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Blobs;
using Hutch.Testing.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>Two servers of one site, over rows and objects in memory: what is condemned is deleted as soon as both know of it.</summary>
internal sealed class CollectingServers : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly MemoryRows _rows;
    private readonly ClusterServer[] _servers;
    private readonly SimulatedSite?[] _sites = new SimulatedSite?[2];
    private readonly List<string> _folders = [];

    private readonly long _maxTemporaryBytes;

    private CollectingServers(TimeProvider time, long maxTemporaryBytes)
    {
        (_time, _maxTemporaryBytes) = (time, maxTemporaryBytes);
        _rows = new MemoryRows(time);
        _servers = [.. Enumerable.Range(0, 2).Select(_ => new ClusterServer(_rows, Objects, time, keepCondemned: TimeSpan.Zero))];
    }

    public MemoryObjectStore Objects { get; } = new();

    /// <summary>Called and awaited before objects are condemned with the log locked.</summary>
    public Func<Task> Condemning
    {
        set => _rows.Condemning = value;
    }

    public SimulatedSite this[int server] => _sites[server]!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What goes wrong at a step, for whoever is there.</summary>
    public Func<RowStep, Exception?> Fail
    {
        set => _rows.Fail = value;
    }

    public static async Task<CollectingServers> OpenAsync(TimeProvider time, long maxTemporaryBytes = 0)
    {
        var servers = new CollectingServers(time, maxTemporaryBytes);
        await servers.OpenAsync(0);
        await servers.OpenAsync(1);
        return servers;
    }

    /// <summary>Opens a server, in a new folder.</summary>
    public async Task OpenAsync(int server)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-two-").FullName;
        _folders.Add(folder);
        var options = new SiteOptions
        {
            Engine = new RowEngine(_servers[server]),
            Clock = new ClockOptions { SettleMinutes = 0 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = _maxTemporaryBytes },
            Blobs = new BlobOptions { ExtentBytes = 512 << 10, PageCacheBytes = 1 << 20 },
        };
        _sites[server] = SimulatedSite.From(
            await SiteServices.OpenAsync(LocalDisk.Instance, folder, options, _time, NullLoggerFactory.Instance, Ct), folder);
    }

    public async Task CloseAsync(int server)
    {
        await _sites[server]!.DisposeAsync();
        _sites[server] = null;
    }

    /// <summary>Whatever is in rows goes to packs.</summary>
    public async Task PackAsync(int server)
    {
        _servers[server].Log.CatchUp();
        await _servers[server].Packer.RunAsync(everything: true, Ct);
        _servers[1 - server].Log.CatchUp();
    }

    public async Task MergeAsync(int server)
    {
        _servers[server].Log.CatchUp();
        await _servers[server].Merger.RunAsync(Ct);
    }

    /// <summary>Deletes what was condemned and is known to be so by all; bytes come from where they are from now on.</summary>
    public async Task<int> SweepAsync(int server)
    {
        await PackAsync(server);
        _servers[1 - server].Log.CatchUp();
        int deleted = await _servers[server].Sweep.RunAsync(Ct);
        Array.ForEach(_servers, static one => one.ForgetCached());
        return deleted;
    }

    /// <summary>How many condemned objects a server remembers.</summary>
    public int Condemned(int server)
    {
        _servers[server].Log.CatchUp();
        return _servers[server].View.Read(static queries => queries.Condemned(long.MaxValue, long.MaxValue, int.MaxValue)).Count;
    }

    /// <summary>Whether any server has found bytes damaged.</summary>
    public bool HasDamage => Array.Exists(_servers, static server => server.Bytes.HasDamage);

    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedSite? site in _sites)
        {
            await (site?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        foreach (ClusterServer server in _servers)
        {
            await server.DisposeAsync();
        }

        _rows.Dispose();
        _folders.ForEach(static folder => Directory.Delete(folder, recursive: true));
    }
}
