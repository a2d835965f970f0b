namespace Hutch.Model.Annex;

/// <summary>A key that is stored uncompressed in the archive of a dataset in a RIA store.</summary>
/// <param name="Offset">The place of its bytes in the archive.</param>
/// <param name="Key">The text of the key.</param>
public readonly record struct ArchivedKey(long Offset, string Key)
{
    private const string Start = RiaLayout.ArchiveFile + "/";

    /// <summary>The path of the key in records, below the dataset's folder in the store.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"{Start}{Offset}/{Key}");

    /// <summary>Returns the key of a path; null for the path of a file.</summary>
    public static ArchivedKey? Read(string path)
    {
        if (!path.StartsWith(Start, StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = path[Start.Length..].Split('/');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? new ArchivedKey(offset, parts[1])
            : null;
    }
}
