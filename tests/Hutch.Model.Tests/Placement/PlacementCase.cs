using System.Collections.Immutable;
using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Model.Tests.Placement;

/// <summary>A dataset, its rules and the sites, and what follows when the plan for them is carried out.</summary>
internal sealed record PlacementCase
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public required ImmutableArray<PlacementSite> Sites { get; init; }

    public required ImmutableArray<PlacementRule> Rules { get; init; }

    public required string Home { get; init; }

    public ImmutableArray<CopyRecord> Copies { get; init; } = [];

    public long Bytes { get; init; } = 100;

    public DateTimeOffset Now { get; init; } = Start;

    public bool IsReproducedOnly { get; init; }

    private PlacedDataset Dataset => new(Bytes, Home, Copies) { IsReproducedOnly = IsReproducedOnly };

    public static PlacementCase From(IEnumerable<PlacementSite> sites, params string[] rules) => new()
    {
        Sites = [.. sites],
        Rules = [.. rules.Select(static rule => PlacementRule.Parse(rule).Value)],
        Home = "home",
    };

    /// <summary>A site whose name is its id.</summary>
    public static PlacementSite NewSite(string id, string labels, long free = 1000) =>
        new(id, id, SiteLabels.Read(labels), SiteIntake.Open, new SiteSpace(free, 0), null, null);

    public static CopyRecord Asked(string site) => new(default, site, Start, null, null, null);

    public static CopyRecord Whole(string site) => Asked(site) with { CompleteAt = Start };

    public static CopyRecord Chosen(CopyRecord copy) => copy with { IsChosen = true };

    public static CopyRecord Stuck(string site, string problem, long done) => Asked(site) with
    {
        Told = new CopyProgress(CopyStates.Failed, null, null, 1, 100, 0, done, problem),
    };

    /// <summary>A copy of 100 bytes, 40 of which are there.</summary>
    public static CopyRecord Coming(string site, int perSecond) => Asked(site) with
    {
        Told = new CopyProgress(CopyStates.Running, null, null, 1, 100, 0, 40, null),
        Pace = CopySpeed.After(CopySpeed.After(null, Start.AddSeconds(-2), 0), Start, 2 * perSecond),
    };

    public static CopyRecord Failing(CopyRecord copy, string problem) =>
        copy with { Told = new CopyProgress(CopyStates.Failed, null, null, null, null, 0, 0, problem) };

    public static CopyRecord Refused(CopyRecord copy, string problem) =>
        copy with { Told = new CopyProgress(CopyStates.Refused, null, null, null, null, 0, 0, problem) };

    public PlacementPlan Plan() => PlacementPlanner.Plan(Dataset, Rules, Sites, Now);

    public PlacementCase With(params CopyRecord[] copies) => this with { Copies = [.. copies] };

    public PlacementCase Change(string id, Func<PlacementSite, PlacementSite> change) =>
        this with { Sites = [.. Sites.Select(site => site.Id == id ? change(site) : site)] };

    public PlacementCase Away(string id, TimeSpan time) => Change(id, site => site with { AwaySince = Now - time });

    /// <summary>After the sites were asked.</summary>
    public PlacementCase Ask(PlacementPlan plan) =>
        this with { Copies = Copies.AddRange(plan.NewCopies.Select(static site => Chosen(Asked(site.SiteId)))) };

    /// <summary>After sites were released from their copies.</summary>
    public PlacementCase Release(PlacementPlan plan) => this with
    {
        Copies =
        [
            .. Copies.Select(copy => plan.Released.Any(released => released.SiteId == copy.SiteId) ? copy with { ReleasedAt = Now }
                : plan.InPlaceOfAsked.Contains(copy.SiteId) ? copy with { IsChosen = false }
                : copy),
        ],
    };

    /// <summary>After all copies have come, and the home has moved; the old home has a copy.</summary>
    public PlacementCase Settle(PlacementPlan plan)
    {
        PlacementCase asked = Ask(plan);
        ImmutableArray<CopyRecord> whole = [.. asked.Copies.Select(static copy => Whole(copy.SiteId) with { IsChosen = copy.IsChosen })];
        return plan.NewHome is { SiteId: var home }
            ? this with { Home = home, Copies = [.. whole.Where(copy => copy.SiteId != home), Whole(Home)] }
            : this with { Copies = whole };
    }
}
