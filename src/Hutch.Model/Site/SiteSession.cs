namespace Hutch.Model.Site;

/// <summary>A push that is going on.</summary>
/// <param name="Dataset">Into which dataset.</param>
/// <param name="Author">The owner.</param>
/// <param name="Base">The snapshot it started from; null for none.</param>
/// <param name="Started">Milliseconds since 1970.</param>
/// <param name="Expires">Milliseconds since 1970.</param>
public sealed record SiteSession(Guid Id, DatasetId Dataset, string Author, long? Base, long Started, long Expires)
{
    /// <summary>Whether it brings a copy from another site: of a dataset that this site may not have yet, and cannot change.</summary>
    public bool IsCopy { get; init; }
}
