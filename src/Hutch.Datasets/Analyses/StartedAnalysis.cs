using Hutch.Model.Analyses;

namespace Hutch.Datasets.Analyses;

/// <summary>An analysis whose run is durable: under way, or done.</summary>
/// <param name="Snapshot">The version that is analysed; null when the dataset is followed.</param>
public sealed record StartedAnalysis(Guid Run, StepDeclaration Step, NameRecord Output, long? Snapshot, long Frames)
{
    /// <summary>True if this request started it; false for an existing run of the same work.</summary>
    public required bool IsNew { get; init; }
}
