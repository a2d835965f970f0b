using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>Asks the index, at one state.</summary>
public sealed class SearchReader
{
    private readonly SqliteSession _session;

    internal SearchReader(SqliteSession session) => _session = session;

    /// <summary>The datasets that an expression finds, newest first.</summary>
    /// <param name="expression">What is asked.</param>
    /// <param name="below">Only keys below this one; <see cref="long.MaxValue"/> for the newest.</param>
    /// <param name="limit">Most hits.</param>
    public IReadOnlyList<SearchHit> Find(SearchExpression expression, long below, int limit)
    {
        ArgumentNullException.ThrowIfNull(expression);
        string match = MatchOf(expression);
        var parameters = new DynamicParameters(new { match, below, limit });
        string sql = FindSql(expression, match, parameters);
        return [.. _session.Connection.Query<Row>(sql, parameters).Select(row => row.ToHit())];
    }

    /// <summary>
    /// The datasets that an expression finds, in an order, with their places in it; null when more are found than
    /// <see cref="SearchOrder.Most"/>.
    /// </summary>
    /// <param name="expression">What is asked.</param>
    /// <param name="order">The order.</param>
    /// <param name="after">Only what comes after this place; null for the first.</param>
    /// <param name="limit">Most hits.</param>
    public IReadOnlyList<(SearchHit Hit, SearchPlace Place)>? Find(
        SearchExpression expression, SearchOrder order, SearchPlace? after, int limit)
    {
        ArgumentNullException.ThrowIfNull(order);
        IReadOnlyList<SearchHit> found = Find(expression, long.MaxValue, SearchOrder.Most + 1);
        if (found.Count > SearchOrder.Most)
        {
            return null;
        }

        Dictionary<long, DatasetId> ids = found.ToDictionary(hit => hit.Key, hit => hit.Id);
        return
        [
            .. PlacesOf(ids.Keys, order)
                .Where(place => after is not { } last || order.Compare(place, last) > 0)
                .Order(Comparer<SearchPlace>.Create(order.Compare))
                .Take(limit)
                .Select(place => (new SearchHit(place.Key, ids[place.Key]), place)),
        ];
    }

    /// <summary>What the newest of the datasets that an expression finds have of some fields.</summary>
    /// <param name="expression">What is asked.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="mostDatasets">The most datasets that are counted.</param>
    /// <param name="mostValues">The most values of one field.</param>
    public FacetCounts Count(SearchExpression expression, IReadOnlyCollection<SearchField> fields, int mostDatasets, int mostValues)
    {
        IReadOnlyList<SearchHit> found = Find(expression, long.MaxValue, mostDatasets + 1);
        long[] keys = [.. found.Take(mostDatasets).Select(hit => hit.Key)];
        return new FacetCounts(keys.Length, found.Count > mostDatasets, FacetReader.Count(_session, keys, fields, mostValues));
    }

    /// <summary>Those of some datasets, by key, that an expression finds.</summary>
    public IReadOnlyCollection<long> FindAmong(SearchExpression expression, IReadOnlyCollection<long> keys)
    {
        ArgumentNullException.ThrowIfNull(expression);
        string match = MatchOf(expression);
        var parameters = new DynamicParameters(new { match, keys });
        (string from, string key) = Source(match);
        string sql = $"SELECT {key} FROM {from} {key} IN @keys{FactFilter.Ask(key, expression.Conditions, parameters)}";
        return _session.Connection.Query<long>(sql, parameters).ToHashSet();
    }

    /// <summary>
    /// The query for the newest: the index gives the keys from the highest down, so that a page costs what is on it.
    /// </summary>
    internal string FindSql(SearchExpression expression, string match, DynamicParameters parameters)
    {
        (string from, string key) = Source(match);
        string filter = FactFilter.AskOrGive(_session, key, match.Length == 0, expression.Conditions, parameters);
        return $"SELECT {key} AS Key, (SELECT id FROM names WHERE key = {key}) AS Id "
            + $"FROM {from} {key} < @below{filter} ORDER BY {key} DESC LIMIT @limit";
    }

    /// <summary>Keys as one value of a statement: thousands of them, each a value of its own, would be too many.</summary>
    internal static string Json(IEnumerable<long> keys) => "[" + string.Join(',', keys) + "]";

    private IEnumerable<SearchPlace> PlacesOf(IEnumerable<long> keys, SearchOrder order)
    {
        // Of several values the one that brings it to the front.
        string value = order.Field is null
            ? "name FROM names WHERE key = k.value"
            : $"{(order.IsDescending ? "max" : "min")}(value) FROM facts WHERE key = k.value AND field = "
                + "(SELECT number FROM fields WHERE name = @Name AND dimension = @Dimension)";
        return _session.Connection.Query<PlaceRow>(
            $"SELECT k.value AS Key, (SELECT {value}) AS Value FROM json_each(@keys) AS k",
            new { keys = Json(keys), order.Field?.Name, order.Field?.Dimension })
            .Select(row => new SearchPlace(row.Value, row.Key));
    }

    // There are no words where only facts are asked, by somebody who may find everything.
    private static (string From, string Key) Source(string match) =>
        match.Length == 0 ? ("names AS found WHERE", "found.key") : ("datasets WHERE datasets MATCH @match AND", "datasets.rowid");

    private string MatchOf(SearchExpression expression) => expression.ToMatch(word => WordEndings.Find(_session, word));

    private sealed class PlaceRow
    {
        public long Key { get; init; }

        public object? Value { get; init; }
    }

    private sealed class Row
    {
        public long Key { get; init; }

        public string Id { get; init; } = "";

        public SearchHit ToHit() => new(Key, new DatasetId(Guid.Parse(Id)));
    }
}
