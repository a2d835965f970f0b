using Hutch.Catalog.Search;
using Hutch.Datasets.Search;
using Hutch.Model.Placement;
using Hutch.Types.Documents;
using Hutch.Zone.Limits;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Registry;

/// <summary>Finds datasets that the caller may see, and counts their values for facets.</summary>
public sealed class DatasetSearch
{
    /// <summary>The word by which an order asks for names.</summary>
    public const string Name = "name";

    private const int MaxCounted = 5000;
    private const int MaxValues = 10;
    private const int MaxFacets = 12;
    private const int MaxCountedForNames = 100_000;
    private const int MaxNames = 1000;

    /// <summary>The prefix of a cursor of the zone.</summary>
    private const string ZoneCursor = "zone:";

    private static readonly string[] OwnOnly = ["The zone cannot be reached: this answer covers this site only."];

    private readonly DatasetDescriber _describer;
    private readonly DatasetLister _lister;
    private readonly SearchIndex _index;
    private readonly TypeLibrary _types;
    private readonly SiteReaders _sites;
    private readonly Publications _publications;
    private readonly IZoneSearch? _zone;

    /// <param name="zone">Passes searches on to the zone; null where there are no other sites.</param>
    internal DatasetSearch(
        DatasetDescriber describer, DatasetLister lister, SearchIndex index, TypeLibrary types, SiteReaders sites,
        Publications publications, IZoneSearch? zone)
    {
        (_describer, _lister, _index, _types) = (describer, lister, index, types);
        (_sites, _publications, _zone) = (sites, publications, zone);
    }

    /// <summary>
    /// Finds the visible datasets of the zone that match a text. For each of its words, name, title, type or metadata have one that begins
    /// so, and its conditions hold (<see cref="SearchQuery"/>). An empty text finds all of them. A site asks its zone; while that is away,
    /// it answers for itself, with a note. The zone also finds publications of datasets that the caller may not see.
    /// </summary>
    /// <param name="sort">
    /// The order: <c>name</c>, or a field with values; with a <c>-</c> before it the greatest first. Null for the newest first.
    /// </param>
    /// <param name="cursor">The end of the page before.</param>
    public async Task<Result<FoundDatasets>> FindAsync(
        Caller caller, string text, string? sort, string? cursor, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, AccountLimits.MaxPage);
        bool isFirst = cursor is null;
        bool isOfZone = cursor?.StartsWith(ZoneCursor, StringComparison.Ordinal) == true;
        if (Asks(caller) && (isFirst || isOfZone))
        {
            var question = new SearchQuestion(text) { Sort = sort, Cursor = cursor?[ZoneCursor.Length..], Limit = limit };
            Result<SearchAnswer> answer = await _zone!.SearchAsync(caller.Token?.Id, question, ct);
            if (answer.IsOk)
            {
                return new FoundDatasets(
                    await ListAsync(caller, text, answer.Value.Datasets, ct), [],
                    answer.Value.Next is { } next ? ZoneCursor + next : null);
            }

            if (isOfZone || !IsAway(answer.Error))
            {
                return answer.Error;
            }
        }

        return (await FindHitsAsync(new SearchScope(caller, WithPublications: true), text, sort, cursor, limit, ct)).TryGet(
            out Batch<SearchHit>? found, out HutchError? refusal)
            ? new FoundDatasets(
                await ListAsync(caller, text, [.. found.Items.Where(static hit => !hit.IsPublication).Select(static hit => hit.Id)], ct),
                await PublishedAsync(found.Items, ct), found.Next)
            {
                Notes = Asks(caller) && isFirst ? OwnOnly : [],
            }
            : refusal;
    }

    /// <summary>Finds publications, by words and conditions of their public pages: the same for every caller.</summary>
    /// <param name="sort">As of a search for datasets.</param>
    public async Task<Result<Batch<PublicationStatus>>> FindPublicationsAsync(
        string text, string? sort, string? cursor, int limit, CancellationToken ct)
    {
        return (await FindHitsAsync(SearchScope.Publications, text, sort, cursor, Math.Clamp(limit, 1, AccountLimits.MaxPage), ct))
            .TryGet(out Batch<SearchHit>? found, out HutchError? refusal)
            ? new Batch<PublicationStatus>(await PublishedAsync(found.Items, ct), found.Next)
            : refusal;
    }

    /// <summary>Returns the instruments of the publications that a text finds, and whether there may be others.</summary>
    public async Task<Result<(IReadOnlyList<string> Names, bool IsMore)>> InstrumentsOfPublicationsAsync(string text, CancellationToken ct)
    {
        if (!SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        SearchField[] field =
            [.. _types.Current.Top.Attributes.Where(static one => one.Name == "instrument").Select(DatasetFields.FieldOf)];
        return (await _index.CountAsync(SearchScope.Publications, query, field, MaxCountedForNames, MaxNames, ct))
            .Then<(IReadOnlyList<string>, bool)>(static counts => (
                [
                    .. counts.Facets.SelectMany(static facet => facet.Values).Select(static value => value.Shown)
                        .Order(StringComparer.Ordinal),
                ],
                counts.IsMore || counts.Facets.Any(static facet => facet.IsMore)));
    }

    /// <summary>
    /// Counts the values of the publications that a text finds: year, person, type, instrument, technique, licence and access.
    /// </summary>
    public Task<Result<DatasetFacets>> CountPublicationsAsync(string text, CancellationToken ct) =>
        CountAsync(SearchScope.Publications, text, ct);

    /// <summary>
    /// Counts the values of the visible datasets that a text finds: proposal, instrument, type, owner, state, visibility, time of creation
    /// and sample. If the text names a type, its attributes are counted, too. Reveals nothing that the caller may not see.
    /// </summary>
    public async Task<Result<DatasetFacets>> CountAsync(Caller caller, string text, CancellationToken ct)
    {
        if (!Asks(caller))
        {
            return await CountAsync(new SearchScope(caller, WithPublications: true), text, ct);
        }

        Result<SearchAnswer> answer = await _zone!.SearchAsync(caller.Token?.Id, new SearchQuestion(text) { IsCount = true }, ct);
        return answer is { IsOk: true, Value.Counts: { } counts } ? counts
            : !IsAway(answer.Error) ? answer.Error!
            : (await CountAsync(new SearchScope(caller, WithPublications: false), text, ct)).Then<DatasetFacets>(
                static own => own with { Notes = [.. OwnOnly, .. own.Notes] });
    }

    /// <summary>
    /// Answers a search that another site has passed on, at the zone: for the caller, among the datasets that may be known at that site.
    /// </summary>
    /// <param name="caller">The caller by a token for that site, or anonymous.</param>
    public async Task<Result<SearchAnswer>> AnswerAsync(string siteId, Caller caller, SearchQuestion question, CancellationToken ct)
    {
        var scope = new SearchScope(
            caller, WithPublications: false, ExclusionOf(siteId, await _sites.HiddenFromAsync(siteId, ct)));
        if (question.IsCount)
        {
            return (await CountAsync(scope, question.Text, ct)).Then<SearchAnswer>(
                static counts => new SearchAnswer([], null, counts));
        }

        int limit = Math.Clamp(question.Limit, 1, AccountLimits.MaxPage);
        Result<Batch<SearchHit>> found = await FindHitsAsync(scope, question.Text, question.Sort, question.Cursor, limit, ct);
        if (!found.IsOk)
        {
            return found.Error;
        }

        // The index only narrows the candidates: the present rights and rules decide.
        IReadOnlyList<DatasetId> served = await _sites.ServedAsync(
            siteId, [.. found.Value.Items.Select(static hit => hit.Id)], ct);
        HashSet<DatasetId> admitted =
            [.. (await _describer.AdmitAsync(caller, served, ct)).Select(static access => access.Dataset.Dataset)];
        return new SearchAnswer([.. served.Where(admitted.Contains)], found.Value.Next, null);
    }

    /// <summary>Parses the start of a page of the newest datasets.</summary>
    internal static Result<long?> ParseKey(string? cursor) =>
        cursor is null ? (long?)null
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long key) ? key
        : NoCursor(cursor);

    /// <summary>A page of the newest.</summary>
    internal static Batch<SearchHit> Page(IReadOnlyList<SearchHit> hits, int limit) =>
        new(hits, hits.Count < limit ? null : hits[^1].Key.ToString(CultureInfo.InvariantCulture));

    private static HutchError NoCursor(string cursor) =>
        ErrorCode.BadRequest.With($"{Display.Quote(cursor)} is not the 'next' of a page of this search.");

    /// <summary>Returns true for a caller at a site whose search the zone answers.</summary>
    private bool Asks(Caller caller) => _zone is not null && !_index.IsOfZone && caller.Link is null
        && (caller.Kind == CallerKind.Anonymous || caller.Token is not null) && !caller.IsRemembered;

    /// <summary>Returns true if the zone did not answer, or is of an earlier release and does not know searches of sites.</summary>
    private static bool IsAway(HutchError? error) =>
        error is null || error.Code == ErrorCode.Unavailable || error.Code == ErrorCode.OutcomeUnknown || error.Code == ErrorCode.NotFound;

    private static SearchExclusion? ExclusionOf(string siteId, IReadOnlyCollection<RuleScope> hidden) => hidden.Count == 0
        ? null
        : new SearchExclusion(
            hidden.Contains(RuleScope.All) ? null
            :
            [
                .. hidden.Select(static scope => scope.Dataset).OfType<DatasetId>().Select(SearchAudience.For),
                .. hidden.Where(static scope => scope.Kind == RuleScopeKind.Owner)
                    .Select(static scope => SearchAudience.Owner(new PrincipalId(Guid.Parse(scope.Subject)))),
                .. hidden.Any(static scope => scope.Kind == RuleScopeKind.Type) ? (string[])[SearchAudience.UnknownType] : [],
            ],
            [.. hidden.Where(static scope => scope.Kind == RuleScopeKind.Type).Select(static scope => scope.Subject)],
            SearchAudience.Home(siteId));

    /// <summary>Describes datasets, with the places of the searched words as far as the index of this server has these.</summary>
    private async Task<IReadOnlyList<DatasetDescription>> ListAsync(
        Caller caller, string text, IReadOnlyList<DatasetId> datasets, CancellationToken ct)
    {
        DatasetDescription[] found =
            [.. (await _lister.DescribeVisibleAsync(caller, datasets, ct)).Where(static dataset => dataset.IsPresent)];
        if (!SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out _))
        {
            return found;
        }

        Dictionary<DatasetId, bool> mayList = found.ToDictionary(
            static dataset => dataset.Id, static dataset => dataset.Rights.Includes(Rights.Read));
        IReadOnlyDictionary<DatasetId, SearchMatch> matches = await _index.MatchesAsync(query, mayList, ct);
        return [.. found.Select(dataset => dataset with { Match = matches.GetValueOrDefault(dataset.Id) })];
    }

    /// <summary>The publications among hits. The index only narrows: one may have been withdrawn since.</summary>
    private async Task<IReadOnlyList<PublicationStatus>> PublishedAsync(IReadOnlyList<SearchHit> hits, CancellationToken ct)
    {
        DatasetId[] found = [.. hits.Where(static hit => hit.IsPublication).Select(static hit => hit.Id)];
        return found.Length == 0 ? [] : await _publications.AmongAsync(found, ct);
    }

    private async Task<Result<Batch<SearchHit>>> FindHitsAsync(
        SearchScope scope, string text, string? sort, string? cursor, int limit, CancellationToken ct) =>
        !SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal) ? refusal
        : sort is null ? await NewestAsync(scope, query, cursor, limit, ct)
        : await OrderedAsync(scope, query, sort, cursor, limit, ct);

    private async Task<Result<DatasetFacets>> CountAsync(SearchScope scope, string text, CancellationToken ct)
    {
        if (!SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        if (scope.Caller is { IsRemembered: true })
        {
            return Authorizer.Away();
        }

        Dictionary<SearchField, TypeAttribute> counted = FacetsOf(query, scope).DistinctBy(DatasetFields.CountedBy)
            .ToDictionary(DatasetFields.CountedBy);
        return (await _index.CountAsync(scope, query, counted.Keys, MaxCounted, MaxValues, ct)).Then<DatasetFacets>(counts =>
            new DatasetFacets(
                counts.Found, counts.IsMore,
                [.. counts.Facets.Take(MaxFacets).Select(count => DatasetFacet.From(counted[count.Field], count))])
            {
                Notes = query.Notes,
            });
    }

    private async Task<Result<Batch<SearchHit>>> NewestAsync(
        SearchScope scope, SearchQuery query, string? cursor, int limit, CancellationToken ct) =>
        ParseKey(cursor).TryGet(out long? below, out HutchError? refusal)
            ? (await _index.FindAsync(scope, query, below, limit, ct)).Then<Batch<SearchHit>>(hits => Page(hits, limit))
            : refusal;

    private async Task<Result<Batch<SearchHit>>> OrderedAsync(
        SearchScope scope, SearchQuery query, string sort, string? cursor, int limit, CancellationToken ct)
    {
        SearchCursor? after = cursor is null ? null : SearchCursor.Parse(cursor);
        if (cursor is not null && after is null)
        {
            return NoCursor(cursor);
        }

        if (scope.Caller is { IsRemembered: true })
        {
            return Authorizer.Away();
        }

        if (!OrderOf(query, sort).TryGet(out SearchOrder? order, out HutchError? refusal))
        {
            return refusal;
        }

        return (await _index.FindAsync(scope, query, order, after, limit, ct)).Then<Batch<SearchHit>>(hits => hits is null
            ? ErrorCode.BadRequest.With(
                $"More than {SearchOrder.Most} datasets are found, and no more are sorted: ask for more, or leave out 'sort'.")
            : new Batch<SearchHit>([.. hits.Select(static one => one.Hit)], hits.Count < limit ? null : hits[^1].Place.ToString()));
    }

    private Result<SearchOrder> OrderOf(SearchQuery query, string sort)
    {
        bool isDescending = sort.StartsWith('-');
        string name = isDescending ? sort[1..] : sort;
        if (name.Equals(Name, StringComparison.OrdinalIgnoreCase))
        {
            return new SearchOrder(null, isDescending);
        }

        return new SearchNames(query.Types, _types.Current).Find(name).Then<SearchOrder>(meant =>
            meant.Select(DatasetFields.FieldOf).Distinct().ToArray() is [var field]
                ? new SearchOrder(field, isDescending)
                : ErrorCode.BadRequest.With($"Types measure '{name}' in different ways: ask for a type to sort by it, such as type:mx."));
    }

    private IEnumerable<TypeAttribute> FacetsOf(SearchQuery query, SearchScope scope)
    {
        IReadOnlyList<TypeAttribute> top = [.. _types.Current.Top.Attributes];
        if (scope.Caller is null)
        {
            return [.. DatasetFields.CountedOfPublications, .. top.Where(attribute => attribute.Name is "instrument" or "techniques")];
        }

        IEnumerable<TypeAttribute> always =
        [
            .. top.Where(attribute => attribute.Name is "proposal"),
            .. top.Where(attribute => attribute.Name is "instrument"),
            .. DatasetFields.Counted,
            .. top.Where(attribute => attribute.Name is "sample"),
        ];
        return always.Concat(query.Types.Select(_types.Current.Find).OfType<DatasetType>().SelectMany(OwnFirst));
    }

    // A type's distinctive attributes are in its own document, not in those of its base types.
    private static IEnumerable<TypeAttribute> OwnFirst(DatasetType type)
    {
        for (DatasetType? one = type; one is not null; one = one.Parent)
        {
            foreach (TypeAttribute attribute in one.Document.Attributes)
            {
                yield return attribute;
            }
        }
    }
}
