using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Hutch.Programs.Engines;

/// <summary>The commands of a batch system, and the meaning of their answers.</summary>
/// <param name="Submit">Hands a job over. Without <c>{script}</c> among its words, its standard input is the script of the job.</param>
/// <param name="State">Lists all jobs, with a line for each.</param>
/// <param name="Cancel">Ends one job, or many if <see cref="Jobs"/> is one of its words.</param>
/// <param name="Line">
/// The form of a line: the groups <c>name</c> and <c>state</c>, and perhaps <c>job</c>, <c>code</c> and <c>words</c>.
/// </param>
/// <param name="Phases">The meaning of each state: of <c>STATE/CODE</c>, else of <c>STATE</c>. Any other state is unknown.</param>
public sealed partial record BatchCommands(
    IReadOnlyList<string> Submit, IReadOnlyList<string> State, IReadOnlyList<string> Cancel, Regex Line,
    FrozenDictionary<string, EnginePhase> Phases)
{
    /// <summary>The options of <see cref="Line"/>: its time grows with the length of a text, and never faster.</summary>
    public const RegexOptions LineOptions = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    /// <summary>A word that stands for the arguments of a program's document.</summary>
    internal const string Arguments = "{arguments}";

    /// <summary>A word that stands for the ids of many jobs.</summary>
    internal const string Jobs = "{jobs}";

    private const int MaxLine = 10_000;

    /// <summary>Prints what the batch system kept of a job; empty for none.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>Variables of the environment of all commands.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Reads the answer to <see cref="State"/>. Lines of other jobs, and those of another form, are left out.</summary>
    internal IEnumerable<BatchJob> Read(string output)
    {
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length <= MaxLine && Line.Match(line) is { Success: true, Groups: var found }
                && BatchJob.TryParseName(found["name"].Value, out AttemptKey attempt))
            {
                string job = found["job"] is { Success: true } id ? id.Value : found["name"].Value;
                (string state, string code) = (found["state"].Value, found["code"].Value);
                EnginePhase? phase = Phases.TryGetValue($"{state}/{code}", out EnginePhase known) || Phases.TryGetValue(state, out known)
                    ? known
                    : null;
                if (JobId().IsMatch(job))
                {
                    yield return new BatchJob(attempt, job, phase, Describe(state, code, found["words"].Value.Trim()));
                }
            }
        }
    }

    private static string Describe(string state, string code, string words) =>
        state + (code.Length > 0 ? $" {code}" : "") + (words.Length > 0 ? $" ({words})" : "");

    // A word of the engine becomes an argument: never an option, never with a space.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@:+\[\]-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex JobId();
}

/// <summary>A job of an attempt, as the batch system shows it.</summary>
/// <param name="Phase">Null for a state that is not in the table.</param>
internal readonly record struct BatchJob(AttemptKey Attempt, string Id, EnginePhase? Phase, string Words)
{
    private const string Prefix = "hutch-";

    internal static string NameOf(AttemptKey attempt) => Prefix + attempt;

    internal static bool TryParseName(string name, out AttemptKey attempt)
    {
        attempt = default;
        return name.StartsWith(Prefix, StringComparison.Ordinal) && AttemptKey.TryParse(name[Prefix.Length..], out attempt);
    }
}
