using Hutch.Model;
using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

/// <summary>A blob that is kept as extents.</summary>
/// <param name="Hash">SHA-256 of all its bytes.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Upload">The upload that wrote the extents: the first part of their names.</param>
/// <param name="Extents">In order and without gaps.</param>
/// <param name="Expires">When the extents end by themselves, milliseconds since 1970; null when they last.</param>
public sealed record LargeBlob(BlobHash Hash, long Size, Guid Upload, IReadOnlyList<Extent> Extents, long? Expires);
