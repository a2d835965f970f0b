using Hutch.Formats.Zarr;

namespace Hutch.Formats.Thumbnails;

/// <summary>The thumbnail of a file with arrays: of the first that looks like a picture.</summary>
internal static class FileThumbnail
{
    /// <summary>So many groups and arrays are looked at.</summary>
    private const int MaxNodes = 500;

    /// <summary>The most bytes of a chunk, which is unpacked as a whole.</summary>
    private const int MaxChunkBytes = 256 << 20;

    /// <exception cref="HutchException">There is no picture in it.</exception>
    public static byte[] Draw(IZarrTree tree)
    {
        var paths = new Stack<(string Path, bool IsLookedInto)>([("/", true)]);
        for (int count = 0; count < MaxNodes && paths.TryPop(out (string Path, bool IsLookedInto) next); count++)
        {
            using ZarrNode? node = tree.Find(next.Path);
            if (node?.Array is { } array && ArrayThumbnail.IsPicture(array.Layout))
            {
                return ArrayThumbnail.Draw(array, MaxChunkBytes);
            }

            foreach ((string, bool) member in node is { Array: null } && next.IsLookedInto ? tree.In(next.Path).Reverse() : [])
            {
                paths.Push(member);
            }
        }

        throw ErrorCode.Unprocessable.With("There is no picture in this file.").ToException();
    }
}
