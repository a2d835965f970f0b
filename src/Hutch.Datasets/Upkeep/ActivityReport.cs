using Hutch.Model.Zone;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Datasets.Upkeep;

/// <param name="Time">When it was looked at.</param>
/// <param name="Storage">What is stored.</param>
/// <param name="Transfers">What moves bytes, the oldest first.</param>
/// <param name="Classes">Work by class.</param>
/// <param name="Jobs">Upkeep that runs, and the last that has ended, newest first.</param>
/// <param name="Recent">The newest lines of the audit; null for who may not read it.</param>
public sealed record ActivityReport(
    DateTimeOffset Time,
    SiteStorage Storage,
    IReadOnlyList<TransferLoad> Transfers,
    IReadOnlyList<ClassLoad> Classes,
    IReadOnlyList<MaintenanceJob> Jobs,
    IReadOnlyList<AuditRecord>? Recent);
