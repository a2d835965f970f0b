namespace Hutch.Site.Write.Blobs;

/// <summary>
/// The source of pages and blobs that the records name and the store does not have: another site. Its bytes have been compared with their
/// hash. <see cref="Platform.Fairness.ActiveRequest.Reading"/> has the dataset and the reader.
/// </summary>
public interface IBlobOrigin
{
    /// <exception cref="HutchException">It is not available, or the received bytes are different.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadPageAsync(BlobHash page, CancellationToken ct);

    /// <summary>Returns a blob that a page of the dataset names; null for none.</summary>
    /// <exception cref="HutchException">It is not available.</exception>
    ValueTask<IExternalBlob?> FindAsync(BlobHash blob, CancellationToken ct);

    /// <summary>Returns a file that its home has not hashed yet. Its bytes cannot be verified, so they are never stored.</summary>
    IExternalBlob FindUnhashed(DatasetPath path, Entry entry);
}
