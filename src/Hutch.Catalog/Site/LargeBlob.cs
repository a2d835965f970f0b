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

/// <summary>A push that is going on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Dataset">Into which dataset.</param>
/// <param name="Author">Whose it is.</param>
/// <param name="Base">The snapshot it started from; null for none.</param>
/// <param name="Started">Milliseconds since 1970.</param>
/// <param name="Expires">Milliseconds since 1970.</param>
public sealed record SiteSession(Guid Id, DatasetId Dataset, string Author, long? Base, long Started, long Expires);

/// <summary>What a push has uploaded of a large blob.</summary>
/// <param name="Upload">The upload: the first part of the extents' names.</param>
/// <param name="Size">Announced size, bytes.</param>
/// <param name="Extents">In order and without gaps, from 0.</param>
public sealed record SessionUpload(Guid Upload, long Size, IReadOnlyList<Extent> Extents)
{
    /// <summary>How far it has come, bytes.</summary>
    public long Offset => Extents.Count == 0 ? 0 : Extents[^1].Offset + Extents[^1].Length;
}
