namespace Hutch.Cli.Comparison;

/// <summary>One series of a trial beside another writer: a line of its report.</summary>
/// <param name="Time">When the comparison ended.</param>
/// <param name="Dataset">The dataset, <c>owner/slug</c>.</param>
/// <param name="File">The file of the other writer; null if the series does not say which.</param>
/// <param name="Comparison">What was found; null if they could not be compared.</param>
/// <param name="Problem">Why they could not be compared; null if they were.</param>
internal sealed record ShadowLine(DateTimeOffset Time, string Dataset, string? File, CompareLine? Comparison, string? Problem);
