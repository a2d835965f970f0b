namespace Hutch.Analysis.Steps;

public static class AnalysisSteps
{
    /// <summary>The steps, the default first.</summary>
    public static IReadOnlyList<IAnalysisStep> All { get; } =
    [
        new SpotFindingStep(),
        new IntensityStep(),
        new RadialStep(),
    ];

    public static StepCatalog Catalog { get; } = new([.. All.Select(step => step.Declaration)]);
}
