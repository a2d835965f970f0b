using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>Changes the index, inside one transaction.</summary>
public sealed class SearchWriter
{
    /// <summary>Pages of words that are written at once while others wait: some hundredths of a second.</summary>
    private const int PagesAtOnce = 500;

    private readonly SqliteSession _session;
    private readonly Dictionary<SearchField, long> _fields = [];

    internal SearchWriter(SqliteSession session) => _session = session;

    /// <summary>How far the index is.</summary>
    public SearchState State
    {
        get => _session.Connection.QuerySingle<StateRow>(
            "SELECT site AS Site, zone AS Zone, filled AS Filled, types AS Types FROM search_state").ToState();
        set => _session.Connection.Execute("UPDATE search_state SET site = @Site, zone = @Zone, filled = @Filled, types = @Types", value);
    }

    /// <summary>Takes a dataset in, in place of what was known of it.</summary>
    public void Put(SearchDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        FilesRow? before = _session.Connection.QuerySingleOrDefault<FilesRow>(
            "SELECT tree AS Tree, unread AS Unread, (SELECT files FROM datasets WHERE rowid = @Key) AS Files FROM names WHERE key = @Key",
            new { document.Key });
        Remove(document.Key);
        _session.Connection.Execute(
            "INSERT INTO datasets (rowid, text, files, audience, types) VALUES (@Key, @Text, @files, @audience, @types)",
            new
            {
                document.Key,
                document.Text,
                files = document.Tree is null ? "" : before?.Files ?? "",
                audience = string.Join(' ', document.Audience),
                types = string.Join(' ', document.Types.Select(SearchExpression.TypeWord)),
            });
        _session.Connection.Execute(
            "INSERT INTO names (key, id, name, due, tree, unread) VALUES (@Key, @id, @Name, @due, @Tree, @unread)",
            new
            {
                document.Key,
                id = document.Id.ToString(),
                document.Name,
                due = SqlTime.ToMilliseconds(document.Due),
                document.Tree,
                unread = document.Tree is null ? null : document.Tree == before?.Tree ? before?.Unread : 0,
            });
        PutFacts(document.Key, document.Facts);
    }

    /// <summary>The datasets that others may find since a time that has come, though no event said so.</summary>
    public IReadOnlyList<DatasetId> Due(DateTimeOffset now, int limit) =>
    [
        .. _session.Connection.Query<string>(
            "SELECT id FROM names WHERE due <= @now ORDER BY due LIMIT @limit", new { now = SqlTime.ToMilliseconds(now), limit })
            .Select(id => new DatasetId(Guid.Parse(id))),
    ];

    /// <summary>The datasets whose files have other names than the index knows, the newest first; without those that wait longer.</summary>
    public IReadOnlyList<SearchHit> Unread(DateTimeOffset now, int limit) =>
    [
        .. _session.Connection.Query<(long Key, string Id)>(
            "SELECT key, id FROM names WHERE unread <= @now ORDER BY unread, key DESC LIMIT @limit",
            new { now = SqlTime.ToMilliseconds(now), limit })
            .Select(row => new SearchHit(row.Key, new DatasetId(Guid.Parse(row.Id)))),
    ];

    /// <summary>Takes the words of the files of a dataset in, in place of those that were known.</summary>
    /// <param name="key">The dataset.</param>
    /// <param name="tree">The page at the top of the tree that they are of.</param>
    /// <param name="words">The words.</param>
    public void PutFiles(long key, string tree, string words)
    {
        _session.Connection.Execute(
            "UPDATE datasets SET files = @files WHERE rowid = @key", new { key, files = SearchExpression.FileWords(words) });
        _session.Connection.Execute("UPDATE names SET tree = @tree, unread = NULL WHERE key = @key", new { key, tree });
    }

    /// <summary>Has the files of a dataset read later.</summary>
    public void Postpone(long key, DateTimeOffset until) => _session.Connection.Execute(
        "UPDATE names SET unread = @until WHERE key = @key", new { key, until = SqlTime.ToMilliseconds(until) });

    /// <summary>Forgets a dataset.</summary>
    public void Remove(long key)
    {
        SqliteStatement forget = _session.Prepared("DELETE FROM facts WHERE field = $1 AND value = $2 AND key = $3");
        foreach (PackedFacts.Fact fact in new PackedFactReader(_session).Of(key))
        {
            forget.Run(fact.Field, fact.Value, key);
        }

        foreach (string table in (string[])["datasets WHERE rowid", "names WHERE key", "packed WHERE key"])
        {
            _session.Connection.Execute($"DELETE FROM {table} = @key", new { key });
        }
    }

    /// <summary>The parts that the lists of words are in: each word that is asked is looked up in each of them.</summary>
    public long Parts => _session.Scalar("SELECT count(DISTINCT segid) FROM datasets_idx");

    /// <summary>Makes one of all parts, a little at a time; returns whether that is done.</summary>
    /// <param name="begins">Whether it is the first time; what comes in meanwhile is left for the next.</param>
    public bool Merge(bool begins)
    {
        long before = _session.Scalar("SELECT total_changes()");
        _session.Connection.Execute(
            "INSERT INTO datasets (datasets, rank) VALUES ('merge', @pages)", new { pages = begins ? -PagesAtOnce : PagesAtOnce });

        // The command itself counts as one.
        return _session.Scalar("SELECT total_changes()") - before < 2;
    }

    /// <summary>Forgets everything, to be filled anew.</summary>
    public void Clear()
    {
        foreach (string table in (string[])["datasets", "names", "facts", "packed", "fields"])
        {
            _session.Execute("DELETE FROM " + table);
        }

        _fields.Clear();
        State = new SearchState(0, 0, 0, "");
    }

    private void PutFacts(long key, IEnumerable<SearchFact> facts)
    {
        // What is no number can be compared with none.
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

    private sealed class FilesRow
    {
        public string? Tree { get; init; }

        public long? Unread { get; init; }

        public string Files { get; init; } = "";
    }

    private sealed class StateRow
    {
        public long Site { get; init; }

        public long Zone { get; init; }

        public long? Filled { get; init; }

        public string Types { get; init; } = "";

        public SearchState ToState() => new(Site, Zone, Filled, Types);
    }
}
