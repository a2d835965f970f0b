using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;

namespace Hutch.Simulation.Tests.Revocations;

/// <summary>
/// What is revoked at the zone is refused at its sites: by a site that has confirmed it from that moment on, also after a crash; within 5 s where
/// the connection holds; and within 24 h where there is none. What is not revoked goes on being let in.
/// </summary>
public sealed class RevocationSimulationTests : IAsyncLifetime
{
    private static readonly TimeSpan Faults = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AgeLimit = TimeSpan.FromHours(24);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly List<FollowingSite> _sites = [];
    private readonly Dictionary<FollowingSite, SiteGate> _gates = [];
    private World _world = null!;
    private SimulatedNetwork _network = null!;
    private RevokingZone _zone = null!;

    public static TheoryData<int> Seeds => Schedules.From(5);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (FollowingSite site in _sites)
        {
            await site.DisposeAsync();
        }

        await _zone.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_a_site_has_confirmed_it_refuses_and_when_the_faults_end_it_does_so_within_5_seconds(int seed)
    {
        await BeginAsync(seed);
        Disturb();
        Look(Faults);
        await _world.RunUntilAsync(Faults);

        _network.Heal();
        await RevokeAtEachAsync();
        await _world.RunUntilAsync(Faults + TimeSpan.FromSeconds(5));

        Assert.Contains(_zone.Given, static access => access.RevokedAt is null);
        await AssertAllAsync(access => access.RevokedAt is null);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_disconnected_site_allows_access_for_a_day_and_then_refuses_it_until_it_hears_from_the_zone(int seed)
    {
        await BeginAsync(seed);
        await _world.RunUntilAsync(Faults);
        foreach (FollowingSite site in _sites)
        {
            _network.CutOff(site.Site.Name, AgeLimit + TimeSpan.FromMinutes(10));
        }

        // What was on its way arrives.
        await _world.RunUntilAsync(Faults + TimeSpan.FromSeconds(20));
        await AssertAllAsync(static _ => true);
        await RevokeAtEachAsync();
        await CrashAnyAsync();
        await _world.RunUntilAsync(Faults + AgeLimit - TimeSpan.FromMinutes(2));
        await AssertAllAsync(static _ => true);
        await _world.RunUntilAsync(Faults + AgeLimit + TimeSpan.FromMinutes(1));
        await AssertAllAsync(static _ => false);

        _network.Heal();
        await _world.RunUntilAsync(_world.Now + TimeSpan.FromSeconds(5));
        await AssertAllAsync(static access => access.RevokedAt is null);
    }

    private async Task BeginAsync(int seed)
    {
        _world = new World(seed);
        _network = new SimulatedNetwork(_world);
        _zone = new RevokingZone(_world);
        foreach ((string name, int servers) in ((string, int)[])[("archive", 1), ("compute", 2)])
        {
            Model.Zone.SiteRecord site = await _zone.AddSiteAsync(name);
            _sites.Add(await FollowingSite.StartAsync(
                _world, _network, _zone.Database, site, beaten: (after, isDurable) => _zone.Hear(site, after, isDurable),
                servers: servers));
            for (int i = 0; i < 3; i++)
            {
                await _zone.GiveAsync(site);
            }
        }
    }

    /// <summary>Until the faults end, somebody is given or revoked something, sites crash, and are cut off.</summary>
    private void Disturb() => _world.After(TimeSpan.FromMilliseconds(_world.Chance.Next(1, 1500)), async () =>
    {
        if (_world.Now >= Faults)
        {
            return;
        }

        FollowingSite any = _sites[_world.Chance.Next(_sites.Count)];
        switch (_world.Chance.Next(8))
        {
            case 0:
                await any.CrashAsync();
                break;
            case 1:
                _network.CutOff(any.Site.Name, TimeSpan.FromSeconds(_world.Chance.Next(1, 20)));
                break;
            case 2 or 3 or 4:
                await _zone.GiveAsync(any.Site);
                break;
            default:
                await _zone.RevokeAsync(any.Site);
                break;
        }

        Disturb();
    });

    /// <summary>Everybody tries, again and again: nobody is let in who must not be, and nobody kept out of whom the site has heard.</summary>
    private void Look(TimeSpan until) => _world.After(LookEvery, async () =>
    {
        foreach (GivenAccess access in _zone.Given)
        {
            FollowingSite site = SiteOf(access);
            bool isLetIn = await GateOf(site).LetsInAsync(access);
            Assert.False(isLetIn && access.RevokedAt is not null && _zone.IsConfirmed(access), $"{access} was let in");
            Assert.True(isLetIn || access.RevokedAt is not null || !(site.At?.Sequence >= access.GivenAt), $"{access} was kept out");
        }

        if (_world.Now < until)
        {
            Look(until);
        }
    });

    private async Task RevokeAtEachAsync()
    {
        foreach (FollowingSite site in _sites)
        {
            await _zone.GiveAsync(site.Site);
            Assert.NotNull(await _zone.RevokeAsync(site.Site));
            await _zone.GiveAsync(site.Site);
        }
    }

    private Task CrashAnyAsync() => _sites[_world.Chance.Next(_sites.Count)].CrashAsync();

    private async Task AssertAllAsync(Func<GivenAccess, bool> isLetIn)
    {
        foreach (GivenAccess access in _zone.Given)
        {
            FollowingSite site = SiteOf(access);
            bool knows = site.At?.Sequence >= access.GivenAt;
            Assert.Equal(knows && isLetIn(access), await GateOf(site).LetsInAsync(access));
        }
    }

    private FollowingSite SiteOf(GivenAccess access) => _sites.Single(site => site.Site.Id == access.Site.Id);

    /// <summary>With what it remembers, which ends with the life of the site.</summary>
    private SiteGate GateOf(FollowingSite site) =>
        _gates.TryGetValue(site, out SiteGate? gate) && gate.View == site.Zone ? gate : _gates[site] = new SiteGate(site.Zone);
}
