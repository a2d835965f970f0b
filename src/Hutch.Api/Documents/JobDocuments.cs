using Hutch.Model.Maintenance;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Api.Documents;

internal static class JobDocuments
{
    public static JobInfo From(MaintenanceJob job) => new()
    {
        Id = job.Id.ToString("N"),
        Kind = job.Kind,
        State = job.State,
        Started = job.Started,
        Finished = job.Finished,
        Progress = job.Progress,
        Message = job.Message,
        Result = job.Report,
        Server = job.Server,
    };

    public static Page<JobInfo> From(IReadOnlyList<MaintenanceJob> jobs) => new() { Items = [.. jobs.Select(From)] };

    public static Page<TaskDeclaration> From(IReadOnlyList<TaskDeclaration> kinds) => new() { Items = kinds };

    /// <summary>Reads the parameters of a job; the shorthands of a backup count as parameters.</summary>
    public static IEnumerable<KeyValuePair<string, JsonElement>> ReadParameters(StartJob wanted)
    {
        List<KeyValuePair<string, JsonElement>> parameters = wanted.Parameters is { } named ? [.. named] : [];
        if (wanted.Folder is { } folder)
        {
            parameters.Add(new("folder", JsonSerializer.SerializeToElement(folder, HutchJson.Default.String)));
        }

        if (wanted.WithKeys is { } withKeys)
        {
            parameters.Add(new("withKeys", JsonSerializer.SerializeToElement(withKeys, HutchJson.Default.Boolean)));
        }

        if (wanted.Keep is { } keep)
        {
            parameters.Add(new("keep", JsonSerializer.SerializeToElement(keep, HutchJson.Default.Int32)));
        }

        return parameters;
    }

    public static Page<WarningInfo> From(IReadOnlyList<SiteWarning> warnings) => new()
    {
        Items = [.. warnings.Select(one => new WarningInfo { Kind = one.Kind, Message = one.Message, Advice = one.Advice })],
    };
}
