namespace Hutch.Agent.Watching;

/// <summary>The problems with names in a directory: all are counted, the first few are kept as text.</summary>
internal sealed class ScanProblems
{
    /// <summary>The most that are kept in words.</summary>
    public const int MaxKept = 20;

    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);
    private int _others;

    public int Count => _kept.Count + _others;

    /// <summary>The first few.</summary>
    public IEnumerable<string> Kept => _kept.Values;

    /// <summary>Adds or replaces the problem with a name.</summary>
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
