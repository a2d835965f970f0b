using System.Globalization;
using Hutch.Datasets.Backups;
using Hutch.Model;
using Hutch.Site.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>Upkeep of the site, for operators.</summary>
public sealed class JobService(MaintenanceJobs jobs, SiteWarnings warnings, BackupSchedule? backups)
{
    /// <summary>What an operator should see to.</summary>
    public async Task<Result<IReadOnlyList<SiteWarning>>> WarningsAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        return allowed.IsOk ? Result<IReadOnlyList<SiteWarning>>.Ok(await warnings.ReadAsync(ct)) : allowed.Error;
    }

    /// <summary>The jobs since the start, newest first.</summary>
    public Result<IReadOnlyList<MaintenanceJob>> List(Caller caller) =>
        Authorizer.Authorize(caller, Operation.JobRead).Then(_ => Result<IReadOnlyList<MaintenanceJob>>.Ok(jobs.All));

    public Result<MaintenanceJob> Get(Caller caller, string id) => Authorizer.Authorize(caller, Operation.JobRead).Then<MaintenanceJob>(
        _ => Guid.TryParse(id, CultureInfo.InvariantCulture, out Guid known) && jobs.Find(known) is { } job
            ? job
            : ErrorCode.NotFound.With($"There is no job {Display.Quote(id)}; jobs are forgotten when the server restarts."));

    /// <summary>Starts a job: <c>gc</c>, <c>scrub</c> or <c>checkpoint</c>.</summary>
    public Result<MaintenanceJob> Start(Caller caller, string kind) =>
        Authorizer.Authorize(caller, Operation.JobRun).Then(_ => jobs.Start(kind));

    /// <summary>Starts a backup: for those who configure the site, as it writes where they say.</summary>
    public Result<MaintenanceJob> StartBackup(Caller caller, BackupRequest wanted) =>
        Authorizer.Authorize(caller, Operation.SiteConfigure).Then(_ => Backup(wanted));

    private Result<MaintenanceJob> Backup(BackupRequest wanted)
    {
        if (backups is null)
        {
            return ErrorCode.Unavailable.With("This server makes no backups.");
        }

        return Path.IsPathFullyQualified(wanted.Folder)
            ? backups.Start(wanted)
            : ErrorCode.BadRequest.With("'folder' is missing: give an absolute path on the server.");
    }
}
