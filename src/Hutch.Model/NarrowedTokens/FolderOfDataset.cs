namespace Hutch.Model.NarrowedTokens;

/// <summary>A folder of a dataset, with everything below it. The folder need not exist.</summary>
public readonly record struct FolderOfDataset(DatasetId Dataset, DatasetPath Path)
{
    /// <summary>Parses <c>UUID/PATH</c>. A path with control characters is refused, since a restriction is one line.</summary>
    public static Result<FolderOfDataset> Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !DatasetId.TryParse(text[..slash], out DatasetId dataset))
        {
            return ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a folder of a dataset: use UUID/PATH.");
        }

        return DatasetPath.Parse(text[(slash + 1)..]).Then<FolderOfDataset>(path => path.Value.Any(char.IsControl)
            ? ErrorCode.InvalidPath.With($"The folder {Display.Quote(path.Value)} has a control character, and no key can name it.")
            : new FolderOfDataset(dataset, path));
    }

    /// <summary>Returns true for the folder itself and for all below it.</summary>
    public bool Holds(DatasetPath path) => path == Path || path.IsUnder(Path);

    /// <summary>Returns the deeper of two folders if it is in the other one; null if they have nothing in common.</summary>
    public FolderOfDataset? Intersect(FolderOfDataset other)
    {
        if (Dataset != other.Dataset)
        {
            return null;
        }

        return Holds(other.Path) ? other
            : other.Holds(Path) ? this
            : null;
    }

    public override string ToString() => $"{Dataset}/{Path}";
}
