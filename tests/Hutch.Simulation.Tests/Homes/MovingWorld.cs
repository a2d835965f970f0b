using System.Globalization;
using System.Text;
using Hutch.Catalog.Zone;
using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Tests.Engines;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A zone with its own site and two others, one dataset that all have, and what was accepted of it in which epoch.</summary>
internal sealed partial class MovingWorld : IAsyncDisposable
{
    private const int MaxSites = 5;

    private readonly Random _chance;
    private readonly Dictionary<string, BlobHash> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _writers = [];
    private readonly Dictionary<string, DateTimeOffset> _trashed = [];
    private readonly MemoryLog? _log;
    private int _files;
    private string? _backup;

    private MovingWorld(int seed, bool isShared)
    {
        _chance = new Random(seed);
        _log = isShared ? new MemoryLog(TimeProvider.System) : null;
    }

    public DatasetId Dataset { get; } = new(new Guid(1, 2, 3, new byte[8]));

    public List<MovingSite> Sites { get; } = [];

    /// <summary>Whether messages are lost.</summary>
    public bool IsFaulty { get; set; } = true;

    /// <summary>Whether the zone's records are put back to what they were, now and then.</summary>
    public bool WithRestores { get; init; }

    /// <summary>Whether the home deletes and restores the dataset, now and then, and days pass at sites.</summary>
    public bool WithEnds { get; init; }

    /// <summary>Whether sites are released from their copies, and asked for them again, now and then.</summary>
    public bool WithReleases { get; init; }

    /// <summary>Whether homes are declared lost, now and then, while they are cut off and go on.</summary>
    public bool WithLosses { get; init; }

    /// <summary>Whether the zone has ordered that the dataset is purged everywhere: no trash keeps it then.</summary>
    public bool IsPurged { get; set; }

    /// <summary>The bytes of every file that was accepted.</summary>
    public IReadOnlyCollection<BlobHash> Accepted => _accepted.Values;

    /// <summary>What happens while files of a copy are under way to a site.</summary>
    public Func<MovingSite, Task>? WhileSending { get; set; }

    private MovingSite Zone => Sites[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<MovingWorld> StartAsync(int seed, bool withRestores = false, bool withEnds = false, bool withReleases = false,
        bool withLosses = false, bool isShared = false)
    {
        var world = new MovingWorld(seed, isShared)
        {
            WithRestores = withRestores,
            WithEnds = withEnds,
            WithReleases = withReleases,
            WithLosses = withLosses,
        };
        world.Sites.Add(await MovingSite.StartAsync("facility", new ZoneFolder(TimeProvider.System), TimeProvider.System, world._log));
        world.Second = isShared ? await MovingSite.StartServerAsync(world.Zone) : null;
        PrincipalRecord owner = await world.ChangeAsync(change =>
            new PrincipalRecord(change.Principals.CreateUser(new PrincipalId(new Guid(9, 9, 9, new byte[8])), "ada", null).Value.Id, PrincipalKind.User, "ada"));
        await world.ChangeAsync(change => change.Names.Reserve(world.Dataset, owner, "scan", Visibility.Private));
        Assert.True((await world.Zone.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = world.Dataset, Owner = "ada", Slug = "scan", By = "ada" }, Ct)).IsOk);
        foreach (string name in (string[])["archive", "compute"])
        {
            await world.JoinAsync(name);
        }

        await world.SettleAsync();
        return world;
    }

    /// <summary>Does anything, somewhere.</summary>
    public async Task DoSomethingAsync()
    {
        MovingSite site = Any();
        switch (_chance.Next(WithRestores || WithEnds ? 14 : 12))
        {
            case 11 when WithLosses:
                await LoseAsync(Any());
                break;
            case 11 when WithReleases:
                await ReleaseOrAskAsync(site);
                break;
            case 12 or 13 when WithEnds:
                await DeleteOrRestoreAsync(site);
                break;
            case 0:
                await RequestAsync(Any());
                break;
            case 1:
                await site.RestartAsync();
                break;
            case 2 or 3 or 4:
                await FollowAsync(site);
                break;
            case 5 or 6 or 7:
                await StepAsync(site);
                break;
            case 8 or 9:
                await site.CopyAsync(Ledger(site), id => Dial(site, id));
                break;
            case 12:
                await BackUpAsync();
                break;
            case 13 when _backup is not null && _chance.Next(3) == 0:
                await RestoreAsync();
                break;
            default:
                await WriteAsync(site);
                break;
        }

        await CheckAsync();
    }

    /// <summary>The home deletes or restores the dataset; days pass at another site, or one more joins.</summary>
    public async Task DeleteOrRestoreAsync(MovingSite site)
    {
        if (await site.FindAsync(Dataset) is not { Copy: null } here)
        {
            site.Clock.Ahead += TimeSpan.FromDays(20);
            if (Sites.Count < MaxSites && _chance.Next(8) == 0)
            {
                await JoinAsync("late-" + Sites.Count.ToString(CultureInfo.InvariantCulture));
            }
        }
        else if (here.TrashedUntil is null)
        {
            await site.Site.Lifecycle.TrashAsync(Dataset, "ada", Ct);
        }
        else
        {
            await site.Site.Lifecycle.RestoreAsync(Dataset, "ada", Ct);
        }
    }

    /// <summary>A site need not have its copy any more, or is to have it again.</summary>
    public async Task ReleaseOrAskAsync(MovingSite site) => await ChangeAsync(change =>
    {
        HomeRecord home = change.Homes.Find(Dataset)!;
        if (home.SiteId == site.Id || home.NextId is not null || change.Copies.Find(Dataset, site.Id) is not { ReleasedAt: null })
        {
            if (home.SiteId != site.Id)
            {
                change.Copies.Add(Dataset, site.Id, "was asked for", null);
            }
        }
        else
        {
            change.Copies.Release(Dataset, site.Id, "was released");
        }

        return true;
    });

    /// <summary>Every site is to have the dataset.</summary>
    public async Task AskAllAsync() => await ChangeAsync(change =>
    {
        foreach (MovingSite site in Sites.Where(site => change.Homes.Find(Dataset)!.SiteId != site.Id))
        {
            change.Copies.Add(Dataset, site.Id, "was asked for", null);
        }

        return true;
    });

    /// <summary>A site need not have its copy any more.</summary>
    public Task<bool> ReleaseAsync(MovingSite site) => ChangeAsync(change =>
    {
        change.Copies.Release(Dataset, site.Id, "was released");
        return true;
    });

    /// <summary>The home puts the dataset into its trash.</summary>
    public async Task DeleteDatasetAsync()
    {
        foreach (MovingSite site in Sites)
        {
            if (await site.FindAsync(Dataset) is { Copy: null })
            {
                await site.Site.Lifecycle.TrashAsync(Dataset, "ada", Ct);
            }
        }
    }

    /// <summary>The home takes the dataset out of its trash, when it is there.</summary>
    public async Task RestoreDatasetAsync()
    {
        foreach (MovingSite site in Sites)
        {
            if (await site.FindAsync(Dataset) is { Copy: null })
            {
                await site.Site.Lifecycle.RestoreAsync(Dataset, "ada", Ct);
            }
        }
    }

    /// <summary>Asks that a site becomes the home.</summary>
    public async Task RequestAsync(MovingSite site) => await ChangeAsync(change =>
    {
        HomeRecord home = change.Homes.Find(Dataset)!;
        bool isHome = home.SiteId == site.Id;
        if (change.Restore.NotReported().Count == 0 && (isHome || change.Copies.Find(Dataset, site.Id) is { CompleteAt: not null, ReleasedAt: null }))
        {
            change.Homes.SetNext(Dataset, isHome && home.Released is null ? null : site.Id);
        }

        return true;
    });

    /// <summary>Writes a file; what is accepted must be there for ever, and in one epoch one site accepts at most.</summary>
    public async Task<bool> WriteAsync(MovingSite site)
    {
        int file = ++_files;
        byte[] bytes = Encoding.UTF8.GetBytes(file.ToString(CultureInfo.InvariantCulture));
        Result<bool> written = await site.WriteAsync(Dataset, $"{file:0000}.txt", bytes);
        if (written.IsOk)
        {
            _accepted[$"{file:0000}.txt"] = BlobHash.Compute(bytes);
            long epoch = (await site.FindAsync(Dataset))!.HomeSince ?? 1;
            Assert.True(_writers.TryAdd(epoch, site.Name) || _writers[epoch] == site.Name, $"Two sites accepted writes in epoch {epoch}.");
            if (!WithLosses)
            {
                Assert.Equal(_writers.Keys.Max(), epoch);
            }
        }

        return written.IsOk;
    }

    /// <summary>Keeps the zone's records as they are now.</summary>
    public async Task BackUpAsync() => _backup = await Zone.View.CopyAsync();

    /// <summary>Puts them back, as the server does after a restore.</summary>
    public async Task RestoreAsync()
    {
        await Zone.View.ReplaceAsync(_backup!);
        await Zone.RestartAsync();
        await ChangeAsync(change =>
        {
            change.Feed.BeginIncarnation();
            return true;
        });
    }

    /// <summary>Lets everything that is under way come to its end.</summary>
    public async Task SettleAsync()
    {
        for (int i = 0; i < 8; i++)
        {
            foreach (MovingSite site in Servers)
            {
                await FollowAsync(site);
                await site.StepAsync(Ledger(site));
                await site.CopyAsync(Ledger(site), id => Dial(site, id));
                await CheckAsync();
            }
        }
    }

    /// <summary>Everything that was accepted is at the home, there is one, and it accepts writes.</summary>
    public async Task<MovingSite> CheckSettledAsync()
    {
        HomeRecord home = await HomeAsync();
        MovingSite there = Sites.Single(site => site.Id == home.SiteId);
        Assert.Null(home.NextId);
        foreach (MovingSite site in Servers)
        {
            bool isWritten = await WriteAsync(site);
            Assert.True(isWritten == (site.Id == there.Id), $"{site.Name}: written {isWritten}; {home}; {await site.FindAsync(Dataset)}");
        }

        await SettleAsync();
        foreach (MovingSite site in Servers)
        {
            Dictionary<string, BlobHash> files = await site.ReadAsync(Dataset);
            Assert.Equal(await ExpectedAsync(there), files.OrderBy(static one => one.Key));
        }

        return there;
    }

    /// <summary>What came back of lost homes: the name of each, and its files.</summary>
    public async Task<IReadOnlyDictionary<string, Dictionary<string, BlobHash>>> ReturnedAsync()
    {
        var returned = new Dictionary<string, Dictionary<string, BlobHash>>(StringComparer.Ordinal);
        IReadOnlyList<NameRecord> names = await Zone.View.Zone.ReadAsync(static tables => tables.Names.ListAll(null, 1000), Ct);
        foreach (NameRecord name in names.Where(name => name.Dataset != Dataset))
        {
            returned[name.Slug] = await Sites.Single(site => site.Id == name.Home.SiteId).ReadAsync(name.Dataset);
        }

        return returned;
    }

    /// <summary>
    /// Every file that was accepted; where homes were lost, what the home has: everything else is in what came back.
    /// </summary>
    private async Task<IEnumerable<KeyValuePair<string, BlobHash>>> ExpectedAsync(MovingSite home)
    {
        if (!WithLosses)
        {
            return _accepted.OrderBy(static one => one.Key);
        }

        Dictionary<string, BlobHash> there = await home.ReadAsync(Dataset);
        var found = (await ReturnedAsync()).Values.Append(there).SelectMany(static files => files).ToHashSet();
        Assert.All(_accepted, one => Assert.Contains(one, found));
        return there.OrderBy(static one => one.Key);
    }

    /// <summary>An administrator declares that the home is lost, and has another site go on; false when the zone refuses that.</summary>
    public async Task<bool> LoseAsync(MovingSite to)
    {
        IHomeSigner seal = await Zone.Keys.SealAsync(Ct);
        return await ChangeAsync(change => Zone.Losses.Declare(change, Dataset, to.Name, Zone.Name, static _ => false, seal).IsOk);
    }

    public async ValueTask DisposeAsync()
    {
        await (Second?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (MovingSite site in Sites)
        {
            await site.DisposeAsync();
        }

        _log?.Dispose();
    }

    /// <summary>There is one home at most, and no copy has ended too soon.</summary>
    public async Task CheckAsync()
    {
        if (IsPurged)
        {
            return;
        }

        var homes = new List<long>();
        foreach (MovingSite site in Sites)
        {
            if (await site.FindAsync(Dataset) is { } here)
            {
                homes.AddRange(here.Copy is null ? [here.HomeSince ?? 1] : []);
                CheckTrash(site, here);
            }
        }

        // A home that was declared lost stays in its epoch until it learns of the declaration.
        Assert.Distinct(homes);
        Assert.InRange(homes.Count, 0, WithLosses ? Sites.Count : 1);
    }

    /// <summary>No copy ends before it was in the trash of its own site for its time, whatever the home says.</summary>
    private void CheckTrash(MovingSite site, SiteDataset here)
    {
        DateTimeOffset now = site.Clock.GetUtcNow();
        if (here is { Copy: not null, Ended: not null })
        {
            Assert.True(_trashed.TryGetValue(site.Name, out DateTimeOffset since) && now - since >= TimeSpan.FromDays(30), site.Name);
        }
        else if (here.TrashedUntil is null)
        {
            _trashed.Remove(site.Name);
        }
        else
        {
            _trashed.TryAdd(site.Name, now);
        }
    }

    /// <summary>Asks that a site has a copy.</summary>
    public Task<bool> AskCopyAsync(string siteId) => ChangeAsync(change =>
    {
        change.Copies.Add(Dataset, siteId, "was asked for", null);
        return true;
    });

    /// <summary>Another site joins, which is to have the dataset too.</summary>
    public async Task<MovingSite> JoinAsync(string name)
    {
        var view = new ZoneFolder(TimeProvider.System);
        MovingSite site = await MovingSite.StartAsync(name, view, TimeProvider.System);
        string id = Sites.Count.ToString("x16", CultureInfo.InvariantCulture);
        BlobHash zoneKey = (await Zone.Keys.GetAsync(Ct)).Fingerprint;
        BlobHash key = (await site.Keys.GetAsync(Ct)).Fingerprint;
        await ChangeAsync(change => change.Sites.Add(id, name, key, SiteLabels.Empty));
        await AskCopyAsync(id);
        var joined = new JoinedZoneRecord(Zone.View.Zone.Id, id, name, "zone:1", zoneKey, DateTimeOffset.UtcNow);
        Assert.True((await view.Zone.JoinAsync(AuditActor.Server, joined, null, Ct)).IsOk);
        Sites.Add(site);
        return site;
    }

    /// <summary>One site hears what the zone says now; a zone that was restored hears first what the site knows.</summary>
    public async Task FollowAsync(MovingSite site)
    {
        if (site.Id == Zone.Id)
        {
            return;
        }

        var restored = new RestoredZone(Zone.View.Zone);
        if (await restored.MustReportAsync(site.Id, Ct))
        {
            if (Breaks())
            {
                return;
            }

            SiteRecord told = await Zone.View.Zone.ReadAsync(tables => tables.Sites.Find(site.Id)!, Ct);
            KnownEnds known = await new RestoredZone(site.View.Zone).KnownAsync(Ct);
            var seal = new HomeSigner(await Zone.Keys.GetAsync(Ct), Zone.View.Zone.Id);
            Assert.True((await restored.ReceiveAsync(told, known, isLast: true, seal, Ct)).IsOk);
        }

        var view = new SiteView(site.View.Zone, TimeProvider.System);
        FeedPosition? from = await view.PositionAsync(Ct);
        FeedBatch batch = (await new ZoneFeed(Zone.View.Zone, TimeProvider.System).ReadAsync(site.Id, from, Ct))!;
        Assert.True(batch.IsComplete && (await view.ApplyAsync(batch.Items, batch.After is null, from, batch.To, Ct)).IsOk);
    }

    /// <summary>Moves the home to a site that is not it, and waits for that.</summary>
    public async Task MoveAsync(MovingSite site)
    {
        await RequestAsync(site);
        await SettleAsync();
        Assert.True(await WriteAsync(site));
        await SettleAsync();
    }

    /// <summary>Which site the zone says is the home.</summary>
    public async Task<HomeRecord> HomeAsync() => (await Zone.View.Zone.ReadAsync(tables => tables.Homes.Find(Dataset), Ct))!;

    /// <summary>A site brings what it is to have.</summary>
    public Task CopyAsync(MovingSite site) => site.CopyAsync(Ledger(site), id => Dial(site, id));

    /// <summary>The zone, as one site reaches it.</summary>
    internal FaultyLedger Ledger(MovingSite site) => new(Zone, site, Breaks);

    /// <summary>Another site, as one reaches it.</summary>
    internal FaultyHome Dial(MovingSite site, string home)
    {
        MovingSite there = Second?.Id == home && _chance.Next(2) == 0 ? Second : Sites.Single(one => one.Id == home);
        return new FaultyHome(there, KeyOf(there), KeyOf(site), Breaks, () => WhileSendingAsync(site));
    }

    internal static BlobHash KeyOf(MovingSite site) => site.Keys.GetAsync(Ct).AsTask().GetAwaiter().GetResult().Fingerprint;

    /// <summary>The home may delete or restore what is under way, and the zone and the site that it goes to may hear of that.</summary>
    private async Task WhileSendingAsync(MovingSite site)
    {
        if (WhileSending is { } work)
        {
            await work(site);
        }
        else if (WithEnds && IsFaulty && _chance.Next(4) == 0)
        {
            MovingSite home = Any();
            await DeleteOrRestoreAsync(home);
            await home.StepAsync(Ledger(home));
            await FollowAsync(site);
            await site.StepAsync(Ledger(site));
        }
    }

    internal bool Breaks() => IsFaulty && _chance.Next(6) == 0;

    private MovingSite Any() => Servers[_chance.Next(Servers.Count)];

    internal async Task<T> ChangeAsync<T>(Func<ZoneChange, T> work) => (await Zone.View.Zone.ChangeAsync<T>(
        AuditActor.Server,
        change =>
        {
            T value = work(change);
            change.AddAudit("simulated", null);
            return value;
        },
        Ct)).Value;
}
