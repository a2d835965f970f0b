using System.Globalization;
using System.Text;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Site.Lifecycle;
using Hutch.Zone.Sites;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>A zone with its own site and two others, one dataset that all have, and what was accepted of it in which epoch.</summary>
internal sealed class MovingWorld : IAsyncDisposable
{
    private readonly Random _chance;
    private readonly Dictionary<string, BlobHash> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _writers = [];
    private int _files;
    private string? _backup;

    private MovingWorld(int seed) => _chance = new Random(seed);

    public DatasetId Dataset { get; } = new(new Guid(1, 2, 3, new byte[8]));

    public List<MovingSite> Sites { get; } = [];

    /// <summary>Whether messages are lost.</summary>
    public bool IsFaulty { get; set; } = true;

    private MovingSite Zone => Sites[0];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<MovingWorld> StartAsync(int seed)
    {
        var world = new MovingWorld(seed);
        world.Sites.Add(await MovingSite.StartAsync("facility", new ZoneFolder(TimeProvider.System), TimeProvider.System));
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
        switch (_chance.Next(12))
        {
            case 0:
                await AskAsync(Any());
                break;
            case 1:
                await site.RestartAsync();
                break;
            case 2 or 3 or 4:
                await FollowAsync(site);
                break;
            case 5 or 6 or 7:
                await site.StepAsync(Ledger(site));
                break;
            case 8 or 9:
                await site.CopyAsync(Ledger(site), id => Dial(site, id));
                break;
            default:
                await WriteAsync(site);
                break;
        }

        await CheckAsync();
    }

    /// <summary>Asks that a site becomes the home.</summary>
    public async Task AskAsync(MovingSite site) => await ChangeAsync(change =>
    {
        HomeRecord home = change.Homes.Find(Dataset)!;
        bool isHome = home.SiteId == site.Id;
        if (isHome || change.Copies.Find(Dataset, site.Id)?.CompleteAt is not null)
        {
            change.Homes.SetNext(Dataset, isHome && home.Released is null ? null : site.Id);
        }

        return true;
    });

    /// <summary>Writes a file; what is accepted must be there for ever, and in one epoch one site accepts at most.</summary>
    public async Task<bool> WriteAsync(MovingSite site)
    {
        byte[] bytes = Encoding.UTF8.GetBytes((++_files).ToString(CultureInfo.InvariantCulture));
        Result<bool> written = await site.WriteAsync(Dataset, $"{_files:0000}.txt", bytes);
        if (written.IsOk)
        {
            _accepted[$"{_files:0000}.txt"] = BlobHash.Of(bytes);
            long epoch = (await site.FindAsync(Dataset))!.HomeSince ?? 1;
            Assert.True(_writers.TryAdd(epoch, site.Name) || _writers[epoch] == site.Name, $"Two sites accepted writes in epoch {epoch}.");
            Assert.Equal(_writers.Keys.Max(), epoch);
        }

        return written.IsOk;
    }

    /// <summary>Keeps the zone's records as they are now.</summary>
    public async Task BackUpAsync() => _backup = await Zone.View.CopyAsync();

    /// <summary>Puts them back, as the server does after a restore.</summary>
    public async Task RestoreAsync()
    {
        await Zone.View.ReplaceAsync(_backup!);
        await ChangeAsync(change =>
        {
            change.Feed.BeginIncarnation();
            return true;
        });
    }

    /// <summary>Lets everything that is under way come to its end.</summary>
    public async Task SettleAsync()
    {
        for (int i = 0; i < 6; i++)
        {
            foreach (MovingSite site in Sites)
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
        HomeRecord home = (await Zone.View.Zone.ReadAsync(tables => tables.Homes.Find(Dataset), Ct))!;
        MovingSite there = Sites.Single(site => site.Id == home.SiteId);
        Assert.Null(home.NextId);
        foreach (MovingSite site in Sites)
        {
            bool isWritten = await WriteAsync(site);
            Assert.True(isWritten == (site == there), $"{site.Name}: written {isWritten}; {home}; {await site.FindAsync(Dataset)}");
        }

        await SettleAsync();
        foreach (MovingSite site in Sites)
        {
            Dictionary<string, BlobHash> files = await site.ReadAsync(Dataset);
            Assert.Equal(_accepted.OrderBy(static one => one.Key), files.OrderBy(static one => one.Key));
        }

        return there;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MovingSite site in Sites)
        {
            await site.DisposeAsync();
        }
    }

    private async Task CheckAsync()
    {
        int homes = 0;
        foreach (MovingSite site in Sites)
        {
            homes += await site.FindAsync(Dataset) is { Copy: null } ? 1 : 0;
        }

        Assert.InRange(homes, 0, 1);
    }

    private async Task JoinAsync(string name)
    {
        var view = new ZoneFolder(TimeProvider.System);
        MovingSite site = await MovingSite.StartAsync(name, view, TimeProvider.System);
        string id = Sites.Count.ToString("x16", CultureInfo.InvariantCulture);
        BlobHash zoneKey = (await Zone.Keys.GetAsync(Ct)).Fingerprint;
        BlobHash key = (await site.Keys.GetAsync(Ct)).Fingerprint;
        await ChangeAsync(change => change.Sites.Add(id, name, key, SiteLabels.Empty));
        await ChangeAsync(change =>
        {
            change.Copies.Add(Dataset, id, "was asked for", null);
            return true;
        });
        var joined = new JoinedZoneRecord(Zone.View.Zone.Id, id, name, "zone:1", zoneKey, DateTimeOffset.UtcNow);
        Assert.True((await view.Zone.JoinAsync(AuditActor.Server, joined, _ => null, Ct)).IsOk);
        Sites.Add(site);
    }

    private async Task FollowAsync(MovingSite site)
    {
        if (site == Zone)
        {
            return;
        }

        var view = new SiteView(site.View.Zone, TimeProvider.System);
        FeedBatch batch = (await new ZoneFeed(Zone.View.Zone, TimeProvider.System).ReadAsync(site.Id, await view.PositionAsync(Ct), Ct))!;
        Assert.True(batch.IsComplete);
        Assert.True((await view.ApplyAsync(batch.Items, batch.After is null, batch.To, Ct)).IsOk);
    }

    private FaultyLedger Ledger(MovingSite site) => new(Zone, site, Breaks);

    private FaultyHome Dial(MovingSite site, string home)
    {
        MovingSite there = Sites.Single(one => one.Id == home);
        return new FaultyHome(there, KeyOf(there), KeyOf(site), Breaks);
    }

    private static BlobHash KeyOf(MovingSite site) => site.Keys.GetAsync(Ct).AsTask().GetAwaiter().GetResult().Fingerprint;

    private bool Breaks() => IsFaulty && _chance.Next(6) == 0;

    private MovingSite Any() => Sites[_chance.Next(Sites.Count)];

    private async Task<T> ChangeAsync<T>(Func<ZoneChange, T> work) => (await Zone.View.Zone.ChangeAsync<T>(
        AuditActor.Server,
        change =>
        {
            T value = work(change);
            change.Note("simulated", null);
            return value;
        },
        Ct)).Value;
}
