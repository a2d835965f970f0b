using Hutch.Catalog.Zone;
using Hutch.Federation.Links;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>A site that follows the feed of a zone over a bad network, and crashes now and then.</summary>
internal sealed class FollowingSite : IAsyncDisposable
{
    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly ZoneFolder _zone;
    private readonly ZoneFolder _database;
    private Action<FeedPosition?, bool>? _beaten;
    private Func<FollowingSite, Task>? _changed;
    private FeedStage _stage = new(null);
    private int _life;

    private FollowingSite(World world, SimulatedNetwork network, ZoneFolder zone, SiteRecord site)
    {
        _world = world;
        _network = network;
        _zone = zone;
        Site = site;
        _database = new ZoneFolder(world.Clock());
    }

    public SiteRecord Site { get; }

    /// <summary>The site's view of the zone; another object after a crash.</summary>
    public ZoneDatabase Zone => _database.Zone;

    /// <summary>How far the view is.</summary>
    public FeedPosition? At { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Joins the zone, and follows it from now on.</summary>
    /// <param name="world">The clock and chance.</param>
    /// <param name="network">Between the two.</param>
    /// <param name="zone">The zone.</param>
    /// <param name="site">The site, as the zone knows it.</param>
    /// <param name="beaten">Happens at the zone when a beat arrives: behind which position the site asks, and whether it has that durably.</param>
    /// <param name="changed">Happens when the view has become another one.</param>
    public static async Task<FollowingSite> StartAsync(
        World world, SimulatedNetwork network, ZoneFolder zone, SiteRecord site, Action<FeedPosition?, bool>? beaten = null,
        Func<FollowingSite, Task>? changed = null)
    {
        var following = new FollowingSite(world, network, zone, site) { _beaten = beaten, _changed = changed };
        var joined = new JoinedZoneRecord(zone.Zone.Id, site.Id, site.Name, "zone:1", BlobHash.Compute([1, 2, 3]), world.Clock().GetUtcNow());
        Assert.True((await following.Zone.JoinAsync(AuditActor.Server, joined, null, Ct)).IsOk);
        following.Beat();
        return following;
    }

    /// <summary>Forgets what was not durable, and goes on from there.</summary>
    public async Task CrashAsync()
    {
        _life++;
        await _database.RestartAsync();
        At = await View.PositionAsync(Ct);
        _stage = new FeedStage(At);
        Beat();
    }

    /// <summary>What the site has, all of it.</summary>
    public ValueTask<string> DumpAsync() => _database.DumpAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private SiteView View => new(Zone, _world.Clock());

    private void Beat()
    {
        int life = _life;
        (FeedPosition? asked, bool isDurable) = (_stage.At, _stage.IsDurable);
        _network.Send(Site.Name, async () =>
        {
            _beaten?.Invoke(asked, isDurable);
            FeedBatch batch = (await new ZoneFeed(_zone.Zone, _world.Clock()).ReadAsync(Site.Id, asked, Ct))!;
            DateTimeOffset zoneNow = _world.Clock().GetUtcNow();
            _network.Send(Site.Name, () => life == _life ? HearAsync(asked, batch, zoneNow) : Task.CompletedTask);
        });
        _world.After(TimeSpan.FromSeconds(1), () =>
        {
            if (life == _life)
            {
                Beat();
            }

            return Task.CompletedTask;
        });
    }

    private async Task HearAsync(FeedPosition? asked, FeedBatch batch, DateTimeOffset zoneNow)
    {
        if (!_stage.Accept(asked, batch))
        {
            return;
        }

        await View.RecordContactAsync(zoneNow, Ct);
        Result<Done> applied = await View.ApplyAsync(_stage.Items, _stage.IsWhole, _stage.At!, Ct);
        Assert.True(applied.IsOk, applied.Error?.Message);
        At = _stage.At!;
        _stage = new FeedStage(At);
        await (_changed?.Invoke(this) ?? Task.CompletedTask);
    }
}
