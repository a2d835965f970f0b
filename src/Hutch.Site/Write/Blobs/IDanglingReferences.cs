namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Blobs that the records name and the store does not have. Only a check of the dataset's versions shows if that is damage.
/// </summary>
public interface IDanglingReferences
{
    /// <summary>Notes a missing blob, also for the next start.</summary>
    void Report(DatasetId dataset, BlobHash hash);

    /// <summary>Returns true if a dataset whose bytes last names a blob now.</summary>
    Task<bool> IsNamedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct);
}

/// <summary>
/// The doubt that a store of blobs begins with, bound once to what follows the records. That walks trees, whose pages are blobs of the same
/// store: neither can be made first.
/// </summary>
internal sealed class LateDanglingReferences : IDanglingReferences
{
    private IDanglingReferences? _bound;

    private IDanglingReferences Bound => _bound ?? throw new InvalidOperationException("Nothing follows the records yet.");

    public void Bind(IDanglingReferences danglingReferences) => _bound = danglingReferences;

    public void Report(DatasetId dataset, BlobHash hash) => Bound.Report(dataset, hash);

    public Task<bool> IsNamedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct) => Bound.IsNamedAsync(dataset, hash, ct);
}
