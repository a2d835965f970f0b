using Hutch.Formats.Zarr;
using Hutch.Model;

namespace Hutch.Formats.Thumbnails;

/// <summary>The thumbnail of a file with arrays: of the first that looks like a picture.</summary>
internal static class FileThumbnail
{
    /// <summary>So many groups and arrays are looked at.</summary>
    private const int MaxNodes = 500;

    /// <summary>The most bytes of a chunk, which is unpacked as a whole.</summary>
    private const int MaxChunkBytes = 256 << 20;

    /// <summary>Draws it.</summary>
    /// <exception cref="HutchException">There is no picture in it.</exception>
    public static byte[] Draw(IZarrTree tree)
    {
        foreach (string path in tree.Below("/").Take(MaxNodes).Prepend("/"))
        {
            using ZarrNode? node = tree.Find(path);
            if (node?.Array is { } array && ArrayThumbnail.IsPicture(array.Layout))
            {
                return ArrayThumbnail.Draw(array, MaxChunkBytes);
            }
        }

        throw ErrorCode.Unprocessable.With("There is no picture in this file.").ToException();
    }
}
