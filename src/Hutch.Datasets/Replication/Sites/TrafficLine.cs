namespace Hutch.Datasets.Replication.Sites;

/// <summary>What a site exchanged with another one, as it says.</summary>
/// <param name="SiteId">The other one; the id of the zone for the site beside it.</param>
/// <param name="InPerSecond">Bytes a second that came, over the last ten seconds.</param>
/// <param name="OutPerSecond">Bytes a second that went.</param>
/// <param name="InDay">Bytes that came in the last day, or since its server was started.</param>
/// <param name="OutDay">Bytes that went.</param>
public sealed record TrafficLine(string SiteId, double InPerSecond, double OutPerSecond, long InDay, long OutDay);
