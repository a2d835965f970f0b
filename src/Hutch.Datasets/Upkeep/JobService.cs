using Hutch.Model.Maintenance;

namespace Hutch.Datasets.Upkeep;

public sealed class JobService(MaintenanceJobs jobs, SiteWarnings warnings)
{
    public async Task<Result<IReadOnlyList<SiteWarning>>> WarningsAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.SiteRead);
        return allowed.IsOk ? Result<IReadOnlyList<SiteWarning>>.Ok(await warnings.ReadAsync(ct)) : allowed.Error;
    }

    /// <summary>The jobs of all servers, newest first: those that run, and the last that have ended.</summary>
    public async Task<Result<IReadOnlyList<MaintenanceJob>>> ListAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.JobRead);
        return allowed.IsOk ? await jobs.ListAsync(ct) : allowed.Error;
    }

    public async Task<Result<MaintenanceJob>> GetAsync(Caller caller, string id, CancellationToken ct) =>
        (await ListAsync(caller, ct)).Then<MaintenanceJob>(
            all => Guid.TryParse(id, CultureInfo.InvariantCulture, out Guid known) && all.FirstOrDefault(job => job.Id == known) is { } job
                ? job
                : ErrorCode.NotFound.With(
                    $"There is no job {Display.Quote(id)}; old jobs are forgotten, and all of them when a site's only server restarts."));

    public Result<IReadOnlyList<TaskDeclaration>> Kinds(Caller caller) => Authorizer.Authorize(caller, Operation.JobRead).Then(
        _ => Result<IReadOnlyList<TaskDeclaration>>.Ok([.. jobs.Tasks.Select(task => task.Declaration)]));

    public async Task<Result<MaintenanceJob>> StartAsync(
        Caller caller, string kind, IEnumerable<KeyValuePair<string, JsonElement>> parameters, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.JobRun)
            .Then(_ => jobs.Describe(kind))
            .Then(task => task.Starter == TaskStarter.Administrator
                ? Authorizer.Authorize(caller, Operation.SiteConfigure)
                : Result<Done>.Ok(Done.Value));
        return allowed.IsOk ? await jobs.StartAsync(kind, parameters, ct) : allowed.Error;
    }
}
