using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>What placement has to know of sites beside what the zone knows.</summary>
/// <param name="OwnName">What the site beside the zone is called.</param>
/// <param name="OwnFreeBytes">What is free there.</param>
/// <param name="AwaySince">Since when a site has not been heard; null while it is connected.</param>
public sealed record SiteFacts(string OwnName, long OwnFreeBytes, Func<SiteRecord, DateTimeOffset?> AwaySince)
{
    /// <summary>Bytes that are to be counted as promised beside those of copies that were asked for, by the id of the site.</summary>
    public IReadOnlyDictionary<string, long>? AlsoPromised { get; init; }
}
