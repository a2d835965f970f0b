using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>Marks the pages and blobs of trees, each once, and remembers the live large blobs.</summary>
internal sealed class LiveBlobMarker(ISweep sweep) : ITreeVisitor
{
    private readonly HashSet<BlobHash> _pages = [];
    private readonly HashSet<BlobHash> _manifestPages = [];

    public required SiteQueries Queries { get; set; }

    public HashSet<BlobHash> LargeBlobs { get; } = [];

    /// <summary>True if only the pages of a tree are live, as the manifest of a dataset whose bytes have ended.</summary>
    public bool ManifestOnly { get; set; }

    public bool EnterPage(BlobHash page)
    {
        sweep.Mark(MemberKey.Blob(page));
        return (ManifestOnly ? _manifestPages : _pages).Add(page);
    }

    public void VisitBlob(BlobHash blob, long size)
    {
        if (ManifestOnly)
        {
            return;
        }

        // A small blob is a member of its own; if it is not, it must have come as extents.
        if (size > BlobOptions.MaxSmallBytes || !sweep.Mark(MemberKey.Blob(blob)))
        {
            VisitLarge(blob);
        }
    }

    /// <summary>Marks a blob whose size is not known.</summary>
    public void VisitBlob(BlobHash blob)
    {
        sweep.Mark(MemberKey.Blob(blob));
        VisitLarge(blob);
    }

    private void VisitLarge(BlobHash blob)
    {
        if (LargeBlobs.Contains(blob) || Queries.LargeBlob(blob) is not { } large)
        {
            return;
        }

        LargeBlobs.Add(blob);
        foreach (MemberKey extent in ExtentKeys.From(large))
        {
            sweep.Mark(extent);
        }
    }
}
