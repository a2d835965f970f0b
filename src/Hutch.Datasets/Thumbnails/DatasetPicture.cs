namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Chooses the file whose picture represents a dataset. It is an image at the top that is called thumbnail, preview or cover, or else the
/// first frame of a series. Otherwise it is the first file at the top that may have a picture, images before arrays. Where the top has
/// none, the folders in it are looked into in the same way, and then the folders in those.
/// </summary>
/// <param name="list">Lists entries of the version in question, for a caller with that right.</param>
internal sealed class DatasetPicture(Func<ListQuery, CancellationToken, Task<Result<Listing>>> list)
{
    /// <summary>So many names of a folder are looked at.</summary>
    private const int MaxNames = 1000;

    /// <summary>So many folders are looked into, without the top.</summary>
    private const int MaxFolders = 20;

    /// <summary>The number of folder levels that are searched below the top.</summary>
    private const int MaxDepth = 2;

    private static readonly string[] Chosen = ["thumbnail", "preview", "cover"];

    /// <summary>The path of the file; null where none may have a picture.</summary>
    public async Task<Result<DatasetPath?>> ChooseAsync(CancellationToken ct)
    {
        var folders = new Queue<(string Prefix, int Depth)>([("", 0)]);
        for (int count = 0; count <= MaxFolders && folders.TryDequeue(out (string Prefix, int Depth) folder); count++)
        {
            Result<Listing> listing = await list(
                new ListQuery { Prefix = folder.Prefix, Delimited = true, Limit = MaxNames }, ct);
            if (!listing.IsOk)
            {
                return listing.Error;
            }

            if (Best(listing.Value) is { } path)
            {
                return path;
            }

            foreach (ListItem item in listing.Value.Items.Where(item => item.Entry is null && folder.Depth < MaxDepth))
            {
                // Such as .git and .datalad, which are about the data.
                if (item.Path[folder.Prefix.Length] != '.')
                {
                    folders.Enqueue((item.Path, folder.Depth + 1));
                }
            }
        }

        return Result<DatasetPath?>.Ok(null);
    }

    private static DatasetPath? Best(Listing listing)
    {
        DatasetPath[] files =
        [
            .. listing.Items
                .Where(static item => item.Entry is { Kind: EntryKind.File })
                .Select(static item => DatasetPath.Parse(item.Path).Value)
                .Where(PictureNames.MayHave),
        ];
        return files.Length == 0 ? null : files.MinBy(Rank);
    }

    private static int Rank(DatasetPath path)
    {
        if (PictureNames.IsImage(path))
        {
            return Array.Exists(Chosen, name => IsCalled(path, name)) ? 0 : 2;
        }

        return PictureNames.IsFrame(path) ? 1 : 3;
    }

    private static bool IsCalled(DatasetPath path, string name) =>
        Path.GetFileNameWithoutExtension(path.Value).Equals(name, StringComparison.OrdinalIgnoreCase);
}
