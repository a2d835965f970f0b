namespace Hutch.Model;

/// <remarks>
/// A working directory has its own files in <see cref="Top"/>: a dataset with this name would overwrite them on a clone. Below
/// <see cref="VirtualFolder"/> the server answers with files that no user stored.
/// </remarks>
public static class ReservedNames
{
    /// <summary>The reserved name in any case: some file systems do not distinguish case.</summary>
    public const string Top = ".hutch";

    public const string VirtualFolder = Top + "/virtual/";

    /// <summary>The path of the table of results, as one HDF5 file.</summary>
    public const string ResultTable = VirtualFolder + "results.h5";

    /// <summary>The path of the NeXus file of a dataset.</summary>
    public static string NexusFile(string slug) => $"{VirtualFolder}{slug}.nxs";

    /// <summary>Returns true if no new entry may have the path. Existing entries of older datasets can still be read and removed.</summary>
    public static bool IsReserved(ReadOnlySpan<char> path)
    {
        int slash = path.IndexOf('/');
        return (slash < 0 ? path : path[..slash]).Equals(Top, StringComparison.OrdinalIgnoreCase);
    }

    /// <inheritdoc cref="IsReserved(ReadOnlySpan{char})"/>
    public static bool IsReserved(DatasetPath path) => IsReserved(path.Value);
}
