namespace Hutch.Formats.Zarr;

/// <param name="Path">The group or array, with a slash before it.</param>
/// <param name="Name">The last part of the key: a document, or a chunk.</param>
/// <param name="Part">The part of the array that is an array of its own; null for all of it.</param>
internal readonly record struct ZarrKey(string Path, string Name, string? Part)
{
    private const string PartOf = ".part";

    public const string Group = ".zgroup";
    public const string Array = ".zarray";
    public const string Attributes = ".zattrs";

    public const string Metadata = ".zmetadata";

    public static ZarrKey Parse(string key)
    {
        string[] names = key.Trim('/').Split('/');
        string? part = names.Length > 2 && names[^3] == PartOf ? names[^2] : null;
        string path = string.Join('/', names.SkipLast(part is null ? 1 : 3));
        return new ZarrKey("/" + path, names[^1], part);
    }

    /// <summary>Returns true for the first chunk of an array without values: it has none, and a reader of all values asks for it.</summary>
    public bool IsOfNoValues(ZarrLayout layout) =>
        layout.Shape.Contains(0) && Name == string.Join('.', Enumerable.Repeat("0", layout.Shape.Count));

    /// <summary>Returns the requested chunk of an array; null if the array has no such chunk.</summary>
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
