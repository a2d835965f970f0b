using Hutch.Catalog.Zone;
using Hutch.Federation.Links;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>
/// A site that follows the feed of a zone over a bad network, and crashes now and then. Several servers may share its records: each asks the
/// zone by itself, and crashes by itself.
/// </summary>
internal sealed class FollowingSite : IAsyncDisposable
{
    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly ZoneFolder _zone;
    private readonly ZoneFolder _database;
    private Action<FeedPosition?, bool>? _beaten;
    private Func<FollowingSite, Task>? _changed;
    private readonly Server[] _servers;

    private FollowingSite(World world, SimulatedNetwork network, ZoneFolder zone, SiteRecord site, int servers)
    {
        _servers = [.. Enumerable.Range(0, servers).Select(static _ => new Server())];
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
    /// <param name="servers">How many servers share its records.</param>
    public static async Task<FollowingSite> StartAsync(
        World world, SimulatedNetwork network, ZoneFolder zone, SiteRecord site, Action<FeedPosition?, bool>? beaten = null,
        Func<FollowingSite, Task>? changed = null, int servers = 1)
    {
        var following = new FollowingSite(world, network, zone, site, servers) { _beaten = beaten, _changed = changed };
        var joined = new JoinedZoneRecord(zone.Zone.Id, site.Id, site.Name, "zone:1", BlobHash.Compute([1, 2, 3]), world.Clock().GetUtcNow());
        Assert.True((await following.Zone.JoinAsync(AuditActor.Server, joined, null, Ct)).IsOk);
        Array.ForEach(following._servers, following.Beat);
        return following;
    }

    /// <summary>
    /// Forgets what was not durable, and goes on from there. Of several servers, one does, and is away for a while; the records stay.
    /// </summary>
    public async Task CrashAsync()
    {
        Server server = _servers[_servers.Length == 1 ? 0 : _world.Chance.Next(_servers.Length)];
        int life = ++server.Life;
        if (_servers.Length == 1)
        {
            await _database.RestartAsync();
            await BeginAsync(server);
        }
        else
        {
            _world.After(TimeSpan.FromSeconds(_world.Chance.Next(1, 10)), () => life == server.Life ? BeginAsync(server) : Task.CompletedTask);
        }
    }

    /// <summary>What the site has, all of it.</summary>
    public ValueTask<string> DumpAsync() => _database.DumpAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private SiteView View => new(Zone, _world.Clock());

    private async Task BeginAsync(Server server)
    {
        At = await View.PositionAsync(Ct);
        server.Stage = new FeedStage(At);
        Beat(server);
    }

    private void Beat(Server server)
    {
        int life = server.Life;
        (FeedPosition? asked, bool isDurable) = (server.Stage.At, server.Stage.IsDurable);
        _network.Send(Site.Name, async () =>
        {
            _beaten?.Invoke(asked, isDurable);
            FeedBatch batch = (await new ZoneFeed(_zone.Zone, _world.Clock()).ReadAsync(Site.Id, asked, Ct))!;
            DateTimeOffset zoneNow = _world.Clock().GetUtcNow();
            _network.Send(Site.Name, () => life == server.Life ? HearAsync(server, asked, batch, zoneNow) : Task.CompletedTask);
        });
        _world.After(TimeSpan.FromSeconds(1), () =>
        {
            if (life == server.Life)
            {
                Beat(server);
            }

            return Task.CompletedTask;
        });
    }

    private async Task HearAsync(Server server, FeedPosition? asked, FeedBatch batch, DateTimeOffset zoneNow)
    {
        if (!server.Stage.Accept(asked, batch))
        {
            return;
        }

        await View.RecordContactAsync(zoneNow, Ct);
        FeedStage stage = server.Stage;
        Result<FeedPosition> applied = await View.ApplyAsync(stage.Items, stage.IsWhole, stage.From, stage.At!, Ct);
        Assert.True(applied.IsOk, applied.Error?.Message);
        At = applied.Value;
        server.Stage = new FeedStage(At);
        await (_changed?.Invoke(this) ?? Task.CompletedTask);
    }

    /// <summary>What one server has gathered; its life ends with a crash.</summary>
    private sealed class Server
    {
        public FeedStage Stage { get; set; } = new(null);

        public int Life { get; set; }
    }
}
