namespace Hutch.Zone.Replication.Placement;

/// <summary>The facts about sites that placement needs in addition to the zone's records.</summary>
/// <param name="AwaySince">Returns the time of a site's last message; null while it is connected.</param>
public sealed record SiteFacts(string OwnName, long OwnFreeBytes, Func<SiteRecord, DateTimeOffset?> AwaySince)
{
    /// <summary>Bytes that count as promised in addition to those of requested copies, by the id of the site.</summary>
    public IReadOnlyDictionary<string, long>? AlsoPromised { get; init; }
}
