namespace Hutch.Federation.Copies;

/// <summary>The current way to report to the zone, once it is known.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ZoneReportsHolder
{
    private volatile IZoneReports? _reports;

    public void Set(IZoneReports reports) => _reports = reports;

    /// <summary>Returns the way to report; a refusal until the zone was reached.</summary>
    public Result<IZoneReports> Find() =>
        _reports is { } reports ? Result<IZoneReports>.Ok(reports) : ErrorCode.Unavailable.With("The zone was not reached yet.");
}
