using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// The homes' summaries of their datasets, from which every site lists them. Only the home of a dataset reports, in its epoch. A summary
/// changes no rights, so caches of rights stay valid, unless a new type brings the dataset under other rules. The zone records the lineage
/// of types, because sites may have other types.
/// </summary>
public sealed class SummaryRegistry
{
    /// <summary>
    /// The shortest interval between two summaries of a dataset. Earlier ones are declined, because every site receives each.
    /// </summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    /// <summary>The prefix of a target in the audit that affects no rights.</summary>
    internal const string AuditTarget = "summaries:";

    private const int MaxTypes = 1000;
    private const int MaxNamed = 10;

    private readonly ZoneDatabase _zone;
    private readonly ITypeLineages? _types;
    private readonly TimeProvider _time;

    internal SummaryRegistry(ZoneDatabase zone, ITypeLineages? types, TimeProvider time) => (_zone, _types, _time) = (zone, types, time);

    /// <summary>Rises when other homes may have reported; at the zone, <see cref="CopyRegistry.Version"/> does.</summary>
    public RisingNumber News => _zone.SummaryNews;

    /// <summary>Returns the summaries of some datasets, unordered, without datasets whose homes have not reported.</summary>
    public ValueTask<IReadOnlyList<DatasetSummary>> FindAsync(IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Summaries.Find(datasets), ct);

    /// <inheritdoc cref="SummaryTable.ListExpiring"/>
    public ValueTask<IReadOnlyList<ExpiringDatasets>> ListExpiringAsync(
        string siteId, DateTimeOffset after, DateTimeOffset until, TimeSpan longerThan, IReadOnlyCollection<string>? owners, int limit,
        CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Summaries.ListExpiring(siteId, after, until, longerThan, owners, limit), ct);

    /// <inheritdoc cref="SummaryTable.StatusAt"/>
    public ValueTask<IReadOnlyList<SummaryStatus>> StatusAtAsync(
        string siteId, IReadOnlyCollection<DatasetId> datasets, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Summaries.StatusAt(siteId, datasets), ct);

    /// <summary>Records a site's summaries. Repeating them changes nothing.</summary>
    /// <param name="siteId">The site, already authenticated by its key.</param>
    /// <returns>
    /// The datasets whose summaries were declined: the site is not their home in that epoch, or has reported a moment ago.
    /// </returns>
    public async ValueTask<Result<IReadOnlyList<DatasetId>>> ReceiveAsync(
        string siteId, IReadOnlyList<DatasetSummary> reported, CancellationToken ct)
    {
        if (reported.Select(static one => one.FindProblem()).FirstOrDefault(static problem => problem is not null) is { } wrong)
        {
            return wrong;
        }

        Result<Judged> judged = await _zone.ReadAsync(tables => Compare(tables, siteId, reported), ct);
        if (judged.Value.News.Count > 0)
        {
            judged = await _zone.ChangeAsync(AuditActor.Server, change => Receive(change, siteId, reported), ct);
        }

        return judged.Then(static done => Result<IReadOnlyList<DatasetId>>.Ok(done.NotTaken));
    }

    /// <summary>Updates types' lineages. After a change, sites are sent all rows that they may know, and all rules apply again.</summary>
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

                    change.AddAudit("types.change", Placements.TypesTarget + string.Join(' ', others.Take(MaxNamed)));
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

    private TypeLineage LineageOf(string type) => _types?.LineageOf(type) ?? new TypeLineage([type], IsKnown: false);

    /// <summary>Records summaries. The line in the audit identifies a position in the feed after a restore of the zone.</summary>
    private Result<Judged> Receive(ZoneChange change, string siteId, IReadOnlyList<DatasetSummary> reported)
    {
        Judged judged = Compare(change, siteId, reported);
        foreach (DatasetSummary news in judged.News)
        {
            Put(change, news, LineageOf(news.Type));
        }

        change.AddAudit(
            "dataset.summarize", AuditTarget + siteId, string.Create(CultureInfo.InvariantCulture, $"{judged.News.Count} datasets"));
        return judged;
    }

    /// <summary>
    /// Records a summary. A new type can change the applicable rules, and thereby the sites that may know of the dataset.
    /// </summary>
    internal static void Put(ZoneChange change, DatasetSummary reported, TypeLineage type)
    {
        TypeLineage before = change.Summaries.LineageOf(reported.Dataset);
        change.Summaries.Put(reported, type);
        if (before.ToString() == type.ToString())
        {
            return;
        }

        var rules = new RulesByScope(change.Rules.ForTypes());
        HashSet<RuleRecord> other = [.. rules.ForType(before)];
        other.SymmetricExceptWith(rules.ForType(type));
        if (other.Any(static rule => rule.Rule.Kind == PlacementRuleKind.Serve))
        {
            change.Feed.SendAgain(RuleScope.From(reported.Dataset));
        }

        if (other.Count > 0)
        {
            change.AddAudit("dataset.type", "dataset:" + reported.Dataset, reported.Type);
        }
    }

    private Judged Compare(ZoneTables tables, string siteId, IReadOnlyList<DatasetSummary> reported)
    {
        var known = tables.Summaries.StatusAt(siteId, [.. reported.Select(static one => one.Dataset)])
            .ToDictionary(static one => one.Dataset);
        List<DatasetSummary> news = [];
        List<DatasetId> notTaken = [];
        foreach (DatasetSummary one in reported.DistinctBy(static one => one.Dataset))
        {
            bool isHome = known.TryGetValue(one.Dataset, out SummaryStatus? standing) && standing.Epoch == one.Epoch;
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

    /// <summary>
    /// Returns true if the last summary is too recent. A time in the future does not count, because the clock was set back.
    /// </summary>
    private bool IsTooSoon(DateTimeOffset? reported) =>
        reported is { } at && _time.GetUtcNow() - at is var since && since >= TimeSpan.Zero && since < LeastPause;

    private sealed record Judged(IReadOnlyList<DatasetSummary> News, IReadOnlyList<DatasetId> NotTaken);
}
