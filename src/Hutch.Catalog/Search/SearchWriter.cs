using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Changes the index, inside one transaction.</summary>
public sealed class SearchWriter
{
    private readonly SqliteSession _session;

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
        Remove(document.Key);
        _session.Connection.Execute(
            "INSERT INTO datasets (rowid, text, audience, types, id) VALUES (@Key, @Text, @audience, @types, @id)",
            new
            {
                document.Key,
                document.Text,
                audience = string.Join(' ', document.Audience),
                types = string.Join(' ', document.Types.Select(SearchExpression.TypeWord)),
                id = document.Id.ToString(),
            });
        _session.Connection.Execute(
            "INSERT INTO attributes (key, name, dimension, number, text) VALUES (@Key, @Name, @Dimension, @Number, @Text)",
            document.Attributes.Select(one => new { document.Key, one.Name, one.Dimension, one.Number, one.Text }));
    }

    /// <summary>Forgets a dataset.</summary>
    public void Remove(long key)
    {
        _session.Connection.Execute("DELETE FROM datasets WHERE rowid = @key", new { key });
        _session.Connection.Execute("DELETE FROM attributes WHERE key = @key", new { key });
    }

    /// <summary>Forgets everything, to be filled anew.</summary>
    public void Clear()
    {
        _session.Execute("DELETE FROM datasets");
        _session.Execute("DELETE FROM attributes");
        State = new SearchState(0, 0, 0, "");
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
