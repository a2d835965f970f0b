using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Simulation.Tests.Placement;

/// <summary>Rules converge once faults end: whatever happened meanwhile, each is fulfilled, on disks and not only in records, or cannot be.</summary>
public sealed class PlacementSimulationTests : IAsyncLifetime
{
    private static readonly TimeSpan Faults = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ToConverge = TimeSpan.FromSeconds(60);

    private readonly List<FollowingSite> _following = [];
    private readonly List<CopyingSite> _sites = [];
    private World _world = null!;
    private SimulatedNetwork _network = null!;
    private PlacingZone _zone = null!;
    private IReadOnlyList<PlannedDataset> _planned = [];

    public static TheoryData<int> Seeds => Schedules.From(5);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (FollowingSite site in _following)
        {
            await site.DisposeAsync();
        }

        await _zone.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Each_rule_is_fulfilled_at_last_or_cannot_be_and_no_site_has_what_no_rule_wants(int seed)
    {
        await BeginAsync(seed);
        Disturb();
        await _world.RunUntilAsync(Faults);

        _network.Heal();
        await _world.RunUntilAsync(Faults + ToConverge);

        IReadOnlyList<SiteRecord> sites = await _zone.SitesAsync();
        Assert.Contains(_planned, static one => one.Rules.Count > 0);
        foreach (PlannedDataset one in _planned)
        {
            Assert.Empty(one.Plan.NewCopies);
            Assert.Empty(one.Plan.Released);
            Assert.All(one.Plan.Rules, rule => AssertStands(one, rule, sites));
            Assert.All(
                sites.IntersectBy(HoldersOf(one).Select(static site => site.Site.Id), static site => site.Id),
                site => Assert.True(IsNeeded(one, site, sites)));
            IReadOnlyList<CopyRecord> copies = await _zone.Copies.OfDatasetAsync(one.Name.Dataset, TestContext.Current.CancellationToken);
            Assert.Equal(
                copies.Select(static copy => (copy.SiteId, copy.CompleteAt is not null, copy.ReleasedAt)).Order(),
                HoldersOf(one).Select(static site => (site.Site.Id, true, (DateTimeOffset?)null)).Order());
        }
    }

    /// <summary>A rule that is said to be fulfilled has its copies; one that is said to be impossible lacks sites that could have them.</summary>
    private void AssertStands(PlannedDataset dataset, RuleStatus status, IReadOnlyList<SiteRecord> sites)
    {
        SiteRecord[] having = [.. Having(dataset, status.Rule, sites)];
        SiteRecord[] able = [.. sites.Where(site => IsMeant(status.Rule, site) && (having.Contains(site) || site.Terms.Intake == SiteIntake.Open))];
        switch (status.State)
        {
            case RuleState.Fulfilled:
                Assert.True(having.Length >= status.Rule.Copies, $"{status}: only {having.Length} have it");
                break;
            case RuleState.Impossible:
                Assert.True(able.Length < status.Rule.Copies, $"{status}: {able.Length} could have it");
                break;
            default:
                Assert.Fail(status.ToString());
                break;
        }
    }

    /// <summary>Whether a rule would lack something without the copy at a site. While any rule lacks something, nothing is released.</summary>
    private bool IsNeeded(PlannedDataset dataset, SiteRecord holder, IReadOnlyList<SiteRecord> sites) =>
        dataset.Plan.Rules.Any(static rule => rule.State != RuleState.Fulfilled)
        || dataset.Rules.Any(
            rule => IsMeant(rule.Rule, holder) && Having(dataset, rule.Rule, sites).Count(site => site != holder) < rule.Rule.Copies);

    /// <summary>The sites that a rule means and that have the dataset; what is being emptied does not count.</summary>
    private IEnumerable<SiteRecord> Having(PlannedDataset dataset, PlacementRule rule, IReadOnlyList<SiteRecord> sites)
    {
        string[] holders = [.. HoldersOf(dataset).Select(static site => site.Site.Id)];
        return sites.Where(site => IsMeant(rule, site) && holders.Contains(site.Id) && site.Terms.Intake != SiteIntake.Draining);
    }

    /// <summary>The facility has no labels, so that no rule means it but those that exclude it.</summary>
    private static bool IsMeant(PlacementRule rule, SiteRecord site) => ServingBounds.IsMeant(rule, site.Name, site.Labels);

    private IEnumerable<CopyingSite> HoldersOf(PlannedDataset dataset) => _sites.Where(site => site.Has.Contains(dataset.Name.Dataset));

    private async Task BeginAsync(int seed)
    {
        _world = new World(seed);
        _network = new SimulatedNetwork(_world);
        _zone = new PlacingZone(_world);
        foreach (string name in (string[])["north", "south", "east", "west"])
        {
            SiteRecord site = await _zone.AddSiteAsync(name);
            FollowingSite following = await FollowingSite.StartAsync(
                _world, _network, _zone.Database, site, beaten: (_, _) => _zone.Hear(site));
            var copying = new CopyingSite(_world, _network, _zone, following);
            copying.Start();
            _following.Add(following);
            _sites.Add(copying);
        }

        Place();
    }

    private void Place() => _world.After(TimeSpan.FromSeconds(1), async () =>
    {
        _planned = await _zone.PlaceAsync();
        Place();
    });

    private void Disturb() => _world.After(TimeSpan.FromMilliseconds(_world.Chance.Next(1, 2500)), async () =>
    {
        if (_world.Now >= Faults)
        {
            return;
        }

        FollowingSite any = _following[_world.Chance.Next(_following.Count)];
        switch (_world.Chance.Next(10))
        {
            case 0:
                await any.CrashAsync();
                break;
            case 1:
                _network.CutOff(any.Site.Name, TimeSpan.FromSeconds(_world.Chance.Next(1, 30)));
                break;
            default:
                await _zone.ChangeSomethingAsync();
                break;
        }

        Disturb();
    });
}
