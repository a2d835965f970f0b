namespace Hutch.Model.Zone;

/// <summary>Where a dataset is at home: the one site that orders its writes.</summary>
/// <param name="SiteId">The site; the site beside the zone has the id of the zone.</param>
/// <param name="Epoch">Counts the homes that the dataset has had, from 1. At most one site accepts writes in an epoch.</param>
public sealed record HomeRecord(string SiteId, long Epoch);
