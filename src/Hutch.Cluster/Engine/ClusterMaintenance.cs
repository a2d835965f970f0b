using Hutch.Cluster.Backups;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;

namespace Hutch.Cluster.Engine;

/// <summary>The warnings and storage figures of this engine.</summary>
internal sealed class ClusterMaintenance(
    PostgresLog log, Membership membership, ObjectJobs objects, ServerMaintenance own, ObjectBackup backup, bool wentBack)
    : IEngineWarnings, IStoredFiles
{
    IStoredObjects? IStoredFiles.Objects => backup;

    (int Count, long Bytes) IStoredFiles.Stored => objects.Stored;

    DiskSpace IStoredFiles.Space => objects.Space;

    public Task<IReadOnlyList<StoredFile>> CaptureAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<StoredFile>>([]);

    public Task<IReadOnlyList<string>> VerifyAsync(StoredFile file, CancellationToken ct) => Task.FromResult<IReadOnlyList<string>>([]);

    public ValueTask<IReadOnlyList<SiteWarning>> ReadAsync(CancellationToken ct)
    {
        List<SiteWarning> warnings = [.. own.Unclean.Where(static folder => !folder.IsRunning).Select(Warn)];
        if (membership.ClockAhead is var ahead && ahead.Duration() > PostgresDatabase.MaxClockDifference)
        {
            string where = ahead > TimeSpan.Zero ? "ahead of" : "behind";
            warnings.Add(new SiteWarning(
                "clock-differs",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"This machine's clock is {ahead.Duration().TotalSeconds:0} s {where} PostgreSQL's."),
                "Keep both in sync with NTP: records get PostgreSQL's time, but tokens and embargoes expire by this machine's."));
        }

        if (log.Failure is { } failure)
        {
            warnings.Add(new SiteWarning("log-went-back", failure + ".", "Writes are refused until this server is started again."));
        }
        else if (wentBack)
        {
            warnings.Add(new SiteWarning(
                "log-went-back",
                "When this server started, PostgreSQL lacked what the server had already applied: it went back in time. "
                    + $"The view was made anew; the old one is kept as {RecordsFile.Name}{RecordsFile.WentBackSuffix}.",
                "Compare both before you delete the old one: it names what was acknowledged and is lost."));
        }

        return new(warnings);
    }

    /// <summary>Warns of a stopped server; a running one cleans its folder within seconds.</summary>
    private static SiteWarning Warn(UncleanFolder folder) => new(
        "purge-not-confirmed",
        $"The data folder of the server {folder.Name} ({folder.Server:N}), which does not run, may have something of what was purged.",
        "Start that server: it makes its folder anew before it serves. Or, if it is gone for good, delete its data folder and run "
            + $"`hutch servers --forget {folder.Server:N}`.");
}
