using Hutch.Model;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Blobs that the records name and the store does not have. Only a check of the dataset's versions shows if that is damage.
/// </summary>
internal interface IRecordsDoubt
{
    /// <summary>Notes a missing blob, also for the next start.</summary>
    void Note(DatasetId dataset, BlobHash hash);

    /// <summary>Returns true if a dataset whose bytes last names a blob now.</summary>
    Task<bool> IsNamedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct);
}
