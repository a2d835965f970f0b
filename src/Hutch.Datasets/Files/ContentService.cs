using Hutch.Model.Contents;

namespace Hutch.Datasets.Files;

/// <summary>The contents of files, for callers with the right to read them.</summary>
public sealed class ContentService(EntryService entries, IContentReader? reader)
{
    /// <summary>Asks a question about a file of a version.</summary>
    public async Task<Result<IContentAnswer>> ReadAsync(
        Caller caller, DatasetId id, SnapshotRef? at, ContentRequest request, CancellationToken ct)
    {
        Result<DatasetPath> path = DatasetPath.Parse(request.File);
        Result<OpenedEntry> opened = path.IsOk ? await entries.OpenAsync(caller, id, path.Value, at, ct) : path.Error;
        return !opened.IsOk ? opened.Error
            : reader is null ? ErrorCode.Unprocessable.With("This server does not look into files. Download the file.")
            : await reader.ReadAsync(id, (entry, token) => entries.OpenAsync(caller, id, entry, at, token), request, ct);
    }

    /// <summary>Reads a key of a version's Zarr view: the path of a file, then a question about the file.</summary>
    /// <remarks>A path is a file or a directory, never both, so that only one part of the key can be the file.</remarks>
    public async Task<Result<IContentAnswer>> ReadZarrAsync(Caller caller, DatasetId id, SnapshotRef? at, string key, CancellationToken ct)
    {
        HutchError missing = ErrorCode.NotFound.With($"{Display.Quote(key)} names no file of the dataset and what is asked of it.");
        for (int end = key.IndexOf('/', StringComparison.Ordinal); end > 0; end = key.IndexOf('/', end + 1))
        {
            Result<DatasetPath> path = DatasetPath.Parse(key[..end]);
            Result<OpenedEntry> opened = path.IsOk ? await entries.OpenAsync(caller, id, path.Value, at, ct) : path.Error;
            if (opened.IsOk)
            {
                return await ReadAsync(
                    caller, id, at, new ContentRequest { Question = ContentQuery.Zarr, File = key[..end], Path = key[end..] }, ct);
            }

            missing = opened.Error;
            if (missing.Code != ErrorCode.NotFound)
            {
                break;
            }
        }

        return missing;
    }
}
