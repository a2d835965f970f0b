namespace Hutch.Agent.Watching;

/// <summary>The problems with names in a directory: all are counted, the first few are kept as text.</summary>
internal sealed class ScanProblems
{
    public const int MaxKept = 20;

    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);
    private int _others;

    public int Count => _problems.Count + _others;

    public IEnumerable<string> Kept => _problems.Values;

    public void Set(string name, string problem)
    {
        if (_problems.Count < MaxKept || _problems.ContainsKey(name))
        {
            _problems[name] = problem;
        }
        else
        {
            _others++;
        }
    }

    public void Clear(string name) => _problems.Remove(name);

    /// <summary>Forgets the problems with all names but some.</summary>
    public void ClearExcept(Func<string, bool> isKept)
    {
        _others = 0;
        foreach (string name in _problems.Keys.Where(name => !isKept(name)).ToArray())
        {
            _problems.Remove(name);
        }
    }
}
