namespace Hutch.Zone.Replication.Sites;

/// <summary>
/// The regions for which requests to sites are signed. A region is a host label, as clients check, and belongs to one site for good: the
/// signing keys that a former site has must open nothing.
/// </summary>
internal static class SiteRegions
{
    /// <summary>Names to which clients give a meaning of their own.</summary>
    private static readonly string[] Reserved = ["us-east-1", "aws-global"];

    /// <summary>
    /// Returns the name of a site, or, where that might have been a region, the name and the site's id. A restored zone may have forgotten
    /// sites, and so cannot know.
    /// </summary>
    public static string Choose(ZoneTables tables, string name, string siteId, string own) =>
        name == own || Reserved.Contains(name) || name.All(char.IsAsciiDigit) || tables.Restore.IsRestored() || tables.Sites.HasRegion(name)
            ? $"{name}-{siteId}"
            : name;

    /// <exception cref="HutchException">The zone's own region is one of a present or former site.</exception>
    public static async ValueTask RequireOwnAsync(ZoneDatabase zone, string own, CancellationToken ct)
    {
        if (zone.Joined is null && await zone.ReadAsync(tables => tables.Sites.HasRegion(own), ct))
        {
            throw ErrorCode.BadConfiguration.With(
                $"'s3.region' is {Display.Quote(own)}, which is or was the region of a site of this zone: choose another.").ToException();
        }
    }
}
