using System.Globalization;
using System.Text.Json;
using Hutch.Datasets.Authorization;
using Hutch.Datasets.Maintenance;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Datasets.Doors;

/// <summary>Upkeep of the site, for operators.</summary>
public sealed class JobDoor(MaintenanceJobs jobs)
{
    /// <summary>The jobs since the start, newest first.</summary>
    public Result<Page<JobInfo>> List(Caller caller) =>
        Authorizer.Authorize(caller, Operation.JobRead).Then<Page<JobInfo>>(_ => new Page<JobInfo> { Items = [.. jobs.All.Select(ToInfo)] });

    /// <summary>One job.</summary>
    public Result<JobInfo> Get(Caller caller, string id) => Authorizer.Authorize(caller, Operation.JobRead).Then<JobInfo>(
        _ => Guid.TryParse(id, CultureInfo.InvariantCulture, out Guid known) && jobs.Find(known) is { } job
            ? ToInfo(job)
            : ErrorCode.NotFound.With($"There is no job {Display.Quote(id)}; jobs are forgotten when the server starts again."));

    /// <summary>Starts a job: <c>gc</c>, <c>scrub</c> or <c>checkpoint</c>.</summary>
    public Result<JobInfo> Start(Caller caller, string kind) =>
        Authorizer.Authorize(caller, Operation.JobRun).Then(_ => jobs.Start(kind)).Then<JobInfo>(job => ToInfo(job));

    private static JobInfo ToInfo(MaintenanceJob job) => new()
    {
        Id = job.Id.ToString("N"),
        Kind = job.Kind,
        State = job.State,
        Started = job.Started,
        Finished = job.Finished,
        Progress = job.Progress,
        Result = job.Result is { } text ? Text(text) : null,
    };

    private static JsonElement Text(string text)
    {
        using JsonDocument document = JsonDocument.Parse("\"" + JsonEncodedText.Encode(text) + "\"");
        return document.RootElement.Clone();
    }
}
