namespace Hutch.Datasets.Versions;

/// <summary>
/// The blobs that the versions of a dataset name which stay, so that asking for one costs the same however many versions there are: each is
/// looked at once. Thread-safe.
/// </summary>
internal sealed class NamedBlobs(HeadReader heads, Snapshots snapshots)
{
    private const int PageSize = 1000;
    private const int MaxDatasets = 1000;
    private const int MaxBlobs = 2_000_000;
    private const long MaxBytes = 256 << 20;
    private const int BytesEach = 48;

    private readonly LruCache<DatasetId, Known> _known = new(MaxDatasets, MaxBytes, static known => known.Blobs.Count * BytesEach);

    /// <summary>Returns true if a version names a blob; null when the dataset has too many to remember.</summary>
    public async ValueTask<bool?> HasAsync(SiteDataset dataset, BlobHash hash, CancellationToken ct)
    {
        Known known = _known.TryFind(dataset.Id, out Known? found) ? found : new Known(0, TreeRoot.Empty, []);
        if (known.Blobs.Contains(hash))
        {
            return true;
        }

        if (known.Through < dataset.LastNumber)
        {
            if (await ExtendAsync(dataset, known, ct) is not { } extended)
            {
                return null;
            }

            _known.Set(dataset.Id, extended);
            known = extended;
        }

        return known.Blobs.Contains(hash);
    }

    /// <summary>Adds what the versions name that were made since; null when that is too much.</summary>
    private async ValueTask<Known?> ExtendAsync(SiteDataset dataset, Known known, CancellationToken ct)
    {
        var since = new List<SiteSnapshot>();
        IReadOnlyList<SiteSnapshot> page;
        do
        {
            page = await snapshots.ListAsync(dataset, since.Count > 0 ? since[^1].Number : long.MaxValue, PageSize, ct);
            since.AddRange(page.Where(snapshot => snapshot.Number > known.Through));
        }
        while (page.Count == PageSize && page[^1].Number > known.Through);

        var blobs = new HashSet<BlobHash>(known.Blobs);
        TreeRoot before = known.Root;
        foreach (SiteSnapshot snapshot in
            since.AsEnumerable().Reverse().Where(static snapshot => snapshot.Reason != SnapshotReason.Automatic))
        {
            await foreach (TreeDifference difference in heads.DiffAsync(before, snapshot.Root, ct))
            {
                if (difference.After is { Kind: EntryKind.File } file && blobs.Add(file.Hash) && blobs.Count > MaxBlobs)
                {
                    return null;
                }
            }

            before = snapshot.Root;
        }

        return new Known(dataset.LastNumber, before, blobs);
    }

    /// <param name="Through">The number of the last snapshot that was read.</param>
    /// <param name="Root">The last permanent version among them.</param>
    private sealed record Known(long Through, TreeRoot Root, HashSet<BlobHash> Blobs);
}
