using Hutch.Model;

namespace Hutch.Site.Write.Blobs;

/// <summary>What the records name and the store does not have: who knows a dataset's versions can tell whether that is damage.</summary>
internal interface IRecordsDoubt
{
    /// <summary>Notes what was not found, also for the next start.</summary>
    void Note(DatasetId dataset, BlobHash hash);

    /// <summary>Whether a dataset whose bytes last names a blob now.</summary>
    Task<bool> IsNamedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct);
}
