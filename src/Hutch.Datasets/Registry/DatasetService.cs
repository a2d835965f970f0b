using Hutch.Catalog.Search;
using Hutch.Catalog.Zone;
using Hutch.Datasets.Search;
using Hutch.Zone.Limits;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Datasets as callers see them: find, list, search.</summary>
public sealed class DatasetService
{
    /// <summary>The most pages of names that one request examines: few of many may match.</summary>
    private const int MaxPagesLookedAt = 10;

    private readonly DatasetNames _names;
    private readonly DatasetDescriber _describer;
    private readonly DatasetLister _lister;
    private readonly SearchIndex _search;
    private readonly TypeLibrary _types;

    internal DatasetService(
        DatasetNames names, DatasetDescriber describer, DatasetLister lister, SearchIndex search, TypeLibrary types)
    {
        (_names, _describer, _lister, _search, _types) = (names, describer, lister, search, types);
    }

    public async Task<Result<DatasetDescription>> GetAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await _describer.DescribeAsync(caller, id, Operation.DatasetView, ct);

    /// <summary>The dataset that a person means: by id, <c>owner/slug</c> or slug.</summary>
    public async Task<Result<DatasetDescription>> ResolveAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Access> access = await FindAsync(caller, name, ct);
        return access.IsOk ? await _describer.DescribeAsync(caller, access.Value, ct) : access.Error;
    }

    public async Task<Result<DatasetId>> ResolveIdAsync(Caller caller, string name, CancellationToken ct) =>
        (await FindAsync(caller, name, ct)).Then<DatasetId>(access => access.Dataset.Dataset);

    /// <summary>
    /// The datasets of the zone that the caller may view. A page ends early, even empty, when enough names were looked at.
    /// </summary>
    public async Task<Result<Batch<DatasetDescription>>> ListAsync(Caller caller, DatasetFilter filter, CancellationToken ct)
    {
        if (!SearchQuery.Parse(filter.Text ?? "", _types.Current).TryGet(out SearchQuery? query, out HutchError? refusal))
        {
            return refusal;
        }

        int limit = Math.Clamp(filter.Limit, 1, AccountLimits.MaxPage);
        var items = new List<DatasetDescription>();
        string? cursor = filter.Cursor;
        bool isByIndex = filter.IsNewestFirst && await IsByIndexAsync(cursor, ct);
        for (int pages = 1; ; pages++)
        {
            Dictionary<DatasetId, long> keys = [];
            Result<Batch<DatasetId>> candidates = isByIndex
                ? (await NewestAsync(caller, filter, cursor, limit, ct)).Then<Batch<DatasetId>>(hits =>
                {
                    keys = hits.ToDictionary(static hit => hit.Id, static hit => hit.Key);
                    Batch<SearchHit> page = DatasetSearch.Page(hits, limit);
                    return new Batch<DatasetId>([.. page.Items.Select(static hit => hit.Id)], page.Next);
                })
                : await OfZoneAsync(caller, filter, cursor, limit, ct);
            if (!candidates.IsOk)
            {
                return candidates.Error;
            }

            IReadOnlyList<DatasetDescription> described = await _lister.DescribeVisibleAsync(caller, candidates.Value.Items, ct);
            Result<IEnumerable<DatasetDescription>> matching = await MatchAsync(caller, described, filter, query, ct);
            if (!matching.IsOk)
            {
                return matching.Error;
            }

            foreach (DatasetDescription dataset in matching.Value)
            {
                items.Add(dataset);
                if (items.Count == limit)
                {
                    return new Batch<DatasetDescription>(
                        items, isByIndex ? Text(keys[dataset.Id]) : PlaceOf(dataset.Name, filter.IsNewestFirst));
                }
            }

            cursor = candidates.Value.Next;
            if (cursor is null || pages == MaxPagesLookedAt)
            {
                return new Batch<DatasetDescription>(items, cursor);
            }
        }
    }

    private async Task<Result<Access>> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<DatasetRef> reference = DatasetRef.Parse(name);
        return reference.IsOk ? await _names.ResolveAsync(caller, reference.Value, ct) : reference.Error;
    }

    /// <summary>
    /// Returns true to list the newest from the search index, which has the local datasets: it is quicker, and complete where there is no
    /// other site. A page continues with the source of the page before.
    /// </summary>
    private async ValueTask<bool> IsByIndexAsync(string? cursor, CancellationToken ct) =>
        cursor is null ? await _lister.IsAloneAsync(ct) : ParsePlace(cursor) is null;

    private async Task<Result<Batch<DatasetId>>> OfZoneAsync(
        Caller caller, DatasetFilter filter, string? cursor, int limit, CancellationToken ct)
    {
        var query = new VisibleNamesFilter
        {
            Owner = filter.Owner,
            OnlyShared = filter.OnlyShared,
            IncludePublic = filter.IncludePublic,
            After = filter.IsNewestFirst ? null : ParseName(cursor),
            IsNewestFirst = filter.IsNewestFirst,
            Before = filter.IsNewestFirst && cursor is not null ? ParsePlace(cursor) : null,
            Limit = limit,
        };
        return (await _names.ListAsync(caller, query, ct)).Then<Batch<DatasetId>>(names => new Batch<DatasetId>(
            [.. names.Select(name => name.Dataset)], names.Count < limit ? null : PlaceOf(names[^1], filter.IsNewestFirst)));
    }

    private async Task<Result<IReadOnlyList<SearchHit>>> NewestAsync(
        Caller caller, DatasetFilter filter, string? cursor, int limit, CancellationToken ct) =>
        DatasetNames.AuthorizeList(caller).Then(_ => DatasetSearch.ParseKey(cursor)).TryGet(out long? below, out HutchError? refusal)
            ? await _search.NewestAsync(caller, filter.IncludePublic, below, limit, ct)
            : refusal;

    /// <summary>
    /// Those that a filter wants. Words are looked for in names and titles as they are, in type and metadata one by one; types and
    /// attributes must be as they are asked for in any case.
    /// </summary>
    private async Task<Result<IEnumerable<DatasetDescription>>> MatchAsync(
        Caller caller, IReadOnlyList<DatasetDescription> described, DatasetFilter filter, SearchQuery query, CancellationToken ct)
    {
        List<DatasetDescription> wanted = [.. described.Where(dataset =>
            (filter.State is { } state ? dataset.State == state : dataset.IsPresent)
            && (filter.Kind is null || dataset.Kind == filter.Kind)
            && (filter.Owner is null || dataset.Name.Owner.Name == filter.Owner)
            && !(filter.OnlyShared && caller.Principals.Contains(dataset.Name.Owner.Id)))];
        string words = query.Text.Trim();
        wanted.RemoveAll(dataset => !IsIndexed(dataset) && !MatchesRemote(dataset, query, words));
        if (query.Types.Count + query.Conditions.Count > 0)
        {
            DatasetId[] all = [.. wanted.Where(IsIndexed).Select(static dataset => dataset.Id)];
            Result<IReadOnlyCollection<DatasetId>> fitting = await _search.FindAmongAsync(query with { Text = "" }, all, ct);
            if (!fitting.IsOk)
            {
                return fitting.Error;
            }

            wanted.RemoveAll(dataset => IsIndexed(dataset) && !fitting.Value.Contains(dataset.Id));
        }

        if (words.Length == 0)
        {
            return Result<IEnumerable<DatasetDescription>>.Ok(wanted);
        }

        HashSet<DatasetId> named =
        [
            .. wanted.Where(dataset => !IsIndexed(dataset) || IsNamed(dataset, words)).Select(dataset => dataset.Id),
        ];
        DatasetId[] others = [.. wanted.Select(static dataset => dataset.Id).Where(one => !named.Contains(one))];
        return (await _search.FindAmongAsync(new SearchQuery(words, [], []), others, ct)).Then(
            found => Result<IEnumerable<DatasetDescription>>.Ok(
                wanted.Where(dataset => named.Contains(dataset.Id) || found.Contains(dataset.Id))));
    }

    /// <summary>Returns true for a dataset that the search index of this server has.</summary>
    private bool IsIndexed(DatasetDescription dataset) => !dataset.IsElsewhere || _search.IsOfZone;

    /// <summary>The same for a dataset at another site: its name, title and type are known, but no metadata, attributes or files.</summary>
    private bool MatchesRemote(DatasetDescription dataset, SearchQuery query, string words)
    {
        IReadOnlyList<string> types = _types.Current.LineageOf(dataset.Record.Type);
        return query.Conditions.Count == 0 && query.Types.All(types.Contains)
            && (words.Length == 0 || IsNamed(dataset, words)
                || HasWords($"{dataset.Name.FullName} {dataset.Record.Title} {dataset.Record.Type}"));

        bool HasWords(string text)
        {
            string[] known = Split(text);
            return Split(words).All(word => known.Any(one => CultureInfo.InvariantCulture.CompareInfo.IsPrefix(
                one, word, CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace)));
        }
    }

    private static string[] Split(string text) =>
        new string([.. text.Select(static c => char.IsLetterOrDigit(c) || char.IsSurrogate(c) ? c : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsNamed(DatasetDescription dataset, string text) =>
        dataset.Name.FullName.Contains(text, StringComparison.OrdinalIgnoreCase)
        || dataset.Record.Title?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private static (string, string)? ParseName(string? cursor)
    {
        int slash = cursor?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return slash < 0 ? null : (cursor![..slash], cursor[(slash + 1)..]);
    }

    private static string PlaceOf(NameRecord name, bool isNewestFirst) => isNewestFirst
        ? string.Create(CultureInfo.InvariantCulture, $"{name.CreatedAt.ToUnixTimeMilliseconds()}.{name.Dataset}")
        : name.FullName;

    /// <summary>Parses a position among the newest of the zone; null for another cursor.</summary>
    private static NameCursor? ParsePlace(string cursor) => cursor.Split('.') is [var at, var id]
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() && DatasetId.TryParse(id, out DatasetId dataset)
            ? new NameCursor(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), dataset)
            : null;

    private static string Text(long key) => key.ToString(CultureInfo.InvariantCulture);
}

public sealed record DatasetFilter
{
    public string? Owner { get; init; }

    /// <summary>Only those in this state; null for all that are not in the trash or gone.</summary>
    public string? State { get; init; }

    /// <summary>Only those of this kind: original, derived or following.</summary>
    public string? Kind { get; init; }

    /// <summary>Only those with its words in name, title or metadata, and of its types and attributes: <see cref="SearchQuery"/>.</summary>
    public string? Text { get; init; }

    /// <summary>Only what others shared with the caller.</summary>
    public bool OnlyShared { get; init; }

    public bool IncludePublic { get; init; }

    /// <summary>True for the newest first, without datasets that are in the trash or gone; false to order by name.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>Go on after what an earlier page ended with.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = 100;
}
