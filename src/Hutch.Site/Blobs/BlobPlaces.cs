using Hutch.Catalog.Site;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Site.Blobs;

/// <summary>Which page of an evicted dataset names a blob: a hash by itself gets nothing from another site.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class BlobPlaces(SiteDatabase records, PageStore pages)
{
    private const int MaxPlaces = 100_000;

    private readonly LruCache<(DatasetId, BlobHash), HeldPlace> _places = new(MaxPlaces, long.MaxValue, static _ => 0);

    /// <summary>A page of the evicted versions that names a blob; null when none does.</summary>
    public async ValueTask<HeldPlace?> FindAsync(SiteDataset dataset, BlobHash blob, CancellationToken ct)
    {
        if (_places.TryFind((dataset.Id, blob), out HeldPlace? known))
        {
            return known;
        }

        var open = new Stack<BlobHash>(await RootsAsync(dataset, ct));
        var seen = new HashSet<BlobHash>();
        HeldPlace? found = null;
        while (found is null && open.TryPop(out BlobHash next))
        {
            if (!seen.Add(next) || !PageContents.Read(await pages.ReadPageAsync(next, ct)).TryGet(out PageContents? page, out _))
            {
                continue;
            }

            foreach (NamedBlob named in page.Blobs)
            {
                var place = new HeldPlace(next, named);
                found = named.Hash == blob ? place : found;
                _places.Keep((dataset.Id, named.Hash), place);
            }

            foreach (TreeRoot below in page.Below)
            {
                open.Push(below.Page);
            }
        }

        return found;
    }

    private ValueTask<List<BlobHash>> RootsAsync(SiteDataset dataset, CancellationToken ct) => records.ReadConsistentAsync<List<BlobHash>>(
        queries =>
        [
            .. dataset.Eviction!.Versions.Select(number => queries.Snapshot(dataset.Key, number)).OfType<SiteSnapshot>()
                .Select(static version => version.Root.Page),
        ],
        ct);
}

/// <param name="Page">The page.</param>
/// <param name="Blob">What it names.</param>
internal sealed record HeldPlace(BlobHash Page, NamedBlob Blob);
