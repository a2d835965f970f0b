using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Changes the index, inside one transaction.</summary>
public sealed partial class SearchWriter
{
    /// <summary>The number of pages of words written in one step while others wait: some hundredths of a second.</summary>
    private const int PagesAtOnce = 500;

    private readonly SqliteSession _session;
    private readonly Dictionary<SearchField, long> _fields = [];

    internal SearchWriter(SqliteSession session) => _session = session;

    public SearchState State
    {
        get => _session.Connection.QuerySingle<StateRow>(
            "SELECT site AS Site, zone AS Zone, filled AS Filled, types AS Types, feed AS Feed FROM search_state").ToState();
        set => _session.Connection.Execute(
            "UPDATE search_state SET site = @Site, zone = @Zone, filled = @Filled, types = @Types, feed = @Feed", value);
    }

    /// <summary>Returns the key of a dataset; for a new one, the next key.</summary>
    /// <param name="isPublication">True for the key of its publication.</param>
    public long KeyOf(DatasetId dataset, bool isPublication = false) =>
        Find(dataset, isPublication) ?? _session.Scalar("SELECT coalesce(max(key), 0) + 1 FROM names");

    /// <summary>Returns the key of a dataset, or of its publication; null for one that is not in the index.</summary>
    public long? Find(DatasetId dataset, bool isPublication = false) => _session.Connection.ExecuteScalar<long?>(
        "SELECT key FROM names WHERE id = @id", new { id = IndexedId.Of(dataset, isPublication) });

    public void Put(SearchDocument document)
    {
        FilesRow? before = _session.Connection.QuerySingleOrDefault<FilesRow>(
            "SELECT tree AS Tree, unread AS Unread, (SELECT files FROM datasets WHERE rowid = @Key) AS Files FROM names WHERE key = @Key",
            new { document.Key });
        Remove(document.Key);
        _session.Connection.Execute(
            "INSERT INTO datasets (rowid, text, parts, files, audience, types) VALUES (@Key, @Text, @Parts, @files, @audience, @types)",
            new
            {
                document.Key,
                document.Text,
                document.Parts,
                files = document.Files ?? (document.Tree is null ? "" : before?.Files ?? ""),
                audience = string.Join(' ', document.Audience),
                types = string.Join(' ', document.Types.Select(SearchExpression.TypeWord)),
            });
        _session.Connection.Execute(
            "INSERT INTO names (key, id, name, due, tree, unread, changed) VALUES (@Key, @id, @Name, @due, @Tree, @unread, @changed)",
            new
            {
                document.Key,
                id = IndexedId.Of(document.Id, document.IsPublication),
                document.Name,
                due = SqlTime.ToMilliseconds(document.Due),
                document.Tree,
                unread = document.Tree is null ? null : document.Tree == before?.Tree ? before?.Unread : 0,
                changed = NextChange(),
            });
        PutFacts(document.Key, document.Facts);
    }

    /// <summary>Lists the datasets whose audience has changed at a time that has passed, without an event.</summary>
    public IReadOnlyList<DatasetId> Due(DateTimeOffset now, int limit) =>
    [
        .. _session.Connection.Query<string>(
            "SELECT id FROM names WHERE due <= @now ORDER BY due LIMIT @limit", new { now = SqlTime.ToMilliseconds(now), limit })
            .Select(static id => IndexedId.Parse(id).Dataset).Distinct(),
    ];

    /// <summary>Lists the datasets whose file names in the index are out of date, the newest first; without postponed ones.</summary>
    public IReadOnlyList<SearchHit> Unread(DateTimeOffset now, int limit) =>
    [
        .. _session.Connection.Query<(long Key, string Id)>(
            "SELECT key, id FROM names WHERE unread <= @now ORDER BY unread, key DESC LIMIT @limit",
            new { now = SqlTime.ToMilliseconds(now), limit })
            .Select(row => new SearchHit(row.Key, new DatasetId(Guid.Parse(row.Id)))),
    ];

    public void PutFiles(long key, string tree, string words)
    {
        _session.Connection.Execute(
            "UPDATE datasets SET files = @files WHERE rowid = @key", new { key, files = SearchExpression.FileWords(words) });
        _session.Connection.Execute(
            "UPDATE names SET tree = @tree, unread = NULL, changed = @changed WHERE key = @key", new { key, tree, changed = NextChange() });
    }

    /// <summary>Postpones the reading of a dataset's files.</summary>
    public void Postpone(long key, DateTimeOffset until) => _session.Connection.Execute(
        "UPDATE names SET unread = @until WHERE key = @key", new { key, until = SqlTime.ToMilliseconds(until) });

    public void Remove(DatasetId dataset, bool isPublication = false)
    {
        if (Find(dataset, isPublication) is { } key)
        {
            Remove(key);
        }
    }

    public void Remove(long key)
    {
        SqliteStatement forget = _session.Prepared("DELETE FROM facts WHERE field = $1 AND value = $2 AND key = $3");
        foreach (PackedFacts.Fact fact in new PackedFactReader(_session).Read(key))
        {
            forget.Run(fact.Field, fact.Value, key);
        }

        foreach (string table in (string[])["datasets WHERE rowid", "names WHERE key", "packed WHERE key"])
        {
            _session.Connection.Execute($"DELETE FROM {table} = @key", new { key });
        }
    }

    /// <summary>The number of parts of the word lists: each queried word is looked up in each part.</summary>
    public long Parts => _session.Scalar("SELECT count(DISTINCT segid) FROM datasets_idx");

    /// <summary>Merges all parts into one, in small steps; returns true when that is done.</summary>
    /// <param name="begins">True for the first step; later additions are left for the next merge.</param>
    public bool Merge(bool begins)
    {
        long before = _session.Scalar("SELECT total_changes()");
        _session.Connection.Execute(
            "INSERT INTO datasets (datasets, rank) VALUES ('merge', @pages)", new { pages = begins ? -PagesAtOnce : PagesAtOnce });

        // The command itself counts as one.
        return _session.Scalar("SELECT total_changes()") - before < 2;
    }

    /// <summary>Forgets everything, so that the index can be filled anew.</summary>
    public void Clear()
    {
        foreach (string table in (string[])["datasets", "names", "facts", "packed", "fields"])
        {
            _session.Execute("DELETE FROM " + table);
        }

        _fields.Clear();
        State = new SearchState(0, 0, 0, "", 0);
        _session.Execute("UPDATE search_state SET life = lower(hex(randomblob(8)))");
    }

    private long NextChange() => _session.Scalar("UPDATE search_state SET changes = changes + 1 RETURNING changes");

    private void PutFacts(long key, IEnumerable<SearchFact> facts)
    {
        // NaN cannot be compared with any number.
        (long Field, SearchFact Fact)[] numbered =
        [
            .. facts.Where(static fact => fact.Number is not double.NaN).Select(fact => (NumberOf(fact.Field), fact))
                .DistinctBy(static one => (one.Item1, one.fact.Number, one.fact.Text)),
        ];
        SqliteStatement insert = _session.Prepared("INSERT INTO facts (field, value, key) VALUES ($1, $2, $3)");
        foreach ((long field, SearchFact fact) in numbered)
        {
            insert.Run(field, (object?)fact.Number ?? fact.Text, key);
        }

        _session.Connection.Execute(
            "INSERT INTO packed (key, facts) VALUES (@key, @facts)", new { key, facts = PackedFacts.Pack(numbered) });
    }

    private long NumberOf(SearchField field)
    {
        if (!_fields.TryGetValue(field, out long number))
        {
            _session.Connection.Execute("INSERT OR IGNORE INTO fields (name, dimension) VALUES (@Name, @Dimension)", field);
            number = _session.Connection.ExecuteScalar<long>(
                "SELECT number FROM fields WHERE name = @Name AND dimension = @Dimension", field);
            _fields.Add(field, number);
        }

        return number;
    }

    [method: ExplicitConstructor]
    private sealed record FilesRow(string? Tree, long? Unread, string? Files);

    [method: ExplicitConstructor]
    private sealed record StateRow(long Site, long Zone, long? Filled, string Types, long Feed)
    {
        public SearchState ToState() => new(Site, Zone, Filled, Types, Feed);
    }
}
