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
    /// The query of <see cref="Find"/>: the index gives the keys from the highest down, so that a page costs what is on it.
    /// </summary>
    internal string FindSql(SearchExpression expression, string match, DynamicParameters parameters)
    {
        (string from, string key) = Source(match);
        string filter = FactFilter.AskOrGive(_session, key, match.Length == 0, expression.Conditions, parameters);
        return $"SELECT {key} AS Key, (SELECT id FROM names WHERE key = {key}) AS Id "
            + $"FROM {from} {key} < @below{filter} ORDER BY {key} DESC LIMIT @limit";
    }

    // There are no words where only facts are asked, by somebody who may find everything.
    private static (string From, string Key) Source(string match) =>
        match.Length == 0 ? ("names AS found WHERE", "found.key") : ("datasets WHERE datasets MATCH @match AND", "datasets.rowid");

    private string MatchOf(SearchExpression expression) => expression.ToMatch(word => WordEndings.Find(_session, word));

    private sealed class Row
    {
        public long Key { get; init; }

        public string Id { get; init; } = "";

        public SearchHit ToHit() => new(Key, new DatasetId(Guid.Parse(Id)));
    }
}
