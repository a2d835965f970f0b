using System.Diagnostics.CodeAnalysis;

namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>Finds files of a dataset by paths of other computers: only the ends of the paths are the same.</summary>
internal sealed class FileIndex
{
    /// <summary>So many files of one name are compared; more are ambiguous.</summary>
    private const int MaxCompared = 1000;

    private readonly Dictionary<string, List<string>> _byName = new(StringComparer.OrdinalIgnoreCase);

    private readonly ILookup<string, string> _byFolder;

    private readonly HashSet<string> _paths;

    public FileIndex(IReadOnlyList<string> paths)
    {
        _paths = paths.ToHashSet(StringComparer.Ordinal);
        _byFolder = paths.ToLookup(SessionNames.FolderOf, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_byName, SessionNames.Last(path), out _) ??= []).Add(path);
        }
    }

    public bool Has(string path) => _paths.Contains(path);

    /// <summary>The files of a folder.</summary>
    public IEnumerable<string> In(string folder) => _byFolder[folder];

    private List<string> Named(string name) => _byName.GetValueOrDefault(name) ?? [];

    /// <summary>Finds the file with the longest common end of the path; none if several have it.</summary>
    /// <param name="least">So many names from the end must be the same, or all of the path in the dataset.</param>
    public bool TryFind(string foreign, int least, [NotNullWhen(true)] out string? path, out bool isAmbiguous)
    {
        List<string> named = Named(SessionNames.Last(foreign));
        if (named.Count > MaxCompared)
        {
            path = null;
            isAmbiguous = true;
            return false;
        }

        string[] wanted = foreign.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        (string Path, int Common)[] found =
        [
            .. named.Select(candidate => (candidate, Common(wanted, candidate.Split('/'))))
                .Where(candidate => candidate.Item2 >= least || candidate.Item2 == candidate.candidate.AsSpan().Count('/') + 1),
        ];
        int most = found.Length == 0 ? 0 : found.Max(static candidate => candidate.Common);
        (string Path, int Common)[] best = Array.FindAll(found, candidate => candidate.Common == most);
        path = best.Length == 1 ? best[0].Path : null;
        isAmbiguous = best.Length > 1;
        return path is not null;
    }

    private static int Common(string[] one, string[] other)
    {
        int common = 0;
        while (common < Math.Min(one.Length, other.Length)
            && string.Equals(one[^(common + 1)], other[^(common + 1)], StringComparison.OrdinalIgnoreCase))
        {
            common++;
        }

        return common;
    }
}
