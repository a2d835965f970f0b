namespace Hutch.Catalog.Site;

/// <summary>The uploaded part of a large blob in a push session.</summary>
/// <param name="Upload">The upload: the first part of the extents' names.</param>
/// <param name="Size">The announced size, in bytes.</param>
/// <param name="Extents">The extents in order and without gaps, from 0.</param>
public sealed record SessionUpload(Guid Upload, long Size, IReadOnlyList<Extent> Extents)
{
    /// <summary>The number of uploaded bytes.</summary>
    public long Offset => Extents.Count == 0 ? 0 : Extents[^1].Offset + Extents[^1].Length;
}
