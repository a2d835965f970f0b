using System.Text.RegularExpressions;

namespace Hutch.Datasets.Extraction;

internal static partial class FileChoice
{
    private static readonly (FileKind Kind, Regex Names)[] Kinds =
        [(FileKind.Array, Arrays()), (FileKind.Hdf5, Hdf5()), (FileKind.Table, Tables())];

    /// <summary>Chooses the representative file: the first by name, of the most frequent kind; null where no file has findings.</summary>
    public static (string File, FileKind Kind)? Choose(IEnumerable<string> names)
    {
        string[] all = [.. names];
        (string[] files, FileKind kind) = Kinds
            .Select(kind => (Array.FindAll(all, name => kind.Names.IsMatch(name)), kind.Kind))
            .MaxBy(static group => group.Item1.Length);
        return files.Length == 0 ? null : (files.Min(StringComparer.Ordinal)!, kind);
    }

    [GeneratedRegex(@"\.(mrcs?|map|ccp4|rec|nii|nii\.gz|tiff?|eer|npy)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Arrays();

    [GeneratedRegex(@"\.(h5|hdf5|nxs|nexus)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Hdf5();

    [GeneratedRegex(@"\.(csv|tsv)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tables();
}

internal enum FileKind
{
    /// <summary>One array: MRC, NIfTI, TIFF, NumPy.</summary>
    Array,

    /// <summary>HDF5, with arrays, and perhaps as NeXus has it.</summary>
    Hdf5,

    Table,
}
