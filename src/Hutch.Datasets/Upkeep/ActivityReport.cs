using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <param name="Storage">The stored bytes.</param>
/// <param name="Transfers">The transfers, the oldest first.</param>
/// <param name="Jobs">Maintenance jobs that run, and the last that has ended, newest first.</param>
/// <param name="Names">The names of the datasets of transfers, those that the caller may see.</param>
/// <param name="Recent">The newest lines of the audit; null for a caller that may not read it.</param>
public sealed record ActivityReport(
    DateTimeOffset Time,
    SiteStorage Storage,
    IReadOnlyList<TransferLoad> Transfers,
    IReadOnlyList<ClassLoad> Classes,
    IReadOnlyList<MaintenanceJob> Jobs,
    IReadOnlyList<AuditRecord>? Recent,
    IReadOnlyDictionary<DatasetId, string> Names);
