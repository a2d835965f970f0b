using System.Globalization;

namespace Hutch.Formats.Zarr;

/// <summary>What is asked of a store of Zarr.</summary>
/// <param name="Path">The group or array, with a slash before it.</param>
/// <param name="Name">The last part of the key: a document, or a chunk.</param>
internal readonly record struct ZarrKey(string Path, string Name)
{
    public const string Group = ".zgroup";
    public const string Array = ".zarray";
    public const string Attributes = ".zattrs";

    /// <summary>All documents of a group and of what is in it.</summary>
    public const string Metadata = ".zmetadata";

    /// <summary>Takes a key apart.</summary>
    public static ZarrKey Parse(string key)
    {
        string rooted = "/" + key.Trim('/');
        int slash = rooted.LastIndexOf('/');
        return new ZarrKey(slash == 0 ? "/" : rooted[..slash], rooted[(slash + 1)..]);
    }

    /// <summary>Which chunk of an array is asked for; null for what is none of it.</summary>
    public long[]? Chunk(ZarrLayout layout)
    {
        int rank = layout.Shape.Count;
        string[] parts = Name.Split('.');
        if (parts.Length != Math.Max(rank, 1))
        {
            return null;
        }

        long[] index = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            long chunks = rank == 0 ? 1 : (layout.Shape[i] / layout.Chunks[i]) + (layout.Shape[i] % layout.Chunks[i] == 0 ? 0 : 1);
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out index[i]) || index[i] >= chunks)
            {
                return null;
            }
        }

        return rank == 0 ? [] : index;
    }
}
