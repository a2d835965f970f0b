namespace Hutch.Agent.Watching;

/// <summary>The problems with names in a directory: all are counted, the first few are kept as text.</summary>
internal sealed class ScanProblems
{
    public const int MaxKept = 20;

    private readonly Dictionary<string, (ScanFault Fault, string Text)> _problems = new(StringComparer.Ordinal);
    private Dictionary<ScanFault, int>? _others;

    public int Count => _problems.Count + (_others?.Values.Sum() ?? 0);

    public IEnumerable<string> Kept => _problems.Values.Select(problem => problem.Text);

    public IEnumerable<(ScanFault Fault, int Count)> Faults =>
    [
        .. _problems.Values.Select(problem => (problem.Fault, 1)),
        .. (_others ?? []).Select(others => (others.Key, others.Value)),
    ];

    public void Set(string name, ScanFault fault, string problem)
    {
        if (_problems.Count < MaxKept || _problems.ContainsKey(name))
        {
            _problems[name] = (fault, problem);
        }
        else
        {
            _others ??= [];
            _others[fault] = _others.GetValueOrDefault(fault) + 1;
        }
    }

    public void Clear(string name) => _problems.Remove(name);

    /// <summary>Forgets the problems with all names but some.</summary>
    public void ClearExcept(Func<string, bool> isKept)
    {
        _others = null;
        foreach (string name in _problems.Keys.Where(name => !isKept(name)).ToArray())
        {
            _problems.Remove(name);
        }
    }
}
