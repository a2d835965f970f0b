using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>Tests a condition on datasets: by a look-up for each, or with a list of all that fulfil it once that is read.</summary>
internal sealed class FactTest
{
    private readonly SqliteSession _session;
    private readonly PackedFactReader _facts;
    private readonly FactCondition _condition;
    private readonly byte[]? _text;
    private readonly long? _field;
    private readonly string _holds;

    // The field, and the least and the greatest value.
    private readonly object?[] _values;

    public FactTest(SqliteSession session, PackedFactReader facts, FactCondition condition)
    {
        (_session, _facts, _condition) = (session, facts, condition);
        _field = facts.NumberOf(condition.Field);
        _text = condition.Text is { } wanted ? Encoding.UTF8.GetBytes(wanted) : null;
        _holds = condition.IsNot ? "field = $1 AND NOT value BETWEEN $2 AND $3" : "field = $1 AND value BETWEEN $2 AND $3";
        _values = condition.Text is { } text ? [_field, text, text] : [_field, condition.Least, condition.Greatest];
    }

    /// <summary>The datasets that fulfil it; null while each is looked up.</summary>
    public KeySet? Keys { get; private set; }

    public bool Holds(long key)
    {
        if (Keys is not null)
        {
            return Keys.Contains(key);
        }

        foreach (PackedFacts.Fact fact in _facts.Read(key))
        {
            if (fact.Field == _field && IsWithin(fact) != _condition.IsNot)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Counts the values that fulfil it; null above a limit, and for a condition that excludes values.</summary>
    public long? Count(int most)
    {
        long count = _condition.IsNot ? most : _session.Select(
            $"SELECT count(*) FROM (SELECT 1 FROM facts WHERE {_holds} LIMIT $4)",
            static row => row.Number(0),
            _values[0], _values[1], _values[2], most)[0];
        return count < most ? count : null;
    }

    /// <param name="below">The key below which all keys must be.</param>
    public void ReadKeys(long below)
    {
        Keys = new KeySet(below);
        using SqliteRows rows = _session.Prepared($"SELECT key FROM facts WHERE {_holds}").Query(_values);
        while (rows.Next())
        {
            Keys.Add(rows.Number(0));
        }
    }

    private bool IsWithin(PackedFacts.Fact fact) => _text is not null
        ? fact.IsText && fact.Text.SequenceEqual(_text)
        : !fact.IsText && fact.Number >= _condition.Least && fact.Number <= _condition.Greatest;
}
