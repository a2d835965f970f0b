using Hutch.Catalog.Search;
using Hutch.Datasets.Search;
using Hutch.Types.Documents;
using Hutch.Zone.Limits;

namespace Hutch.Datasets.Registry;

/// <summary>Finds datasets that the caller may see, and counts their values for facets.</summary>
public sealed class DatasetSearch
{
    /// <summary>The word by which an order asks for names.</summary>
    public const string Name = "name";

    private const int MaxCounted = 5000;
    private const int MaxValues = 10;
    private const int MaxFacets = 12;

    private readonly DatasetDescriber _describer;
    private readonly SearchIndex _index;
    private readonly TypeLibrary _types;

    internal DatasetSearch(DatasetDescriber describer, SearchIndex index, TypeLibrary types)
    {
        (_describer, _index, _types) = (describer, index, types);
    }

    /// <summary>
    /// Finds the visible datasets that match a text. For each of its words, name, title, type or metadata have one that begins so, and its
    /// conditions hold (<see cref="SearchQuery"/>). An empty text finds all of them.
    /// </summary>
    /// <param name="sort">
    /// The order: <c>name</c>, or a field with values; with a <c>-</c> before it the greatest first. Null for the newest first.
    /// </param>
    /// <param name="cursor">The end of the page before.</param>
    public async Task<Result<Batch<DatasetDescription>>> FindAsync(
        Caller caller, string text, string? sort, string? cursor, int limit, CancellationToken ct)
    {
        if (!SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        limit = Math.Clamp(limit, 1, AccountLimits.MaxPage);
        Result<Batch<DatasetId>> found = sort is null
            ? await NewestAsync(caller, query, cursor, limit, ct)
            : await OrderedAsync(caller, query, sort, cursor, limit, ct);
        if (!found.IsOk)
        {
            return found.Error;
        }

        return new Batch<DatasetDescription>(
            await _describer.DescribeVisibleAsync(caller, found.Value.Items, ct), found.Value.Next);
    }

    /// <summary>
    /// Counts the values of the visible datasets that a text finds: type, owner, state, visibility, time of creation, instrument and
    /// sample. If the text names a type, its attributes are counted, too. Reveals nothing that the caller may not see.
    /// </summary>
    public async Task<Result<DatasetFacets>> CountAsync(Caller caller, string text, CancellationToken ct)
    {
        if (!SearchQuery.Parse(text, _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        if (caller.IsRemembered)
        {
            return Authorizer.Away();
        }

        Dictionary<SearchField, TypeAttribute> counted = FacetsOf(query).DistinctBy(DatasetFields.CountedBy)
            .ToDictionary(DatasetFields.CountedBy);
        return (await _index.CountAsync(caller, query, counted.Keys, MaxCounted, MaxValues, ct)).Then<DatasetFacets>(counts =>
            new DatasetFacets(
                counts.Found, counts.IsMore,
                [.. counts.Facets.Take(MaxFacets).Select(count => DatasetFacet.From(counted[count.Field], count))])
            {
                Notes = query.Notes,
            });
    }

    /// <summary>Parses the start of a page of the newest datasets.</summary>
    internal static Result<long?> ParseKey(string? cursor) =>
        cursor is null ? (long?)null
        : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long key) ? key
        : NoCursor(cursor);

    /// <summary>A page of the newest.</summary>
    internal static Batch<DatasetId> Page(IReadOnlyList<SearchHit> hits, int limit) =>
        new([.. hits.Select(hit => hit.Id)], hits.Count < limit ? null : hits[^1].Key.ToString(CultureInfo.InvariantCulture));

    private static HutchError NoCursor(string cursor) =>
        ErrorCode.BadRequest.With($"{Display.Quote(cursor)} is not the 'next' of a page of this search.");

    private async Task<Result<Batch<DatasetId>>> NewestAsync(
        Caller caller, SearchQuery query, string? cursor, int limit, CancellationToken ct) =>
        ParseKey(cursor).TryGet(out long? below, out HutchError? refusal)
            ? (await _index.FindAsync(caller, query, below, limit, ct)).Then<Batch<DatasetId>>(hits => Page(hits, limit))
            : refusal;

    private async Task<Result<Batch<DatasetId>>> OrderedAsync(
        Caller caller, SearchQuery query, string sort, string? cursor, int limit, CancellationToken ct)
    {
        SearchCursor? after = cursor is null ? null : SearchCursor.Parse(cursor);
        if (cursor is not null && after is null)
        {
            return NoCursor(cursor);
        }

        if (caller.IsRemembered)
        {
            return Authorizer.Away();
        }

        if (!OrderOf(query, sort).TryGet(out SearchOrder? order, out HutchError? refusal))
        {
            return refusal;
        }

        return (await _index.FindAsync(caller, query, order, after, limit, ct)).Then<Batch<DatasetId>>(hits => hits is null
            ? ErrorCode.BadRequest.With(
                $"More than {SearchOrder.Most} datasets are found, and no more are sorted: ask for more, or leave out 'sort'.")
            : new Batch<DatasetId>([.. hits.Select(one => one.Hit.Id)], hits.Count < limit ? null : hits[^1].Place.ToString()));
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

    private IEnumerable<TypeAttribute> FacetsOf(SearchQuery query)
    {
        IEnumerable<TypeAttribute> always = DatasetFields.Counted.Concat(
            _types.Current.Top.Attributes.Where(attribute => attribute.Name is "instrument" or "sample"));
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
