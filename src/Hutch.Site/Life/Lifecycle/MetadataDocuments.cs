using System.Text.Json;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>The user's metadata document of a dataset: kept unchanged, each version permanently.</summary>
public sealed class MetadataDocuments(Committer committer, SiteDatabase records)
{
    public ValueTask<SiteMetadata?> FindAsync(SiteDataset dataset, CancellationToken ct) =>
        records.ReadAsync(queries => queries.Metadata(dataset.Key), ct);

    /// <summary>Returns documents, newest first, with versions below <paramref name="before"/>.</summary>
    public ValueTask<IReadOnlyList<SiteMetadata>> HistoryAsync(SiteDataset dataset, long before, int limit, CancellationToken ct) =>
        records.ReadAsync(queries => queries.MetadataHistory(dataset.Key, before, limit), ct);

    /// <param name="id">The dataset; the description of a closed one stays editable, as only its bytes are frozen.</param>
    /// <param name="document">Any JSON object.</param>
    /// <param name="expected">The version that it replaces (0: none yet); null not to check.</param>
    public Task<Result<long>> SetAsync(
        DatasetId id, JsonElement document, long? expected, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequirePresent).Then<long>(dataset =>
        {
            long current = context.Queries.Metadata(dataset.Key)?.Version ?? 0;
            if (expected is long wanted && wanted != current)
            {
                return ErrorCode.PreconditionFailed.With(
                    $"The metadata is at version {current}, not {wanted}: another user changed it. "
                    + "Read it again, then retry.",
                    "current",
                    current.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            context.Emit(new JournalRecord.MetadataSet(id, current + 1, document, by));
            return current + 1;
        }),
        [],
        ct);
}
