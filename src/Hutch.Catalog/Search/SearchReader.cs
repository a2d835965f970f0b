using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

public sealed class SearchReader
{
    /// <summary>The number of characters of a text in which the place of a word is looked for.</summary>
    private const int MostOfText = 16 * 1024;

    private readonly SqliteSession _session;
    private readonly PackedFactReader _facts;

    internal SearchReader(SqliteSession session) => (_session, _facts) = (session, new PackedFactReader(session));

    /// <summary>Finds datasets, newest first.</summary>
    /// <param name="below">The key below which to continue; <see cref="long.MaxValue"/> for the newest.</param>
    public IReadOnlyList<SearchHit> Find(SearchExpression expression, long below, int limit)
    {
        return [.. KeysOf(expression, below, limit).Select(Hit)];
    }

    /// <summary>
    /// Finds datasets in an order, with their positions in it; null when more are found than <see cref="SearchOrder.Most"/>.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="after">The position after which to continue; null for the first page.</param>
    public IReadOnlyList<(SearchHit Hit, SearchCursor Place)>? Find(
        SearchExpression expression, SearchOrder order, SearchCursor? after, int limit)
    {
        List<long> found = KeysOf(expression, long.MaxValue, SearchOrder.Most + 1);
        return found.Count > SearchOrder.Most ? null :
        [
            .. PlacesOf(found, order)
                .Where(cursor => after is not { } last || order.Compare(cursor, last) > 0)
                .Order(Comparer<SearchCursor>.Create(order.Compare))
                .Take(limit)
                .Select(cursor => (Hit(cursor.Key), cursor)),
        ];
    }

    /// <summary>Counts the values of some fields in the newest datasets that a query finds.</summary>
    public FacetCounts Count(SearchExpression expression, IReadOnlyCollection<SearchField> fields, int mostDatasets, int mostValues)
    {
        var counter = new FacetCounter(_facts, fields);
        bool isMore = false;
        Walk(expression).Go(long.MaxValue, mostDatasets + 1, key =>
        {
            isMore = counter.Datasets == mostDatasets;
            if (!isMore)
            {
                counter.Add(key);
            }
        });
        return new FacetCounts(counter.Datasets, isMore, counter.Counts(mostValues));
    }

    /// <summary>Returns those of some datasets, by key, that a query finds.</summary>
    public IReadOnlyCollection<long> FindAmong(SearchExpression expression, IReadOnlyCollection<long> keys)
    {
        string match = MatchOf(expression);
        string from = match.Length == 0 ? "key FROM names WHERE key" : "rowid FROM datasets WHERE datasets MATCH @match AND rowid";
        var walk = new SearchWalk(_session, _facts, match, expression.Conditions);
        return _session.Connection.Query<long>(
            $"SELECT {from} IN (SELECT value FROM json_each(@keys))", new { match, keys = Json(keys) }).Where(walk.Holds).ToHashSet();
    }

    /// <summary>Returns the keys of those of some datasets that are in the index.</summary>
    public IReadOnlyDictionary<long, DatasetId> KeysOf(IReadOnlyCollection<DatasetId> datasets)
    {
        return _session.Connection.Query<(long Key, string Id)>(
            "SELECT key, id FROM names WHERE id IN (SELECT value FROM json_each(@ids))",
            new { ids = "[" + string.Join(',', datasets.Select(static one => $"\"{one}\"")) + "]" })
            .ToDictionary(static row => row.Key, static row => new DatasetId(Guid.Parse(row.Id)));
    }

    /// <summary>Returns the beginnings of the texts of some datasets; those that are not in the index are left out.</summary>
    public IReadOnlyDictionary<DatasetId, IndexedText> TextsOf(IReadOnlyCollection<DatasetId> datasets)
    {
        return KeysOf(datasets).ToDictionary(
            static row => row.Value,
            row => _session.Connection.QuerySingle<(string Text, string Files)>(
                "SELECT substr(text, 1, @most), substr(files, 1, @most) FROM datasets WHERE rowid = @key",
                new { key = row.Key, most = MostOfText }) is var found ? new IndexedText(found.Text, found.Files) : default);
    }

    /// <summary>The name of this filling of the index: numbers of changes count in one only.</summary>
    public string Life => _session.Select("SELECT life FROM search_state", static row => row.Text(0))[0];

    /// <summary>Lists the datasets that changed after a number, with the words of their files, in the order of the changes.</summary>
    public IReadOnlyList<(DatasetId Dataset, string Files, long Change)> ChangedAfter(long change, int limit) =>
    [
        .. _session.Connection.Query<(string Id, string Files, long Change)>(
            """
            SELECT n.id, (SELECT d.files FROM datasets d WHERE d.rowid = n.key), n.changed FROM names n
            WHERE n.changed > @change AND n.id < 'p' ORDER BY n.changed LIMIT @limit
            """,
            new { change, limit }).Select(static row => (new DatasetId(Guid.Parse(row.Id)), row.Files, row.Change)),
    ];

    /// <summary>Encodes keys as one value of a statement, since thousands of separate values would be too many.</summary>
    private static string Json(IEnumerable<long> keys) => "[" + string.Join(',', keys) + "]";

    private IEnumerable<SearchCursor> PlacesOf(IReadOnlyList<long> keys, SearchOrder order)
    {
        if (order.Field is not { } field)
        {
            return _session.Connection.Query<(long Key, string Name)>(
                "SELECT key, name FROM names WHERE key IN (SELECT value FROM json_each(@keys))", new { keys = Json(keys) })
                .Select(row => new SearchCursor(row.Name, row.Key));
        }

        long? number = _facts.NumberOf(field);
        return keys.Select(key => PlaceOf(key, number, order));
    }

    // Of several values the one that brings it to the front.
    private SearchCursor PlaceOf(long key, long? field, SearchOrder order)
    {
        var first = new SearchCursor(null, key);
        foreach (PackedFacts.Fact fact in _facts.Read(key))
        {
            if (fact.Field == field && new SearchCursor(fact.Value, key) is var cursor && order.Compare(cursor, first) < 0)
            {
                first = cursor;
            }
        }

        return first;
    }

    private SearchWalk Walk(SearchExpression expression) => new(_session, _facts, MatchOf(expression), expression.Conditions);

    private List<long> KeysOf(SearchExpression expression, long below, int limit)
    {
        var keys = new List<long>();
        Walk(expression).Go(below, limit, keys.Add);
        return keys;
    }

    private SearchHit Hit(long key)
    {
        (DatasetId dataset, bool isPublication) =
            IndexedId.Parse(_session.Select("SELECT id FROM names WHERE key = $1", static row => row.Text(0), key)[0]);
        return new SearchHit(key, dataset, isPublication);
    }

    private string MatchOf(SearchExpression expression) => expression.ToMatch(word => PrefixExpansion.Find(_session, word));
}
