namespace Hutch.Datasets.Analyses;

/// <param name="State">State of the run that needs attention most; null for no run.</param>
/// <param name="Skipped">Frames of ended runs that were skipped, because they came faster than they were analysed.</param>
public sealed record RunsOutcome(string? State, string? Message, long Frames, long Failures, long Skipped);
