namespace Hutch.Catalog.Search;

/// <summary>The progress of the index through its sources.</summary>
/// <param name="Site">The last event of the site.</param>
/// <param name="Zone">The last line of the zone's audit.</param>
/// <param name="Filled">During the first fill: when the last dataset got its name, milliseconds; null when that is done.</param>
/// <param name="Types">The fingerprint of the types by which attributes were read.</param>
/// <param name="Feed">At the zone: the last number of its feed; otherwise 0.</param>
public sealed record SearchState(long Site, long Zone, long? Filled, string Types, long Feed);
