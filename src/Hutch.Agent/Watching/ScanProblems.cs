namespace Hutch.Agent.Watching;

/// <summary>What is wrong with names in a directory: all are counted, the first few kept in words.</summary>
internal sealed class ScanProblems
{
    /// <summary>The most that are kept in words.</summary>
    public const int MaxKept = 20;

    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);
    private int _others;

    /// <summary>How many there are.</summary>
    public int Count => _kept.Count + _others;

    /// <summary>The first few.</summary>
    public IEnumerable<string> Kept => _kept.Values;

    /// <summary>Adds what is wrong with a name, or replaces what was.</summary>
    public void Set(string name, string problem)
    {
        if (_kept.Count < MaxKept || _kept.ContainsKey(name))
        {
            _kept[name] = problem;
        }
        else
        {
            _others++;
        }
    }

    /// <summary>Nothing is wrong with a name any more.</summary>
    public void Clear(string name) => _kept.Remove(name);

    /// <summary>Forgets the problems with all names but some.</summary>
    public void ClearExcept(Func<string, bool> isKept)
    {
        _others = 0;
        foreach (string name in _kept.Keys.Where(name => !isKept(name)).ToArray())
        {
            _kept.Remove(name);
        }
    }
}
