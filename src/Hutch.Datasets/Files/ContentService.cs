using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Files;

/// <summary>What is inside files, for callers who may read them.</summary>
public sealed class ContentService(EntryService entries, IContentReader? reader)
{
    /// <summary>Asks a question about a file of a version.</summary>
    public async Task<Result<IContentAnswer>> AskAsync(
        Caller caller, DatasetId id, SnapshotRef? at, ContentRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        Result<DatasetPath> path = DatasetPath.Parse(request.File);
        Result<OpenedEntry> opened = path.IsOk ? await entries.OpenAsync(caller, id, path.Value, at, ct) : path.Error;
        return !opened.IsOk ? opened.Error
            : reader is null ? ErrorCode.Unprocessable.With("This server does not look into files. Download the file.")
            : await reader.AskAsync(id, (entry, token) => entries.OpenAsync(caller, id, entry, at, token), request, ct);
    }
}
