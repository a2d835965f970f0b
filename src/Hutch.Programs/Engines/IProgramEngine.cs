namespace Hutch.Programs.Engines;

/// <summary>
/// Executes attempts of runs on machines that it manages. The record of a run decides what counts, never an engine: an engine may be slow,
/// lose an attempt, or report an end that was none.
/// </summary>
/// <remarks>For one caller at a time, whose submissions may overlap.</remarks>
public interface IProgramEngine : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Returns the reason why nothing can be executed at the moment; null if the engine is ready.</summary>
    ValueTask<string?> FindProblemAsync(CancellationToken ct);

    /// <summary>False until nodes can reach the server.</summary>
    bool IsListening => true;

    /// <summary>The limits of programs that this engine does not hold; known after <see cref="FindProblemAsync"/>.</summary>
    IReadOnlyList<string> MissingLimits => [];

    /// <summary>Returns true if an attempt can be handed over now, in addition to those that the engine has.</summary>
    bool Takes(TaskLimits limits);

    /// <summary>Hands over an attempt. The same attempt again changes nothing.</summary>
    ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct);

    /// <summary>
    /// Returns the states of attempts. An attempt that is missing in the answer is unknown, which never means that it has ended.
    /// </summary>
    ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct);

    /// <summary>Ends attempts that are no longer wanted, if the engine has them.</summary>
    ValueTask CancelAsync(IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct);
}

/// <param name="Token">The token of the attempt. It must not get into arguments, scripts or records of the engine.</param>
/// <param name="Program">The name of the program, for people who look at the engine.</param>
public sealed record AttemptOrder(AttemptKey Attempt, TaskLimits Limits, string Token, string Program)
{
    /// <summary>Further arguments for the command that hands it over, of the program's document.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The names; never the secret.</summary>
    public override string ToString() => $"{Program} {Attempt}";
}

/// <param name="Words">The engine's own words for an end, such as an exit code; null for none.</param>
public readonly record struct EngineState(EnginePhase Phase, string? Words = null)
{
    /// <summary>True for an end with the server, which is no fault of the program.</summary>
    public bool EndedWithServer { get; init; }
}

public enum EnginePhase
{
    /// <summary>The engine has it and has not started it.</summary>
    Waiting,

    Running,

    /// <summary>The engine is certain that none of its processes is left.</summary>
    Ended,
}
