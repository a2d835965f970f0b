namespace Hutch.Federation.Summaries;

/// <summary>Reports a home's summaries to the zone, over the network or in the same process.</summary>
internal interface ISummaryReports
{
    /// <param name="batch">At most <see cref="Wire.SiteProtocol.MaxSummaries"/>.</param>
    /// <returns>The datasets whose summaries were not accepted.</returns>
    Task<Result<IReadOnlyList<DatasetId>>> ReportAsync(IReadOnlyList<DatasetSummary> batch, CancellationToken ct);
}
