namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Chooses the file whose picture represents a dataset. It is an image at the top that is called thumbnail, preview or cover, or else the
/// first frame of a series. Otherwise it is the first file at the top that may have a picture, images before arrays.
/// </summary>
/// <param name="list">Lists entries of the version in question, for a caller with that right.</param>
internal sealed class DatasetPicture(Func<ListQuery, CancellationToken, Task<Result<Listing>>> list)
{
    /// <summary>So many names at the top are looked at.</summary>
    private const int MaxNames = 1000;

    private static readonly string[] Chosen = ["thumbnail", "preview", "cover"];

    /// <summary>The path of the file; null where none may have a picture.</summary>
    public async Task<Result<DatasetPath?>> ChooseAsync(CancellationToken ct)
    {
        Result<Listing> listing = await list(new ListQuery { Delimited = true, Limit = MaxNames }, ct);
        if (!listing.IsOk)
        {
            return listing.Error;
        }

        DatasetPath[] files =
        [
            .. listing.Value.Items
                .Where(static item => item.Entry is { Kind: EntryKind.File })
                .Select(static item => DatasetPath.Parse(item.Path).Value)
                .Where(PictureNames.MayHave),
        ];
        return Result<DatasetPath?>.Ok(files.Length == 0 ? null : files.MinBy(Rank));
    }

    private static int Rank(DatasetPath path) =>
        PictureNames.IsImage(path) ? Array.Exists(Chosen, name => IsCalled(path, name)) ? 0 : 2
        : PictureNames.IsFrame(path) ? 1
        : 3;

    private static bool IsCalled(DatasetPath path, string name) =>
        Path.GetFileNameWithoutExtension(path.Value).Equals(name, StringComparison.OrdinalIgnoreCase);
}
