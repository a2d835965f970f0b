namespace Hutch.Model;

/// <summary>The names at the top of a dataset that are kept for Hutch.</summary>
/// <remarks>
/// A working directory keeps its own files in <see cref="Top"/>: a dataset that had one would overwrite them on a clone. Below
/// <see cref="VirtualFolder"/> the server answers with files that nobody stored.
/// </remarks>
public static class ReservedNames
{
    /// <summary>The reserved name, in any mixture of capitals: some file systems do not tell them apart.</summary>
    public const string Top = ".hutch";

    /// <summary>Where files are that are made when they are read.</summary>
    public const string VirtualFolder = Top + "/virtual/";

    /// <summary>The path of the table of results, as one HDF5 file.</summary>
    public const string ResultTable = VirtualFolder + "results.h5";

    /// <summary>The path of the NeXus file of a dataset.</summary>
    public static string NexusFile(string slug) => $"{VirtualFolder}{slug}.nxs";

    /// <summary>
    /// Whether nothing new may be stored at the path. What an older dataset has there can still be read and removed.
    /// </summary>
    public static bool IsReserved(ReadOnlySpan<char> path)
    {
        int slash = path.IndexOf('/');
        return (slash < 0 ? path : path[..slash]).Equals(Top, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc cref="IsReserved(ReadOnlySpan{char})"/>
    public static bool IsReserved(DatasetPath path) => IsReserved(path.Value);
}
