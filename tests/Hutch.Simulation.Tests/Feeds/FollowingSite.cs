using Hutch.Federation.Links;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>A site that follows the feed of a zone over a bad network, and crashes now and then.</summary>
internal sealed class FollowingSite : IAsyncDisposable
{
    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly FedZone _zone;
    private readonly ZoneFolder _database;
    private FeedStage _stage = new(null);
    private int _life;

    private FollowingSite(World world, SimulatedNetwork network, FedZone zone, SiteRecord site)
    {
        _world = world;
        _network = network;
        _zone = zone;
        Site = site;
        _database = new ZoneFolder(world.Clock());
    }

    public SiteRecord Site { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<FollowingSite> StartAsync(World world, SimulatedNetwork network, FedZone zone, SiteRecord site)
    {
        var following = new FollowingSite(world, network, zone, site);
        var joined = new JoinedZoneRecord(
            zone.Database.Zone.Id, site.Id, site.Name, "zone:1", BlobHash.Of([1, 2, 3]), world.Clock().GetUtcNow());
        Assert.True((await following._database.Zone.JoinAsync(AuditActor.Server, joined, null, Ct)).IsOk);
        following.Beat();
        return following;
    }

    /// <summary>Forgets what was not durable, and goes on from there.</summary>
    public async Task CrashAsync()
    {
        _life++;
        await _database.RestartAsync();
        _stage = new FeedStage(await View.PositionAsync(Ct));
        Beat();
    }

    /// <summary>What the site has, all of it.</summary>
    public ValueTask<string> DumpAsync() => _database.DumpAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private SiteView View => new(_database.Zone, _world.Clock());

    private void Beat()
    {
        int life = _life;
        FeedPosition? asked = _stage.At;
        _network.Send(Site.Name, async () =>
        {
            FeedBatch batch = (await _zone.Feed.ReadAsync(Site.Id, asked, Ct))!;
            _network.Send(Site.Name, () => life == _life ? HearAsync(asked, batch) : Task.CompletedTask);
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

    private async Task HearAsync(FeedPosition? asked, FeedBatch batch)
    {
        if (!_stage.Accept(asked, batch))
        {
            return;
        }

        Result<Done> applied = await View.ApplyAsync(_stage.Items, _stage.IsWhole, _stage.At!, Ct);
        Assert.True(applied.IsOk, applied.Error?.Message);
        FeedPosition at = _stage.At!;
        _stage = new FeedStage(at);

        // It is a state that the zone was in, for everything that this site may see, and no mixture of two.
        Assert.Equal(_zone.Known[(Site.Id, at)], await DumpAsync());
    }
}
