namespace Hutch.Federation.Copies;

/// <summary>Reports nothing: bytes that a home brings back are not a copy.</summary>
internal sealed class NoZoneReports : IZoneReports
{
    private static Task<Result<Done>> Nothing => Task.FromResult<Result<Done>>(Done.Value);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct) => Nothing;

    public Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => Nothing;

    public Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) => Nothing;

    public Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => Nothing;

    public Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => Nothing;

    public Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) =>
        Task.FromResult<Result<ReturnedName>>(ErrorCode.Conflict.With("A home has lost nothing to itself."));
}
