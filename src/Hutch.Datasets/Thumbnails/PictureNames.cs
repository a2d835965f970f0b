using System.Collections.Frozen;
using Hutch.Model;

namespace Hutch.Datasets.Thumbnails;

/// <summary>Which files may have a picture, by their names. The portal has the same list: web/src/thumbnails/names.ts.</summary>
public static class PictureNames
{
    private static readonly FrozenSet<string> Images =
        new[] { ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Arrays =
        new[] { ".tif", ".tiff", ".npy", ".mrc", ".mrcs", ".map", ".rec", ".h5", ".hdf5", ".nxs" }
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file may be a picture, or hold one.</summary>
    public static bool MayHave(DatasetPath path) => IsFrame(path) || IsImage(path) || IsArray(path);

    /// <summary>Whether it may be a frame of a series, of any channel.</summary>
    public static bool IsFrame(DatasetPath path) => FrameName.TryParse(path.Name, out _);

    /// <summary>Whether it may be an image of a camera or the web.</summary>
    public static bool IsImage(DatasetPath path) => Images.Contains(Path.GetExtension(path.Value));

    private static bool IsArray(DatasetPath path) => Arrays.Contains(Path.GetExtension(path.Value));
}
