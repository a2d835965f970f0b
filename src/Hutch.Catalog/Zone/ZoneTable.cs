using System.Data;

namespace Hutch.Catalog.Zone;

/// <remarks>
/// Rows are records with <see cref="ExplicitConstructorAttribute"/>, which Dapper fills by the names of the columns. Without it, the types
/// must be equal too, and SQLite does not know those of computed columns of a result without rows.
/// </remarks>
public abstract class ZoneTable
{
    private protected readonly DbConnection _connection;
    private protected readonly TimeProvider _time;

    private protected ZoneTable(DbConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
    }

    /// <summary>
    /// Adds values to the parameters of a statement, and returns the list of their names for <c>IN</c>. Both engines understand this form,
    /// while Dapper's own lists are arrays in PostgreSQL.
    /// </summary>
    private protected static string AddList(DynamicParameters parameters, string name, IEnumerable<string> values)
    {
        List<string> names = [];
        foreach (string value in values)
        {
            string one = string.Create(CultureInfo.InvariantCulture, $"{name}{names.Count}");
            parameters.Add(one, value, DbType.String);
            names.Add("@" + one);
        }

        return names.Count == 0 ? "(NULL)" : $"({string.Join(", ", names)})";
    }

    /// <summary>Returns the pattern of a prefix in lower case, for <c>LIKE</c> with <c>ESCAPE '\'</c>.</summary>
    private protected static string PatternOf(string beginning) => beginning.ToLowerInvariant()
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
