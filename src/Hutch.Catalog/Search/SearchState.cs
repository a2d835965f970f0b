namespace Hutch.Catalog.Search;

/// <summary>The progress of the index through its sources.</summary>
/// <param name="Site">The last event of the site.</param>
/// <param name="Zone">The last line of the zone's audit.</param>
/// <param name="Filled">During the first fill: the key of the last dataset; null when that is done.</param>
/// <param name="Types">The fingerprint of the types by which attributes were read.</param>
public sealed record SearchState(long Site, long Zone, long? Filled, string Types);
