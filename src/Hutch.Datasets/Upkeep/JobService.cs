using System.Globalization;
using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Maintenance;
using Hutch.Site.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Upkeep;

/// <summary>Upkeep of the site, for operators.</summary>
public sealed class JobService(MaintenanceJobs jobs, SiteWarnings warnings)
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

    /// <summary>The kinds of jobs that can be started.</summary>
    public Result<IReadOnlyList<TaskDeclaration>> Kinds(Caller caller) => Authorizer.Authorize(caller, Operation.JobRead).Then(
        _ => Result<IReadOnlyList<TaskDeclaration>>.Ok([.. jobs.Tasks.Select(task => task.Declaration)]));

    /// <summary>Starts a job, for those whom its task names.</summary>
    public Result<MaintenanceJob> Start(Caller caller, string kind, IEnumerable<KeyValuePair<string, JsonElement>> parameters) =>
        Authorizer.Authorize(caller, Operation.JobRun)
            .Then(_ => jobs.Describe(kind))
            .Then(task => task.Starter == TaskStarter.Administrator
                ? Authorizer.Authorize(caller, Operation.SiteConfigure)
                : Result<Done>.Ok(Done.Value))
            .Then(_ => jobs.Start(kind, parameters));
}
