using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Search;

/// <summary>
/// Walks through the datasets that words and rights find, from the newest down, and returns those that fulfil the conditions until there
/// are enough. A condition is looked up for each dataset. If that takes long, the walk reads the list of datasets that fulfil a condition,
/// if it is short enough. If very few do, it looks these up among words and rights instead.
/// </summary>
internal sealed class SearchWalk
{
    /// <summary>The query that returns the datasets of words and rights in their order.</summary>
    internal const string WithWords = "SELECT rowid FROM datasets WHERE datasets MATCH $1 AND rowid < $2 ORDER BY rowid DESC";

    /// <summary>The number of datasets tested before lists are considered as the shorter way.</summary>
    private const int LookedAtFirst = 500;

    /// <summary>The number of list values that the first round counts. Each later round counts a multiple of the one before.</summary>
    private const int ShortList = 16 * 1024;
    private const int LongerList = 4;

    // What each takes in an index of a million datasets, µs: a page of the file is read for each dataset that is looked up, and the
    // full-text index answers a query of its own for each key, which looks up each word.
    private const double LookUp = 1.5;
    private const double ListValue = 0.15;
    private const double Step = 1;
    private const double FindKey = 200;
    private const double FindWord = 10;

    private const string All = $"SELECT key FROM names WHERE key < $1 AND {IndexedId.IsDataset} ORDER BY key DESC";
    private const string One = $"SELECT key FROM names WHERE key = $1 AND {IndexedId.IsDataset}";
    private const string OneWithWords = "SELECT rowid FROM datasets WHERE datasets MATCH $1 AND rowid = $2";

    private readonly SqliteSession _session;
    private readonly string _match;
    private FactTest[] _tests;

    /// <param name="match">The words and rights; empty for all.</param>
    public SearchWalk(SqliteSession session, PackedFactReader facts, string match, IReadOnlyList<FactCondition> conditions)
    {
        (_session, _match) = (session, match);
        _tests = [.. conditions.Select(condition => new FactTest(session, facts, condition))];
    }

    public bool Holds(long key) => Array.TrueForAll(_tests, test => test.Holds(key));

    /// <summary>Returns the datasets, newest first.</summary>
    public void Go(long below, int limit, Action<long> take)
    {
        (int lookedAt, int taken, long newest) = (0, 0, 0);
        using (SqliteRows rows = _match.Length == 0
            ? _session.Prepared(All).Query(below)
            : _session.Prepared(WithWords).Query(_match, below))
        {
            while (taken < limit)
            {
                if (!rows.Next())
                {
                    return;
                }

                long key = rows.Number(0);
                newest = Math.Max(newest, key);
                if (Holds(key))
                {
                    take(key);
                    taken++;
                }

                if (++lookedAt == LookedAtFirst && _tests.Length > 0)
                {
                    // Assumes that the remaining datasets resemble the tested ones.
                    double density = lookedAt / (newest - key + 1.0);
                    double steps = Math.Min(density * key, (limit - taken) * (double)lookedAt / Math.Max(1, taken));
                    if (ReadLists(key, steps, (limit - taken) / density))
                    {
                        break;
                    }
                }
            }
        }

        if (taken < limit)
        {
            foreach (long key in _tests[0].Keys!.Descending().Where(Holds).Where(IsFound).Take(limit - taken))
            {
                take(key);
            }
        }
    }

    /// <summary>
    /// Reads the lists that are shorter than the remaining walk, the shortest first, because each list leaves fewer datasets for the other
    /// conditions. Returns true when the walk should go through the list itself instead.
    /// </summary>
    /// <param name="steps">The expected number of datasets still to test.</param>
    /// <param name="lookUps">The expected number of look-ups among words and rights for the wanted hits.</param>
    private bool ReadLists(long below, double steps, double lookUps)
    {
        double left = steps;
        long shortest = long.MaxValue;
        for (int most = ShortList; most < LongerList * left * LookUp / ListValue; most *= LongerList)
        {
            foreach (FactTest test in _tests.Where(static test => test.Keys is null))
            {
                int worthwhile = (int)Math.Min(most, left * LookUp / ListValue);
                if (test.Count(worthwhile) is { } values)
                {
                    test.ReadKeys(below);
                    left *= Math.Min(1, values / (double)below);
                    shortest = Math.Min(shortest, values);
                }
            }
        }

        _tests = [.. _tests.OrderBy(static test => test.Keys is null)];
        double find = _match.Length == 0 ? Step : FindKey + (FindWord * _match.Count('"') / 2);
        return Math.Min(shortest, lookUps) * find < steps * Step && _tests[0].Keys is not null;
    }

    private bool IsFound(long key)
    {
        using SqliteRows rows = _match.Length == 0
            ? _session.Prepared(One).Query(key)
            : _session.Prepared(OneWithWords).Query(_match, key);
        return rows.Next();
    }
}
