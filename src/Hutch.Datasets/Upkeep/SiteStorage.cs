namespace Hutch.Datasets.Upkeep;

/// <param name="Bytes">Bytes on the disk.</param>
/// <param name="Free">Bytes that are free on the disk.</param>
/// <param name="History">By day and owner.</param>
public sealed record SiteStorage(
    long Bytes, int Segments, long Free, IReadOnlyList<QuotaStatus> Owners, IReadOnlyList<DayUsage> History);
