using Hutch.Model.Zone;

namespace Hutch.Model.Placement;

/// <param name="Bytes">The size of a copy in bytes.</param>
/// <param name="Copies">The copies that other sites have, or were asked to make.</param>
public sealed record PlacedDataset(long Bytes, string HomeSiteId, IReadOnlyList<CopyRecord> Copies)
{
    /// <summary>True if the home has evicted its bytes, which no site has and a program computes again: nothing can be copied.</summary>
    public bool IsReproducedOnly { get; init; }

    /// <summary>True if another site holds its copy for the home, which may have evicted its own bytes.</summary>
    public bool HasHold => Copies.Any(static copy => copy.HeldAt is not null);

    /// <summary>The copy that a site has or was asked to make; null for none, and for a released copy.</summary>
    public CopyRecord? CopyAt(string siteId) => Copies.FirstOrDefault(copy => copy.SiteId == siteId && copy.ReleasedAt is null);
}
