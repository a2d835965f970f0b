namespace Hutch.Model.Ignoring;

/// <summary>
/// Selects entries of a dataset: those that a pattern names, or that are in a folder that one names. Of several patterns the last
/// one counts, and one that begins with <c>!</c> takes entries out again.
/// </summary>
/// <param name="patterns">Patterns as in <c>.hutchignore</c>; none for everything.</param>
public sealed class IncludeFilter(IReadOnlyCollection<string> patterns)
{
    private readonly IgnoreList _list = IgnoreList.ParseOptions(patterns);

    public bool IsEverything => patterns.Count == 0;

    public bool Wants(ReadOnlySpan<char> path, bool isFolder)
    {
        bool wants = IsEverything;
        for (int end = path.IndexOf('/'), next; end > 0 && !IsEverything; end = next < 0 ? -1 : end + 1 + next)
        {
            wants = _list.Ignores(path[..end], isFolder: true) ?? wants;
            next = path[(end + 1)..].IndexOf('/');
        }

        return _list.Ignores(path, isFolder) ?? wants;
    }
}
