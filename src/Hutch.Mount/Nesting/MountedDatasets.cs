namespace Hutch.Mount.Nesting;

/// <summary>The mounted dataset, and the versions of the datasets inside it, each at its path. Thread-safe.</summary>
/// <param name="dataset">The outermost dataset.</param>
/// <param name="at">Its version; null for the head.</param>
/// <param name="nested">The datasets inside; an inner one has its path from the outermost one, too.</param>
internal sealed class MountedDatasets(DatasetId dataset, string? at, IReadOnlyList<NestedMount> nested)
{
    private readonly Dictionary<string, NestedMount> _roots = nested.DistinctBy(static one => one.Path)
        .ToDictionary(static one => one.Path, StringComparer.Ordinal);

    private readonly Dictionary<string, SortedSet<string>> _names = NamesOf(nested);

    public DatasetId Outermost => dataset;

    /// <summary>True for a version, which never changes.</summary>
    public bool IsFixed => at is not null;

    /// <summary>Returns the dataset of a path, its version, and the path in it; empty for its top folder.</summary>
    public MountedLocation Find(string path)
    {
        for (int end = path.Length; _roots.Count > 0 && end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (_roots.TryGetValue(path[..end], out NestedMount? root))
            {
                return new MountedLocation(root.Dataset, root.At, end == path.Length ? "" : path[(end + 1)..]);
            }
        }

        return new MountedLocation(dataset, at, path);
    }

    /// <summary>Returns the names in a folder that lead to nested datasets, whether or not the dataset of the folder lists them.</summary>
    public IReadOnlyCollection<string> NamesIn(string folder) => _names.GetValueOrDefault(folder) ?? (IReadOnlyCollection<string>)[];

    private static Dictionary<string, SortedSet<string>> NamesOf(IReadOnlyList<NestedMount> nested)
    {
        var names = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (NestedMount one in nested)
        {
            for (string path = one.Path; path.Length > 0;)
            {
                int slash = path.LastIndexOf('/');
                string folder = slash < 0 ? "" : path[..slash];
                if (!names.TryGetValue(folder, out SortedSet<string>? within))
                {
                    names[folder] = within = new SortedSet<string>(StringComparer.Ordinal);
                }

                within.Add(path[(slash + 1)..]);
                path = folder;
            }
        }

        return names;
    }
}

/// <param name="At">The version; null for the head.</param>
/// <param name="Path">The path in the dataset; empty for its top folder.</param>
internal readonly record struct MountedLocation(DatasetId Dataset, string? At, string Path)
{
    public bool IsFixed => At is not null;
}
