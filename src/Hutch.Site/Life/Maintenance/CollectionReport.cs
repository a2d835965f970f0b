namespace Hutch.Site.Life.Maintenance;

/// <summary>What came of a collection.</summary>
/// <param name="Segments">Segments looked at.</param>
/// <param name="Retired">Segments removed.</param>
/// <param name="MovedBytes">Bytes of living members that were moved.</param>
/// <param name="FreedBytes">Bytes that the removed segments took, less what was moved.</param>
/// <param name="ForgottenBlobs">Large blobs that nothing named.</param>
/// <param name="LeftSegments">
/// Segments that had to be rewritten and could not be: damaged ones, and such as a failing disk made unusable until the next start.
/// </param>
/// <param name="UncleanServers">
/// Of a purge: the servers that have not said yet that nothing of it is on their own disks.
/// </param>
public sealed record CollectionReport(
    int Segments, int Retired, long MovedBytes, long FreedBytes, int ForgottenBlobs, int LeftSegments = 0,
    IReadOnlyList<string>? UncleanServers = null);
