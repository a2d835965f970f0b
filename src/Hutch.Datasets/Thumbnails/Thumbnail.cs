using Hutch.Model;

namespace Hutch.Datasets.Thumbnails;

/// <summary>A thumbnail, which may not be made yet.</summary>
/// <param name="File">The hash of the file that it shows.</param>
/// <param name="IsOfFileOnly">Whether the file alone says what it looks like: a frame has a header and a mask beside it.</param>
/// <param name="Version">Of all that it is made from, in this dataset: the same hash, the same thumbnail.</param>
/// <param name="MakeAsync">Gives the bytes of a PNG or WebP file; null where none can be made.</param>
public sealed record Thumbnail(
    BlobHash File, bool IsOfFileOnly, BlobHash Version, Func<CancellationToken, Task<Result<byte[]?>>> MakeAsync);
