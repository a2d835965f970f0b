namespace Hutch.Model.Zone;

/// <summary>Where a dataset is at home: the one site that orders its writes.</summary>
/// <param name="SiteId">The site; the site beside the zone has the id of the zone.</param>
/// <param name="Epoch">Counts the homes that the dataset has had, from 1. At most one site accepts writes in an epoch.</param>
public sealed record HomeRecord(string SiteId, long Epoch)
{
    /// <summary>No dataset has moved as often: a higher epoch is a lie, which would leave no room for a true one.</summary>
    public const long MaxEpoch = 1L << 40;
}
