using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Reads all bytes again that the permanent datasets of a site name in heads, versions, git repositories and keys, and compares them with
/// their hashes. Bytes that a site need not store itself are left out: temporary ones, evicted ones, and files in a facility's folder.
/// </summary>
/// <remarks>For a site without writers, such as a restored backup. A blob that several datasets share is read for each.</remarks>
public sealed class StoredBytesCheck(SiteDatabase records, Tree tree, DatasetVerifier verifier)
{
    private const int DatasetsAtOnce = 100;
    private const int MaxProblems = 100;

    public async Task<StoredBytesReport> RunAsync(CancellationToken ct)
    {
        var report = new StoredBytesReport();
        long after = 0;
        while (await records.ReadConsistentAsync(queries => queries.DatasetsAfter(after, DatasetsAtOnce), ct) is { Count: > 0 } page)
        {
            foreach (SiteDataset dataset in page.Where(static one => one.Ended is null))
            {
                await CheckAsync(dataset, report, ct);
            }

            after = page[^1].Key;
        }

        return report;
    }

    private async Task CheckAsync(SiteDataset dataset, StoredBytesReport report, CancellationToken ct)
    {
        var named = new NamedBlobs();
        bool isStored = await records.ReadSnapshotAsync(
            async session =>
            {
                var queries = new SiteQueries(session);
                if (dataset.Eviction?.IsAway() == true || !queries.MustLast(dataset.Id))
                {
                    return false;
                }

                await DatasetTrees.VisitAsync(tree, queries, dataset, named, ct);
                return true;
            },
            ct);
        if (!isStored)
        {
            report.Elsewhere++;
            return;
        }

        report.Datasets++;
        foreach ((BlobHash hash, long size) in named.Sizes)
        {
            string? fault = await verifier.FindFaultAsync(dataset.Id, hash, size > 0 ? size : null, ct);
            report.Files++;
            report.Bytes += size;
            if (fault is not null && report.Problems.Count < MaxProblems)
            {
                report.Problems.Add($"{dataset.Slug} ({dataset.Id}): {fault}");
            }
        }
    }

    private sealed class NamedBlobs : ITreeVisitor
    {
        private readonly HashSet<BlobHash> _pages = [];

        /// <summary>The sizes of the blobs; 0 for an unknown one, too.</summary>
        public Dictionary<BlobHash, long> Sizes { get; } = [];

        public bool EnterPage(BlobHash page) => _pages.Add(page);

        public void VisitBlob(BlobHash blob, long size) => Sizes.TryAdd(blob, size);
    }
}
