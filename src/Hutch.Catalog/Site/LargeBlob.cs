namespace Hutch.Catalog.Site;

/// <param name="Hash">The SHA-256 of all its bytes.</param>
/// <param name="Size">The number of its bytes.</param>
/// <param name="Upload">The upload that wrote the extents: the first part of their names.</param>
/// <param name="Extents">The extents in order and without gaps.</param>
/// <param name="Expires">The time at which the extents expire, in milliseconds since 1970; null for never.</param>
public sealed record LargeBlob(BlobHash Hash, long Size, Guid Upload, IReadOnlyList<Extent> Extents, long? Expires);
