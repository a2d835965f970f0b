namespace Hutch.Datasets.Analyses;

/// <summary>How the runs that write a dataset's results stand, as one.</summary>
/// <param name="State">State of the one that most wants attention; null when there is none.</param>
/// <param name="Message">Why one failed.</param>
/// <param name="Frames">Frames that have a row.</param>
/// <param name="Failures">Frames that failed.</param>
/// <param name="Skipped">Frames that were skipped, because they came faster than they were analysed; of runs that are over.</param>
public sealed record RunsOutcome(string? State, string? Message, long Frames, long Failures, long Skipped);
