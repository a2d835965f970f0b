using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;

namespace Hutch.Commands.Jobs;

/// <summary>Puts the files of a dataset into a folder, for a program that reads them.</summary>
internal static class Staging
{
    /// <summary>Stages a version. A refusal when there are patterns and they match nothing: a job would run on nothing.</summary>
    internal static async Task<CloneOutcome> RunAsync(
        CliContext context, DatasetInfo dataset, string? at, string folder, IReadOnlyCollection<string> include, CancellationToken ct)
    {
        var options = new CloneOptions { IsPlain = true, Include = include };
        CloneOutcome outcome = await new CloneEngine(context.Server, context.Progress, context.Host.Time).RunAsync(
            dataset, at, folder, options, ct);
        context.Progress.Dispose();
        return outcome.Entries > 0 || include.Count == 0 ? outcome : throw ErrorCode.NotFound.With(
            $"Nothing in {dataset.Name}{(outcome.Snapshot is { } number ? $"@{number}" : "")} matches "
            + $"{string.Join(" or ", include.Select(Display.Quote))}.").ToException();
    }
}
