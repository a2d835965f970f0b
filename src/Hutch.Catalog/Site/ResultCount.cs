namespace Hutch.Catalog.Site;

/// <param name="Newest">The highest sequence number; 0 without any.</param>
public readonly record struct ResultCount(long Rows, long Failures, long Newest);
