namespace Hutch.Catalog.Search;

/// <summary>How far the index has followed what it is made from.</summary>
/// <param name="Site">The last event of the site.</param>
/// <param name="Zone">The last line of the zone's audit.</param>
/// <param name="Filled">While it is filled for the first time: the key of the last dataset; null when that is done.</param>
/// <param name="Types">The fingerprint of the types by which attributes were read.</param>
public sealed record SearchState(long Site, long Zone, long? Filled, string Types);
