using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// The part of a query that compares attributes. A condition that few values fulfil gives the keys, and the words are looked up for those
/// only; one that many fulfil is asked of each dataset that the words find, from the newest down, until the page is full. Either way a page
/// does not cost all of the index.
/// </summary>
internal static class AttributeFilter
{
    /// <summary>Values that count as few.</summary>
    private const int Few = 2000;

    /// <summary>Adds the conditions to a query on the table <c>datasets</c>, as <c>AND …</c>; nothing where there are none.</summary>
    public static string Add(SqliteSession session, IReadOnlyList<AttributeCondition> conditions, DynamicParameters parameters)
    {
        var sql = new System.Text.StringBuilder();
        bool hasKeys = false;
        for (int i = 0; i < conditions.Count; i++)
        {
            string holds = Holds(conditions[i], i, parameters);
            bool givesKeys = !hasKeys && conditions[i] is { IsNot: false } && IsRare(session, holds, parameters);
            hasKeys |= givesKeys;
            sql.Append(givesKeys
                ? $" AND rowid IN (SELECT key FROM attributes WHERE {holds})"
                : $" AND EXISTS (SELECT 1 FROM attributes INDEXED BY attributes_by_key WHERE key = datasets.rowid AND {holds})");
        }

        return sql.ToString();
    }

    private static string Holds(AttributeCondition condition, int number, DynamicParameters parameters)
    {
        string not = condition.IsNot ? "NOT " : "";
        parameters.Add($"name{number}", condition.Name);
        if (condition.Text is { } text)
        {
            parameters.Add($"text{number}", text);
            return $"name = @name{number} AND text IS NOT NULL AND {not}text = @text{number}";
        }

        parameters.Add($"dimension{number}", condition.Dimension);
        parameters.Add($"least{number}", condition.Least);
        parameters.Add($"greatest{number}", condition.Greatest);
        return $"name = @name{number} AND dimension = @dimension{number} AND number IS NOT NULL "
            + $"AND {not}number BETWEEN @least{number} AND @greatest{number}";
    }

    private static bool IsRare(SqliteSession session, string holds, DynamicParameters parameters) =>
        session.Connection.ExecuteScalar<long>(
            $"SELECT count(*) FROM (SELECT 1 FROM attributes WHERE {holds} LIMIT {Few + 1})", parameters) <= Few;
}
