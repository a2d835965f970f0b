namespace Hutch.Catalog.Site;

/// <summary>The number of result rows.</summary>
/// <param name="Rows">The number of all rows.</param>
/// <param name="Failures">The number of rows with an error.</param>
/// <param name="Newest">The highest sequence number; 0 without any.</param>
public readonly record struct ResultCount(long Rows, long Failures, long Newest);
