using System.Text.Json.Nodes;
using Hutch.Formats.NxMx;

namespace Hutch.Datasets.Files;

/// <summary>
/// Sets the type, title and metadata of a dataset from the header of a series that an S3 client stores, where users have not set others.
/// At the other doors <c>hutch ingest</c> does so itself: with a key of S3 it has no access to them.
/// </summary>
internal sealed class HeaderMetadata(HeadReader heads, BlobStore blobs, MetadataDocuments documents, DatasetLifecycle lifecycle)
{
    /// <summary>The number of attempts to merge the metadata when others change them at the same time.</summary>
    private const int Attempts = 5;

    private static readonly DatasetPath Path = DatasetPath.Parse(FrameHeader.EntryPath).Value;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Returns true if a file that the caller stores sets the metadata.</summary>
    public static bool IsSetBy(Caller caller, DatasetPath path) =>
        path == Path && caller.Token is { } token && (token.S3Generation is not null || token.Scope.Opens.Count > 0);

    /// <summary>Reads the stored header; null where there is none.</summary>
    public async Task<SeriesMetadata?> FindAsync(DatasetId id, CancellationToken ct)
    {
        if (!(await heads.ResolveAsync(id, null, ct)).TryGet(out TreeView? head, out _)
            || await heads.FindAsync(head, Path, ct) is not { Kind: EntryKind.File, Size: <= FrameHeader.MaxBytes } entry
            || await blobs.FindWholeAsync(entry.Hash, ct) is not { } content)
        {
            return null;
        }

        return SeriesMetadata.TryRead(await content.ReadAllAsync(FrameHeader.MaxBytes, ct));
    }

    /// <summary>Sets what the stored header says. A series does not depend on it: a refusal changes nothing.</summary>
    /// <param name="before">The metadata of the header that it replaces; null if there was none.</param>
    public async Task SetAsync(Caller caller, DatasetId id, SeriesMetadata? before, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } series)
        {
            return;
        }

        bool mustRetry = true;
        for (int attempt = 0; mustRetry && attempt < Attempts; attempt++)
        {
            mustRetry = (await MergeAsync(caller, id, series, before, ct)).Error?.Code == ErrorCode.PreconditionFailed;
        }

        if ((await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out _))
        {
            string? type = series.TypeInsteadOf(dataset.Type, before);
            string? title = series.TitleInsteadOf(dataset.Title, before);
            if (type is not null || title is not null)
            {
                await lifecycle.DescribeAsync(id, null, null, title, type, caller.Name, ct);
            }
        }
    }

    private async Task<Result<long>> MergeAsync(
        Caller caller, DatasetId id, SeriesMetadata series, SeriesMetadata? before, CancellationToken ct)
    {
        if (!(await heads.DatasetAsync(id, ct)).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        SiteMetadata? known = await documents.FindAsync(dataset, ct);
        JsonObject document;
        try
        {
            document = JsonNode.Parse(known?.Document ?? "{}", documentOptions: Strict)!.AsObject();
        }
        catch (JsonException)
        {
            return ErrorCode.Unprocessable.With("The metadata of the dataset have a field twice, and stay as they are.");
        }

        return series.MergeInto(document, before, []) == 0
            ? known?.Version ?? 0
            : await documents.SetAsync(id, JsonSerializer.SerializeToElement<JsonNode>(document), known?.Version ?? 0, caller.Name, ct);
    }
}
