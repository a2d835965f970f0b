using System.Globalization;
using Hutch.Datasets.Backups;
using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Site.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>Upkeep of the site, for operators.</summary>
public sealed class JobService(MaintenanceJobs jobs, SiteWarnings warnings, BackupSchedule? backups)
{
    /// <summary>What an operator should see to.</summary>
    public async Task<Result<Page<WarningInfo>>> WarningsAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        return allowed.IsOk
            ? new Page<WarningInfo>
            {
                Items = [.. (await warnings.ReadAsync(ct)).Select(
                    warning => new WarningInfo { Kind = warning.Kind, Message = warning.Message, Advice = warning.Advice })],
            }
            : allowed.Error;
    }

    /// <summary>The jobs since the start, newest first.</summary>
    public Result<Page<JobInfo>> List(Caller caller) =>
        Authorizer.Authorize(caller, Operation.JobRead).Then<Page<JobInfo>>(
            _ => new Page<JobInfo> { Items = [.. jobs.All.Select(ToInfo)] });

    public Result<JobInfo> Get(Caller caller, string id) => Authorizer.Authorize(caller, Operation.JobRead).Then<JobInfo>(
        _ => Guid.TryParse(id, CultureInfo.InvariantCulture, out Guid known) && jobs.Find(known) is { } job
            ? ToInfo(job)
            : ErrorCode.NotFound.With($"There is no job {Display.Quote(id)}; jobs are forgotten when the server restarts."));

    /// <summary>
    /// Starts a job: <c>gc</c>, <c>scrub</c> or <c>checkpoint</c>; <c>backup</c> for those who configure the site, as it writes where they
    /// say.
    /// </summary>
    public Result<JobInfo> Start(Caller caller, StartJob wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return (wanted.Kind == "backup"
            ? Authorizer.Authorize(caller, Operation.SiteConfigure).Then(_ => Backup(wanted))
            : Authorizer.Authorize(caller, Operation.JobRun).Then(_ => jobs.Start(wanted.Kind))).Then<JobInfo>(job => ToInfo(job));
    }

    private Result<MaintenanceJob> Backup(StartJob wanted)
    {
        if (backups is null)
        {
            return ErrorCode.Unavailable.With("This server makes no backups.");
        }

        return wanted.Folder is { } folder && Path.IsPathFullyQualified(folder)
            ? backups.Start(new BackupRequest(folder, wanted.WithKeys ?? false, wanted.Keep))
            : ErrorCode.BadRequest.With("'folder' is missing: give an absolute path on the server.");
    }

    private static JobInfo ToInfo(MaintenanceJob job) => new()
    {
        Id = job.Id.ToString("N"),
        Kind = job.Kind,
        State = job.State,
        Started = job.Started,
        Finished = job.Finished,
        Progress = job.Progress,
        Message = job.Message,
        Result = job.Report,
    };
}
