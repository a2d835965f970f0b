using Hutch.Analysis.Steps;

namespace Hutch.Analysis.Foreign;

/// <summary>Steps whose programs are other processes.</summary>
public static class ForeignSteps
{
    /// <summary>The frames of one program at one time: one is decoded while the program has the other.</summary>
    public const int FramesPerProgram = StepPrograms.FramesPerProgram;

    /// <summary>Starts a program once, for its declaration; waits for that. The error says what is wrong with it.</summary>
    /// <param name="hash">Returns the SHA-256 of a file; null for a path that is no file.</param>
    public static Result<IAnalysisStep> Open(StepCommand command, Func<string, Result<string?>> hash, TimeProvider time)
    {
        return ForeignStep.Open(command, hash, time).Then(step => Result<IAnalysisStep>.Ok(step));
    }
}
