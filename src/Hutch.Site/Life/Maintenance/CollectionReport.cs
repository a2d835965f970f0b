namespace Hutch.Site.Life.Maintenance;

/// <param name="FreedBytes">Bytes of the removed segments, less the moved bytes.</param>
/// <param name="LeftSegments">
/// Segments whose rewrite failed: damaged ones, and those that a failing disk made unusable until the next start.
/// </param>
/// <param name="UncleanServers">Of a purge: the servers that have not reported yet that their own disks have nothing of it.</param>
public sealed record CollectionReport(
    int Segments, int Retired, long MovedBytes, long FreedBytes, int ForgottenBlobs, int LeftSegments = 0,
    IReadOnlyList<string>? UncleanServers = null);
