using Hutch.DataLad.Keys;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Replication.Copies;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad;

/// <summary>The stored git repositories and the annex keys they name, which copies need even if the door of git is closed.</summary>
public sealed class GitStoreModule : IDisposable
{
    private readonly NamedKeys? _names;

    /// <param name="zone">Returns the id of the zone, which commits name.</param>
    /// <param name="options">Limits, and whether the door is open.</param>
    /// <param name="dataFolder">Where packs are kept for a while, in files without names.</param>
    public GitStoreModule(
        SiteServices site, RepositoryModule repositories, Func<string> zone, DataLadOptions options, string dataFolder,
        TimeProvider time, ILoggerFactory loggers)
    {
        (Options, DataFolder) = (options, dataFolder);
        Packs = new PackCache(options.PackCacheBytes);
        Stored = new RepositoryStore(repositories.KeptVersions, Packs, LocalDisk.Instance, dataFolder);
        Check = new RepositoryCheck(Stored, options.MaxObjectBytes);
        Repositories = new Repositories(repositories.KeptVersions, Stored, zone, options.MaxFiles);
        Gate = new PackGate(options.ConcurrentPacks, options.MaxWaiting);
        Subdatasets = new SubdatasetCommits(repositories.KeptVersions, Stored, Repositories, Gate, options.MaxFiles);
        Claims = new ClaimedRuns(Stored, Gate);
        if (!options.Enabled)
        {
            return;
        }

        _names = new NamedKeys(repositories.KeptVersions, Stored, Gate, options.UnnamedKeyDays);
        var expiry = new KeyExpiry(repositories.ExpiredAnnexKeys, _names, loggers.CreateLogger<KeyExpiry>());
        var loops = new LoopFactory(site.Warnings, site.Engine.Leases, time, loggers.CreateLogger<GitStoreModule>());
        Loops = [loops.Leased(KeyExpiryLoop.Job, new KeyExpiryLoop(expiry, site.Clock, time).RunAsync)];
    }

    /// <summary>Looks into what homes offer to copies.</summary>
    public IRepositoryCheck Check { get; }

    /// <summary>Knows which keys are named; null where the door of git is closed.</summary>
    public IKeyNames? Names => _names;

    /// <summary>Knows the commits of subdatasets, even where the door of git is closed.</summary>
    public ISubdatasetCommits Subdatasets { get; }

    /// <summary>Knows the runs that commits claim, even where the door of git is closed.</summary>
    public IClaimedRuns Claims { get; }

    /// <summary>Ends keys that nothing names.</summary>
    public IReadOnlyList<BackgroundTask> Loops { get; } = [];

    internal DataLadOptions Options { get; }

    internal string DataFolder { get; }

    internal PackCache Packs { get; }

    internal RepositoryStore Stored { get; }

    internal Repositories Repositories { get; }

    /// <summary>Admits what reads packs: requests of git, lists of subdatasets and of claimed runs.</summary>
    internal PackGate Gate { get; }

    public void Dispose()
    {
        Gate.Dispose();
        Packs.Dispose();
    }
}
