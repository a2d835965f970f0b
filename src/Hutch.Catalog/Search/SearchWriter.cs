using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>Changes the index, inside one transaction.</summary>
public sealed class SearchWriter
{
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
        _session.Connection.Execute(
            "INSERT OR IGNORE INTO facts (key, field, value, shown) VALUES (@Key, @field, @value, @Shown)",
            document.Facts.Select(fact => new
            {
                document.Key,
                field = NumberOf(fact.Field),
                value = (object?)fact.Number ?? fact.Text,
                fact.Shown,
            }));
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
        _session.Connection.Execute("UPDATE datasets SET files = @words WHERE rowid = @key", new { key, words });
        _session.Connection.Execute("UPDATE names SET tree = @tree, unread = NULL WHERE key = @key", new { key, tree });
    }

    /// <summary>Has the files of a dataset read later.</summary>
    public void Postpone(long key, DateTimeOffset until) => _session.Connection.Execute(
        "UPDATE names SET unread = @until WHERE key = @key", new { key, until = SqlTime.ToMilliseconds(until) });

    /// <summary>Forgets a dataset.</summary>
    public void Remove(long key)
    {
        foreach (string table in (string[])["datasets WHERE rowid", "names WHERE key", "facts WHERE key"])
        {
            _session.Connection.Execute($"DELETE FROM {table} = @key", new { key });
        }
    }

    /// <summary>Forgets everything, to be filled anew.</summary>
    public void Clear()
    {
        foreach (string table in (string[])["datasets", "names", "facts", "fields"])
        {
            _session.Execute("DELETE FROM " + table);
        }

        _fields.Clear();
        State = new SearchState(0, 0, 0, "");
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
