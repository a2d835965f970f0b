using Hutch.Model.Zone;

namespace Hutch.Model.Placement;

/// <summary>A dataset as placement sees it.</summary>
/// <param name="Bytes">Bytes of a copy.</param>
/// <param name="HomeSiteId">The site that orders its writes, which has all of it.</param>
/// <param name="Copies">The copies that other sites have, or were asked to have.</param>
public sealed record PlacedDataset(long Bytes, string HomeSiteId, IReadOnlyList<CopyRecord> Copies)
{
    /// <summary>Whether a site holds its copy for the home, which may have given up its own bytes.</summary>
    public bool IsHeld => Copies.Any(static copy => copy.HeldAt is not null);

    /// <summary>The copy that a site has, or is to have; null for none, or one that it need not have any more.</summary>
    public CopyRecord? CopyAt(string siteId) => Copies.FirstOrDefault(copy => copy.SiteId == siteId && copy.ReleasedAt is null);
}
