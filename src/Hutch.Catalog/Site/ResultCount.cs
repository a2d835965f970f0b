namespace Hutch.Catalog.Site;

/// <summary>How many results there are.</summary>
/// <param name="Rows">All of them.</param>
/// <param name="Failures">Those that say an error.</param>
/// <param name="Newest">The highest sequence number; 0 when there is none.</param>
public readonly record struct ResultCount(long Rows, long Failures, long Newest);
