using Hutch.Model.Contracts;
using Hutch.Site.Maintenance;

namespace Hutch.Api.Documents;

/// <summary>Jobs and warnings as the REST interface writes them.</summary>
internal static class JobDocuments
{
    /// <summary>Writes a job.</summary>
    public static JobInfo Of(MaintenanceJob job) => new()
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

    /// <summary>Writes jobs.</summary>
    public static Page<JobInfo> Of(IReadOnlyList<MaintenanceJob> jobs) => new() { Items = [.. jobs.Select(Of)] };

    /// <summary>Writes what an operator should see to.</summary>
    public static Page<WarningInfo> Of(IReadOnlyList<SiteWarning> warnings) => new()
    {
        Items = [.. warnings.Select(one => new WarningInfo { Kind = one.Kind, Message = one.Message, Advice = one.Advice })],
    };
}
