using Hutch.Model.Records;

namespace Hutch.Catalog.Site;

/// <summary>What a push has uploaded of a large blob.</summary>
/// <param name="Upload">The upload: the first part of the extents' names.</param>
/// <param name="Size">Announced size, bytes.</param>
/// <param name="Extents">In order and without gaps, from 0.</param>
public sealed record SessionUpload(Guid Upload, long Size, IReadOnlyList<Extent> Extents)
{
    /// <summary>How far it has come, bytes.</summary>
    public long Offset => Extents.Count == 0 ? 0 : Extents[^1].Offset + Extents[^1].Length;
}
