using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Folders;

/// <summary>The in-place files of this site's datasets that are not hashed yet, for sites that read them through.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class UnhashedFiles(SiteDatabase records, BlobStore blobs)
{
    /// <summary>Returns some of the files, in byte order of their paths.</summary>
    /// <param name="after">The path after which the list begins; null for the first.</param>
    public ValueTask<Result<UnhashedPage>> ListAsync(DatasetId id, DatasetPath? after, int limit, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => OwnDataset(queries, id).Then<UnhashedPage>(own => List(queries, own, after, limit)), ct);

    /// <summary>Returns the bytes of a version of a file; refused if another is present. A version hashed since then is the same.</summary>
    /// <param name="version">The name of the version while it is not hashed.</param>
    public async ValueTask<Result<BlobContent>> FindAsync(DatasetId id, DatasetPath path, BlobHash version, CancellationToken ct)
    {
        Result<FolderFile?> found = await records.ReadConsistentAsync(
            queries => OwnDataset(queries, id).Then<FolderFile?>(own => queries.FolderFile(own.Key, path)), ct);
        return !found.IsOk ? found.Error
            : found.Value is { IsAway: false } file && NameOf(file) == version ? blobs.From(file)
            : ErrorCode.Unavailable.With($"{Display.Quote(path.Value)} was changed or removed at the facility. Read it again in a moment.");
    }

    private static BlobHash NameOf(FolderFile file) => FolderChange.File(file.Path, file.Stamp).NameIn(file.Dataset);

    private static UnhashedPage List(SiteQueries queries, SiteDataset own, DatasetPath? after, int limit)
    {
        FolderFile[] waiting =
        [
            .. queries.FolderFilesToHash((own.Key, after?.Value ?? ""), limit).TakeWhile(file => file.Key == own.Key),
        ];
        var files = new List<UnhashedFile>(waiting.Length);
        foreach (FolderFile file in waiting)
        {
            if (queries.Overlay(own.Key, file.Path)?.Entry is { IsPending: true } entry && entry.Hash == file.Name)
            {
                files.Add(new UnhashedFile(file.Path, file.Stamp, entry.Executable, entry.ContentType));
            }
        }

        return new UnhashedPage(files, waiting.Length == limit ? waiting[^1].Path : null);
    }

    private static Result<SiteDataset> OwnDataset(SiteQueries queries, DatasetId id) =>
        queries.Dataset(id) is not { } dataset ? ErrorCode.NotFound.With($"There is no dataset {id} at this site.")
        : dataset.Copy is not null ? ErrorCode.Unavailable.With("This site is not the home of the dataset, or not yet.")
        : DatasetState.RequirePresent(dataset);
}

/// <param name="Next">The path after which the next page begins; null for the last page.</param>
public sealed record UnhashedPage(IReadOnlyList<UnhashedFile> Files, DatasetPath? Next);
