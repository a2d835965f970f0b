namespace Hutch.Datasets.Analyses;

/// <summary>The combined state of the runs that write a dataset's results.</summary>
/// <param name="State">State of the run that needs attention most; null for no run.</param>
/// <param name="Message">The reason for a failure.</param>
/// <param name="Frames">Frames that have a row.</param>
/// <param name="Failures">Frames that failed.</param>
/// <param name="Skipped">Frames of ended runs that were skipped, because they came faster than they were analysed.</param>
public sealed record RunsOutcome(string? State, string? Message, long Frames, long Failures, long Skipped);
