using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Hutch.Programs.Documents;
using Hutch.Programs.Engines;

namespace Hutch.Programs;

/// <summary>An engine of programs by commands of the operator: see docs/operations/batch-systems.md.</summary>
public sealed class CommandEngineOptions : BatchOptions, IValidatableObject
{
    private static readonly string[] OfOrder =
        ["{name}", "{script}", "{program}", "{cores}", "{megabytes}", "{seconds}", "{minutes}", BatchCommands.Arguments];

    private static readonly string[] OfJob = ["{job}", "{name}"];

    /// <summary>The name for `engine` in the documents of programs.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>
    /// The command that hands a job over, as a list of words. `{script}` is the file to execute; without it, the command reads the script
    /// from its standard input. `{name}`, `{program}`, `{cores}`, `{megabytes}`, `{seconds}` and `{minutes}` describe the job. The
    /// word `{arguments}` stands for the arguments of the program's document.
    /// </summary>
    public IReadOnlyList<string> Submit { get; init; } = [];

    /// <summary>The command that lists all jobs, with a line for each.</summary>
    public IReadOnlyList<string> State { get; init; } = [];

    /// <summary>
    /// The command that ends the job `{job}` with the name `{name}`. With the word `{jobs}` instead, it ends up to 500 jobs at once.
    /// </summary>
    public IReadOnlyList<string> Cancel { get; init; } = [];

    /// <summary>The command that prints the log of the job `{job}`; without it, a lost attempt has only its state as a reason.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>
    /// The form of the lines of `state`: a regular expression with the groups `name` and `state`, and perhaps `job`, `code` and `words`.
    /// </summary>
    public string Line { get; init; } = @"^(?<name>\S+)\s+(?<state>\S+)(\s+(?<code>-?\d+))?(\s+(?<words>.*))?$";

    /// <summary>The states of jobs that have not begun: `STATE`, or `STATE/CODE` for one code.</summary>
    public IReadOnlyList<string> Waiting { get; init; } = [];

    /// <summary>The states of jobs that have begun and not ended.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>The states of jobs without a process. Any state in none of the three lists is unknown.</summary>
    public IReadOnlyList<string> Ended { get; init; } = [];

    /// <summary>Variables for the four commands, such as `TS_SOCKET=/run/hutch/ts`.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        IEnumerable<string?> problems =
        [
            ProgramReader.IsEngineName(Name) && Name is not (ProgramReader.LocalEngine or ProgramReader.SlurmEngine)
                ? null
                : $"{Display.Quote(Name)} is no name of an engine of yours: use lowercase words with hyphens, but not 'local' or 'slurm'.",
            Folder is null ? "'folder' is missing: the folder that nodes share with the server." : null,
            FindProblem("submit", Submit, OfOrder), FindProblem("state", State, []),
            FindProblem("cancel", Cancel, [.. OfJob, BatchCommands.Jobs]),
            FindPartOfWord("cancel", Cancel, BatchCommands.Jobs), FindPartOfWord("submit", Submit, BatchCommands.Arguments),
            Log.Count == 0 ? null : FindProblem("log", Log, OfJob),
            FindLineProblem(),
            Running.Count == 0 || Ended.Count == 0 ? "'running' and 'ended' need a state each." : null,
            Waiting.Concat(Running).Concat(Ended).GroupBy(static state => state).FirstOrDefault(static same => same.Count() > 1)
                is { Key: var twice } ? $"the state {Display.Quote(twice)} has two meanings." : null,
            Environment.FirstOrDefault(static one => one.IndexOf('=', StringComparison.Ordinal) < 1) is { } odd
                ? $"{Display.Quote(odd)} of 'environment' must be NAME=VALUE."
                : null,
        ];
        return problems.OfType<string>().Select(static problem => new ValidationResult(problem));
    }

    internal BatchCommands ToCommands()
    {
        IEnumerable<(string State, EnginePhase Phase)> states =
        [
            .. Waiting.Select(static state => (state, EnginePhase.Waiting)),
            .. Running.Select(static state => (state, EnginePhase.Running)),
            .. Ended.Select(static state => (state, EnginePhase.Ended)),
        ];
        return new BatchCommands(
            Submit, State, Cancel, new Regex(Line, BatchCommands.LineOptions),
            states.ToFrozenDictionary(static one => one.State, static one => one.Phase, StringComparer.Ordinal))
        {
            Log = Log,
            Environment =
            [
                .. Environment.Select(static one => one.Split('=', 2)).Select(static pair => KeyValuePair.Create(pair[0], pair[1])),
            ],
        };
    }

    private static string? FindProblem(string key, IReadOnlyList<string> command, string[] places) => command.Count == 0
        ? $"'{key}' is missing: the command as a list of words, which no shell reads."
        : command.SelectMany(static word => BatchEngine.Placeholder().Matches(word)).FirstOrDefault(match => !places.Contains(match.Value))
            is { Value: var unknown }
                ? $"'{key}' has {unknown}, which it does not know{(places.Length > 0 ? $": use {string.Join(", ", places)}" : "")}."
                : null;

    // It stands for several words.
    private static string? FindPartOfWord(string key, IReadOnlyList<string> command, string placeholder) =>
        command.Any(word => word != placeholder && word.Contains(placeholder, StringComparison.Ordinal))
            ? $"'{key}' must have {placeholder} as a word of its own."
            : null;

    private string? FindLineProblem()
    {
        try
        {
            string[] groups = new Regex(Line, BatchCommands.LineOptions).GetGroupNames();
            return groups.Contains("name") && groups.Contains("state")
                ? null
                : "'line' needs the groups (?<name>…) and (?<state>…).";
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"'line' is no regular expression, or one that looks ahead or back: {e.Message}";
        }
    }
}
