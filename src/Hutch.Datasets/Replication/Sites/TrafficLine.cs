namespace Hutch.Datasets.Replication.Sites;

/// <param name="SiteId">The other one; the id of the zone for the site at the zone.</param>
/// <param name="InPerSecond">Bytes a second received, over the last ten seconds.</param>
/// <param name="OutPerSecond">Bytes a second sent.</param>
/// <param name="InDay">Bytes received in the last day, or since its server was started.</param>
/// <param name="OutDay">Bytes sent.</param>
public sealed record TrafficLine(string SiteId, double InPerSecond, double OutPerSecond, long InDay, long OutDay);
