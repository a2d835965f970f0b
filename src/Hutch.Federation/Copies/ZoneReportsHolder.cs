using Hutch.Model;

namespace Hutch.Federation.Copies;

/// <summary>Where this site tells the zone something, once it is known how.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ZoneReportsHolder
{
    private volatile IZoneReports? _reports;

    /// <summary>Says how the zone is told.</summary>
    public void Set(IZoneReports reports) => _reports = reports;

    /// <summary>How the zone is told; a refusal until it was reached.</summary>
    public Result<IZoneReports> Find() =>
        _reports is { } reports ? Result<IZoneReports>.Ok(reports) : ErrorCode.Unavailable.With("The zone was not reached yet.");
}
