namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>Gathers remarks, and no more than a reader can read.</summary>
internal sealed class Remarks
{
    private const int Most = 200;

    private readonly List<Remark> _all = [];
    private int _left;

    public void Add(string message, string? path = null)
    {
        if (_all.Count < Most)
        {
            _all.Add(new Remark(message, path));
        }
        else
        {
            _left++;
        }
    }

    /// <summary>Adds one remark about several files, which names the first.</summary>
    public void AddSeveral(IReadOnlyCollection<string> files, Func<int, string> message)
    {
        if (files.Count > 0)
        {
            Add(message(files.Count), files.Min(StringComparer.Ordinal));
        }
    }

    public IReadOnlyList<Remark> ToList() =>
        _left == 0 ? _all : [.. _all, new Remark($"There are {_left} more remarks.", null)];
}
