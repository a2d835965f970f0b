using Hutch.Model;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// Where pages and blobs come from that the records name and the store does not have: another site. What it gives has been compared with
/// its hash. For which dataset and which reader is in <see cref="Platform.Fairness.Work.Reading"/>.
/// </summary>
public interface IBlobOrigin
{
    /// <summary>A page of a tree.</summary>
    /// <exception cref="HutchException">It cannot be had, or what came is not it.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash page, CancellationToken ct);

    /// <summary>A blob that a page of the dataset names; null when none does.</summary>
    /// <exception cref="HutchException">It cannot be had.</exception>
    ValueTask<IForeignBlob?> FindAsync(BlobHash blob, CancellationToken ct);

    /// <summary>A file that its home has not hashed yet. Nothing can be compared with what comes: nobody keeps it.</summary>
    IForeignBlob FindUnhashed(DatasetPath path, Entry entry);
}
