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

    /// <summary>
    /// Finds a file that another one names. Like HDF5, looks for the last part of an absolute path beside the file that has it, if nothing
    /// is at that path: masters are copied from other machines.
    /// </summary>
    /// <exception cref="HutchException">It leads outside the allowed folders.</exception>
    /// <exception cref="MissingFileException">It does not exist.</exception>
    public string Resolve(string fromFile, string name)
    {
        string folder = Path.GetDirectoryName(fromFile)!;
        string path = Path.GetFullPath(Path.Combine(folder, name));

        // Checked before existence, so that a file cannot probe for paths elsewhere.
        bool isAllowed = IsAllowed(path);
        string? real = isAllowed ? RealPath.Resolve(path) : null;
        if (real is null && Path.IsPathRooted(name))
        {
            real = RealPath.Resolve(Path.Combine(folder, Path.GetFileName(name)));
            if (real is null)
            {
                throw new MissingFileException(path, fromFile, isAllowed ? null : Outside(fromFile, name));
            }
        }

        if (!isAllowed && !Path.IsPathRooted(name))
        {
            throw Outside(fromFile, name).ToException();
        }

        if (real is null)
        {
            throw new MissingFileException(path, fromFile);
        }

        if (IsAllowed(real))
        {
            return real;
        }

        throw Outside(fromFile, name).ToException();
    }

    private static HutchError Outside(string fromFile, string name) =>
        Unreadable.Error(
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
