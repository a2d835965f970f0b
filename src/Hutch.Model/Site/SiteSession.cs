namespace Hutch.Model.Site;

/// <summary>An active push session.</summary>
/// <param name="Dataset">The target.</param>
/// <param name="Base">The snapshot on which it is based; null for none.</param>
/// <param name="Started">The start, in milliseconds since 1970.</param>
/// <param name="Expires">The end of its lease, in milliseconds since 1970.</param>
public sealed record SiteSession(Guid Id, DatasetId Dataset, string Author, long? Base, long Started, long Expires)
{
    /// <summary>True if it transfers a copy from another site. This site may not have that dataset yet, and cannot change it.</summary>
    public bool IsCopy { get; init; }
}
