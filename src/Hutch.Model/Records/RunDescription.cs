using Hutch.Model.Analyses;

namespace Hutch.Model.Records;

/// <param name="Command">The command line without secrets; null for none.</param>
/// <param name="Environment">The machine, runtime and processor.</param>
/// <param name="Token">The id (never the secret) of the token that started the run.</param>
/// <param name="Namespace">The namespace of the workers that execute it; null for the default namespace.</param>
public sealed record RunDescription(
    string Program,
    string Version,
    string? Command,
    JsonElement? Parameters,
    IReadOnlyDictionary<string, string>? Environment,
    string User,
    string? Token,
    string? Namespace = null)
{
    /// <summary>True if its starter, such as a cluster job, executes it; null if the server's workers do.</summary>
    public bool? IsExternal { get; init; }

    /// <summary>The number of its parts; 0 if it is not known, and null for a run without parts.</summary>
    public int? Parts { get; init; }

    /// <summary>The work, if an engine of the site executes it on behalf of its user; null for all other runs.</summary>
    public RunTask? Task { get; init; }

    /// <summary>The rule that started it; null for a person.</summary>
    public RunTrigger? Trigger { get; init; }

    /// <summary>The run whose results it computes again, to compare them; null for all other runs.</summary>
    public RepeatedRun? Repeats { get; init; }

    /// <summary>The declaration of a foreign step, as its worker gave it when the run began; null for all other programs.</summary>
    public StepDeclaration? Step { get; init; }

    /// <summary>The size for which it counts in the quota of its output's owner.</summary>
    [JsonIgnore]
    public long Bytes => Program.Length + Version.Length + (Command?.Length ?? 0) + (Parameters?.GetRawText().Length ?? 0)
        + (Environment?.Sum(static one => one.Key.Length + one.Value.Length) ?? 0)
        + (Step?.Bytes ?? 0)
        + (Task is null ? 0 : Task.Document.Length + Task.Words.Sum(static word => word.Length));
}
