using System.Text;
using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// The part of a query that compares facts. A condition is asked of each dataset that words and rights find, from the newest down, until
/// the page is full. Only where they find many more than fulfil the condition does it give the keys itself, which are then looked up one by
/// one.
/// </summary>
internal static class FactFilter
{
    /// <summary>Values of which the keys are looked up at most.</summary>
    private const int Few = 2000;

    /// <summary>
    /// How many datasets can be asked while one key is looked up among words and rights, which is a query of the full-text index of its
    /// own: 45 µs beside 1.4 µs.
    /// </summary>
    private const int AskedForOneLookedUp = 32;

    /// <summary>The conditions as <c>AND …</c>, each asked of the dataset with this key; nothing where there are none.</summary>
    /// <param name="key">The column of the query that has the key.</param>
    /// <param name="conditions">What is asked.</param>
    /// <param name="parameters">Takes what the text names.</param>
    public static string Ask(string key, IReadOnlyList<FactCondition> conditions, DynamicParameters parameters) =>
        string.Concat(conditions.Select((condition, i) => Ask(key, Holds(condition, i, parameters))));

    /// <summary>The same; one of the conditions gives the keys where that is cheaper.</summary>
    /// <param name="session">The index.</param>
    /// <param name="key">The column of the query that has the key.</param>
    /// <param name="findsAll">Whether neither words nor rights narrow.</param>
    /// <param name="conditions">What is asked.</param>
    /// <param name="parameters">Takes what the text names; has words and rights as <c>match</c>.</param>
    public static string AskOrGive(
        SqliteSession session, string key, bool findsAll, IReadOnlyList<FactCondition> conditions, DynamicParameters parameters)
    {
        var sql = new StringBuilder();
        bool hasKeys = false;
        for (int i = 0; i < conditions.Count; i++)
        {
            string holds = Holds(conditions[i], i, parameters);
            bool givesKeys = !hasKeys && conditions[i] is { IsNot: false } && GivesKeys(session, holds, findsAll, parameters);
            hasKeys |= givesKeys;
            sql.Append(givesKeys ? $" AND {key} IN (SELECT key FROM facts WHERE {holds})" : Ask(key, holds));
        }

        return sql.ToString();
    }

    private static string Ask(string key, string holds) => $" AND EXISTS (SELECT 1 FROM facts WHERE key = {key} AND {holds})";

    private static string Holds(FactCondition condition, int number, DynamicParameters parameters)
    {
        string not = condition.IsNot ? "NOT " : "";
        parameters.Add($"name{number}", condition.Field.Name);
        parameters.Add($"dimension{number}", condition.Field.Dimension);
        string field = $"field = (SELECT number FROM fields WHERE name = @name{number} AND dimension = @dimension{number})";
        if (condition.Text is { } text)
        {
            parameters.Add($"text{number}", text);
            return $"{field} AND {not}value = @text{number}";
        }

        parameters.Add($"least{number}", condition.Least);
        parameters.Add($"greatest{number}", condition.Greatest);
        return $"{field} AND {not}value BETWEEN @least{number} AND @greatest{number}";
    }

    private static bool GivesKeys(SqliteSession session, string holds, bool findsAll, DynamicParameters parameters)
    {
        long values = Count(session, $"facts WHERE {holds}", Few + 1, parameters);
        if (values > Few || findsAll)
        {
            return values <= Few;
        }

        long many = values * AskedForOneLookedUp;
        return Count(session, "datasets WHERE datasets MATCH @match", many, parameters) == many;
    }

    private static long Count(SqliteSession session, string rows, long most, DynamicParameters parameters) =>
        session.Connection.ExecuteScalar<long>($"SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {most})", parameters);
}
