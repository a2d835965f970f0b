namespace Hutch.Analysis.Steps;

/// <summary>A step that cannot process any frame of its run any more: the run fails with the reason.</summary>
public sealed class StepFailedException(HutchError error) : Exception(error.Message)
{
    public HutchError Error { get; } = error;
}
