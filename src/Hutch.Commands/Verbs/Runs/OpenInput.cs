using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>Explains to users why a run with one part for each file waits while its input is open.</summary>
internal static class OpenInput
{
    /// <summary>Says for what a run waits; null if its input is closed, or if it has no parts of files.</summary>
    internal static async Task<string?> FindWaitAsync(CliContext context, RunInfo run, CancellationToken ct)
    {
        if (run is not { Parts: not null, Attempt: not null, Inputs: [var input, ..], State: "queued" or "running" })
        {
            return null;
        }

        try
        {
            DatasetInfo dataset = await context.Server.GetDatasetAsync(input.Dataset, ct);
            return dataset.State == DatasetStates.Open
                ? $"it waits for further files until {dataset.Name} is closed: `hutch close {dataset.Name}`"
                : null;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Forbidden)
        {
            return null; // the input of another person
        }
    }
}
