using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Reads all bytes again that the permanent datasets of a site name in heads, versions, git repositories and keys, and compares them with
/// their hashes. Bytes that a site need not store itself are left out: temporary ones, evicted ones, and files in a facility's folder.
/// </summary>
/// <remarks>For a site without writers, such as a restored backup. A blob that several datasets share is read for each.</remarks>
public sealed class StoredBytesCheck(SiteDatabase records, Tree tree, BlobStore blobs)
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
        foreach (BlobHash hash in named.Hashes)
        {
            (long bytes, string? problem) = await ReadAsync(dataset.Id, hash, ct);
            report.Files++;
            report.Bytes += bytes;
            if (problem is not null && report.Problems.Count < MaxProblems)
            {
                report.Problems.Add($"{dataset.Slug} ({dataset.Id}): {problem}");
            }
        }
    }

    private async Task<(long Bytes, string? Problem)> ReadAsync(DatasetId dataset, BlobHash hash, CancellationToken ct)
    {
        try
        {
            if (await blobs.FindAsync(dataset, hash, ct) is not { } content)
            {
                return (0, $"the bytes of {hash} are not stored");
            }

            BlobHash actual = await content.HashAsync(null, ct);
            return (content.Size, actual == hash ? null : $"the bytes stored as {hash} have the SHA-256 {actual}");
        }
        catch (HutchException e)
        {
            return (0, e.Message);
        }
    }

    private sealed class NamedBlobs : ITreeVisitor
    {
        private readonly HashSet<BlobHash> _pages = [];

        public HashSet<BlobHash> Hashes { get; } = [];

        public bool EnterPage(BlobHash page) => _pages.Add(page);

        public void VisitBlob(BlobHash blob, long size) => Hashes.Add(blob);
    }
}
