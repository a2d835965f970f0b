namespace Hutch.Model.Site;

/// <param name="Started">The start, in milliseconds since 1970.</param>
/// <param name="Expires">The end of its lease, in milliseconds since 1970.</param>
public sealed record SiteSession(Guid Id, DatasetId Dataset, string Author, long? Base, long Started, long Expires)
{
    /// <summary>True if it transfers a copy from another site. This site may not have that dataset yet, and cannot change it.</summary>
    public bool IsCopy { get; init; }
}
