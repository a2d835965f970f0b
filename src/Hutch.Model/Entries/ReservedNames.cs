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

    /// <summary>
    /// The folder of the markers by which S3 clients made folders: that of <c>a/b/</c> is the entry <c>.hutch/folders/a/b/U+0001</c>. The
    /// last name is less than any other, so that markers are in the order of their keys. Only S3 shows them.
    /// </summary>
    public const string MarkerFolder = Top + "/folders/";

    /// <summary>The least text behind all markers: the zero is the character after the slash.</summary>
    internal const string BehindMarkers = Top + "/folders0";

    private const string MarkerName = "\u0001";

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

    /// <summary>The path of the marker of a folder; null if it would be too long.</summary>
    public static DatasetPath? FolderMarker(DatasetPath folder) =>
        DatasetPath.Parse(MarkerFolder + folder.Value + "/" + MarkerName).TryGet(out DatasetPath path, out _) ? path : null;

    /// <summary>The folder of a marker with a slash at its end, as S3 names it; null for a path that is no marker.</summary>
    public static string? MarkedFolder(string path) =>
        IsMarker(path) && path.EndsWith("/" + MarkerName, StringComparison.Ordinal) ? path[MarkerFolder.Length..^1] : null;

    /// <summary>Returns true for a path in the folder of the markers.</summary>
    public static bool IsMarker(string path)
    {
        return path.StartsWith(MarkerFolder, StringComparison.Ordinal);
    }

    /// <summary>Returns true if a listing of a prefix leaves the markers out: only one of Hutch's own files shows them.</summary>
    public static bool HidesMarkers(string prefix)
    {
        return !prefix.StartsWith(Top + "/", StringComparison.Ordinal);
    }

    /// <inheritdoc cref="IsReserved(ReadOnlySpan{char})"/>
    public static bool IsReserved(DatasetPath path) => IsReserved(path.Value);
}
