namespace Hutch.Datasets.Thumbnails;

/// <summary>A thumbnail, which may not be made yet.</summary>
/// <param name="IsOfFileOnly">True if its appearance depends on the file alone: a frame also has a header and a mask.</param>
/// <param name="Version">The hash of all its sources, in this dataset: the same hash, the same thumbnail.</param>
/// <param name="MakeAsync">Returns the bytes of a PNG or WebP file; null where none can be made.</param>
public sealed record Thumbnail(
    BlobHash File, bool IsOfFileOnly, BlobHash Version, Func<CancellationToken, Task<Result<byte[]?>>> MakeAsync);
