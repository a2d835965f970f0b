using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Zone;
using Hutch.Zone.Placement;

namespace Hutch.Zone.Sites;

/// <summary>
/// What homes say of their datasets, so that every site lists them. Only the home of a dataset says something of it, in its epoch. It is no
/// change of rights, so that no cache of them forgets anything, unless another type brings a dataset under other rules. What a type
/// inherits from, the zone says, and notes it beside: sites may have other types.
/// </summary>
public sealed class SummaryRegistry
{
    /// <summary>What is told of one dataset more often than so is not taken in: every site would get it.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>With what a target in the audit begins that touches nobody's rights.</summary>
    internal const string AuditTarget = "summaries:";

    /// <summary>More types than so that are others now are looked at the next time.</summary>
    private const int MaxTypes = 1000;
    private const int MaxNamed = 10;

    private readonly ZoneDatabase _zone;
    private readonly TimeProvider _time;

    internal SummaryRegistry(ZoneDatabase zone, TimeProvider time) => (_zone, _time) = (zone, time);

    /// <summary>The types of the zone; null before the server knows them: then no type is known.</summary>
    public ITypeLineages? Types { get; set; }

    /// <summary>Rises when other homes may have said something new; <see cref="CopyRegistry.Version"/> does so at the zone.</summary>
    public RisingNumber News => _zone.SummaryNews;

    /// <summary>What is known of some datasets, in no order: not of those whose homes have not told anything.</summary>
    public ValueTask<IReadOnlyList<DatasetSummary>> FindAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Summaries.Find(datasets), ct);

    /// <inheritdoc cref="SummaryTable.StandingAt"/>
    public ValueTask<IReadOnlyList<SummaryStanding>> StandingAtAsync(
        string siteId, IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Summaries.StandingAt(siteId, datasets), ct);

    /// <summary>Takes in what a site says of datasets. Said again it changes nothing.</summary>
    /// <param name="siteId">The site, whose key was looked at.</param>
    /// <param name="told">What it says.</param>
    /// <returns>
    /// The datasets of which nothing was taken in: the site is not their home in that epoch, or has said something just before.
    /// </returns>
    public async ValueTask<Result<IReadOnlyList<DatasetId>>> TakeAsync(
        string siteId, IReadOnlyList<DatasetSummary> told, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(told);
        if (told.Select(static one => one.FindProblem()).FirstOrDefault(static problem => problem is not null) is { } wrong)
        {
            return wrong;
        }

        Result<Judged> judged = await _zone.ReadAsync(tables => Judge(tables, siteId, told), ct);
        if (judged.Value.News.Count > 0)
        {
            judged = await _zone.ChangeAsync(AuditActor.Server, change => Take(change, siteId, told), ct);
        }

        return judged.Then(static done => Result<IReadOnlyList<DatasetId>>.Ok(done.NotTaken));
    }

    /// <summary>
    /// Looks whether types inherit from what was noted. Where there are other types now, every site is told anew what it may know, and all
    /// rules are looked at again.
    /// </summary>
    public async ValueTask FollowTypesAsync(CancellationToken ct)
    {
        if ((await _zone.ReadAsync(FindOther, ct)).Count > 0)
        {
            _ = await _zone.ChangeAsync<Done>(
                AuditActor.Server,
                change =>
                {
                    IReadOnlyList<string> others = FindOther(change);
                    foreach (string type in others)
                    {
                        change.Summaries.SetLineage(type, LineageOf(type));
                    }

                    if (new RulesByScope(change.Rules.Serving()).HasTypes)
                    {
                        change.Feed.SendAgain(RuleScope.All);
                    }

                    change.Note("types.change", Placements.TypesTarget + string.Join(' ', others.Take(MaxNamed)));
                    return Done.Value;
                },
                ct);
        }
    }

    private List<string> FindOther(ZoneTables tables) =>
    [
        .. tables.Summaries.Lineages().Where(one => one.Lineage != LineageOf(one.Type).ToString()).Select(static one => one.Type)
            .Distinct().Take(MaxTypes),
    ];

    private TypeLineage LineageOf(string type) => Types?.LineageOf(type) ?? new TypeLineage([type], IsKnown: false);

    /// <summary>The line in the audit is what a position in the feed is known by, after the zone was put back.</summary>
    private Result<Judged> Take(ZoneChange change, string siteId, IReadOnlyList<DatasetSummary> told)
    {
        Judged judged = Judge(change, siteId, told);
        foreach (DatasetSummary news in judged.News)
        {
            Put(change, news, LineageOf(news.Type));
        }

        change.Note(
            "dataset.summarize", AuditTarget + siteId, string.Create(CultureInfo.InvariantCulture, $"{judged.News.Count} datasets"));
        return judged;
    }

    /// <summary>
    /// Notes what a home says. When the type is another, so may be the rules: sites may know of the dataset that did not, or the other way
    /// round.
    /// </summary>
    internal static void Put(ZoneChange change, DatasetSummary told, TypeLineage type)
    {
        TypeLineage before = change.Summaries.LineageOf(told.Dataset);
        change.Summaries.Put(told, type);
        if (before.ToString() == type.ToString())
        {
            return;
        }

        var rules = new RulesByScope(change.Rules.ForTypes());
        HashSet<RuleRecord> other = [.. rules.ForType(before)];
        other.SymmetricExceptWith(rules.ForType(type));
        if (other.Any(static rule => rule.Rule.Kind == PlacementRuleKind.Serve))
        {
            change.Feed.SendAgain(RuleScope.Of(told.Dataset));
        }

        if (other.Count > 0)
        {
            change.Note("dataset.type", "dataset:" + told.Dataset, told.Type);
        }
    }

    private Judged Judge(ZoneTables tables, string siteId, IReadOnlyList<DatasetSummary> told)
    {
        var known = tables.Summaries.StandingAt(siteId, [.. told.Select(static one => one.Dataset)])
            .ToDictionary(static one => one.Dataset);
        List<DatasetSummary> news = [];
        List<DatasetId> notTaken = [];
        foreach (DatasetSummary one in told.DistinctBy(static one => one.Dataset))
        {
            bool isHome = known.TryGetValue(one.Dataset, out SummaryStanding? standing) && standing.Epoch == one.Epoch;
            if (!isHome || (standing!.Summary != one && IsTooSoon(standing.ToldAt)))
            {
                notTaken.Add(one.Dataset);
            }
            else if (standing.Summary != one)
            {
                news.Add(one);
            }
        }

        return new Judged(news, notTaken);
    }

    /// <summary>A time to come is none: the clock was put back.</summary>
    private bool IsTooSoon(DateTimeOffset? told) =>
        told is { } at && _time.GetUtcNow() - at is var since && since >= TimeSpan.Zero && since < LeastPause;

    private sealed record Judged(IReadOnlyList<DatasetSummary> News, IReadOnlyList<DatasetId> NotTaken);
}
