using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Whether datasets fulfil a condition: looked up for each, or known of all once their list is read.</summary>
internal sealed class FactTest
{
    private readonly SqliteSession _session;
    private readonly bool _isNot;
    private readonly string _holds;
    private readonly SqliteStatement _lookUp;

    // The field, and the least and the greatest value. Boxed once, as a condition is asked of thousands.
    private readonly object?[] _values;

    /// <summary>Prepares it.</summary>
    public FactTest(SqliteSession session, FactCondition condition)
    {
        _session = session;
        _isNot = condition.IsNot;
        object? field = session.Select(
            "SELECT number FROM fields WHERE name = $1 AND dimension = $2",
            static row => (object?)row.Number(0),
            condition.Field.Name,
            condition.Field.Dimension).FirstOrDefault();
        _holds = condition.IsNot ? "field = $1 AND NOT value BETWEEN $2 AND $3" : "field = $1 AND value BETWEEN $2 AND $3";
        _values = condition.Text is { } text ? [field, text, text] : [field, condition.Least, condition.Greatest];
        _lookUp = session.Prepared($"SELECT 1 FROM facts WHERE {_holds} AND key = $4");
    }

    /// <summary>The datasets that fulfil it; null while that is looked up for each.</summary>
    public KeySet? Keys { get; private set; }

    /// <summary>Whether a dataset fulfils it.</summary>
    public bool Holds(long key)
    {
        if (Keys is not null)
        {
            return Keys.Contains(key);
        }

        using SqliteRows rows = _lookUp.Query(_values[0], _values[1], _values[2], key);
        return rows.Next();
    }

    /// <summary>How many values fulfil it; null for more than some, and for a condition that leaves values out.</summary>
    public long? Count(int most)
    {
        long count = _isNot ? most : _session.Select(
            $"SELECT count(*) FROM (SELECT 1 FROM facts WHERE {_holds} LIMIT $4)",
            static row => row.Number(0),
            _values[0], _values[1], _values[2], most)[0];
        return count < most ? count : null;
    }

    /// <summary>Reads which datasets fulfil it.</summary>
    /// <param name="below">Only keys below this one.</param>
    public void ReadKeys(long below)
    {
        Keys = new KeySet(below);
        using SqliteRows rows = _session.Prepared($"SELECT key FROM facts WHERE {_holds}").Query(_values);
        while (rows.Next())
        {
            Keys.Add(rows.Number(0));
        }
    }
}
