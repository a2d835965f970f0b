using Hutch.Disk;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// The files that a master may lead to: those below the master's own folder, and below folders that the caller names. A file that a
/// stranger made must not make us read others.
/// </summary>
internal sealed class Hdf5Paths
{
    private readonly List<string> _roots = [];

    public Hdf5Paths(string masterPath, IEnumerable<string> extraRoots)
    {
        Add(Path.GetDirectoryName(Path.GetFullPath(masterPath))!);
        foreach (string root in extraRoots)
        {
            Add(Path.GetFullPath(root));
        }
    }

    /// <exception cref="HutchException">It leads outside the allowed folders.</exception>
    /// <exception cref="MissingFileException">It does not exist.</exception>
    public string Resolve(string fromFile, string name)
    {
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(fromFile)!, name));

        // Checked before existence, so that a file cannot probe for paths elsewhere.
        if (!IsAllowed(path))
        {
            throw Outside(fromFile, name);
        }

        string real = RealPath.Resolve(path) ?? throw new MissingFileException(path, fromFile);
        return IsAllowed(real) ? real : throw Outside(fromFile, name);
    }

    private static HutchException Outside(string fromFile, string name) =>
        Unreadable.File(
            $"{Path.GetFileName(fromFile)} refers to '{name}', which lies outside its folder: "
            + "allow that folder if you trust the file.", name, "`--allow-links DIR` allows a folder.");

    private void Add(string folder)
    {
        _roots.Add(folder);
        if (RealPath.Resolve(folder) is { } real && real != folder)
        {
            _roots.Add(real);
        }
    }

    private bool IsAllowed(string path) =>
        _roots.Exists(root => path.StartsWith(root.EndsWith('/') ? root : root + '/', StringComparison.Ordinal));
}
