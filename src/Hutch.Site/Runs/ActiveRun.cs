using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;

namespace Hutch.Site.Runs;

/// <summary>A run that a worker carries out: from one input to one dataset that keeps the results.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">Program, parameters, who started it.</param>
/// <param name="Input">What it reads, at a snapshot; without one while it is followed.</param>
/// <param name="Output">The dataset that keeps its results.</param>
public sealed record ActiveRun(Guid Id, RunDescription Description, VersionReference Input, DatasetId Output)
{
    /// <summary>The run, or null when it is over or is not of this kind.</summary>
    internal static ActiveRun? From(SiteRun run) => run is { Finished: null, Inputs: [var input], Outputs: [var output] }
        ? new ActiveRun(run.Id, run.Description, input, output)
        : null;
}
