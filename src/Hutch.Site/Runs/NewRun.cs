using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Lifecycle;

namespace Hutch.Site.Runs;

/// <summary>What is said of a run when it begins.</summary>
public sealed record NewRun
{
    /// <summary>Its id: chosen by the caller, so that a retry starts nothing twice.</summary>
    public required Guid Id { get; init; }

    public required RunDescription Description { get; init; }

    /// <summary>What it reads, each at a snapshot; without one while it is followed.</summary>
    public IReadOnlyList<VersionReference> Inputs { get; init; } = [];

    /// <summary>A dataset that is made for its results, together with the run or not at all; null for none.</summary>
    public NewDataset? Output { get; init; }

    /// <summary>Datasets that are there already and that it writes to.</summary>
    public IReadOnlyList<DatasetId> Outputs { get; init; } = [];
}
