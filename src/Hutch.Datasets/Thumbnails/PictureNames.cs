namespace Hutch.Datasets.Thumbnails;

/// <summary>Recognizes files that may have a picture by name. The portal has the same list (names.ts); a test compares both.</summary>
public static class PictureNames
{
    private static readonly string[] Images = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"];

    private static readonly string[] Arrays =
    [
        ".tif", ".tiff", ".gtif", ".btf", ".npy", ".mrc", ".mrcs", ".map", ".ccp4", ".rec", ".ali", ".preali", ".st",
        ".h5", ".hdf5", ".nxs", ".nii", ".nii.gz", ".edf", ".img", ".sfrm", ".gfrm", ".mar2300", ".mar3450",
    ];

    /// <summary>The endings of such names, except those of frames.</summary>
    public static IReadOnlyList<string> Endings => [.. Images, .. Arrays];

    /// <summary>Returns true if a file may be a picture, or contain one.</summary>
    public static bool MayHave(DatasetPath path) => IsFrame(path) || IsImage(path) || IsArray(path);

    /// <summary>Returns true if it may be a frame of a series, of any channel.</summary>
    public static bool IsFrame(DatasetPath path) => FrameName.TryParse(path.Name, out _);

    /// <summary>Returns true if it may be an image of a camera or the web.</summary>
    public static bool IsImage(DatasetPath path) => Ends(path, Images);

    private static bool IsArray(DatasetPath path) => Ends(path, Arrays);

    private static bool Ends(DatasetPath path, string[] endings) =>
        Array.Exists(endings, ending => path.Value.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
