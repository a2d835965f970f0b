using Hutch.Model.Analyses;

namespace Hutch.Analysis.Steps;

/// <summary>The analysis steps. Register a new one here.</summary>
public static class AnalysisSteps
{
    /// <summary>The steps, the default first.</summary>
    public static IReadOnlyList<IAnalysisStep> All { get; } =
    [
        new SpotFindingStep(),
        new IntensityStep(),
        new RadialStep(),
    ];

    /// <summary>The declarations of the steps.</summary>
    public static StepCatalog Catalog { get; } = new([.. All.Select(step => step.Declaration)]);
}
