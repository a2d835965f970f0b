using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Hutch.Programs.Engines;

/// <summary>
/// The commands of Slurm, with text in a fixed form, which is its stable interface. Jobs are not requeued: a further attempt is the
/// server's decision.
/// </summary>
internal static class Slurm
{
    // Of `man squeue`, "JOB STATE CODES".
    private static readonly FrozenDictionary<string, EnginePhase> Phases = new Dictionary<string, EnginePhase>(StringComparer.Ordinal)
    {
        ["PENDING"] = EnginePhase.Waiting,
        ["CONFIGURING"] = EnginePhase.Waiting,
        ["REQUEUED"] = EnginePhase.Waiting,
        ["REQUEUE_HOLD"] = EnginePhase.Waiting,
        ["REQUEUE_FED"] = EnginePhase.Waiting,
        ["SPECIAL_EXIT"] = EnginePhase.Waiting,
        ["RESV_DEL_HOLD"] = EnginePhase.Waiting,
        ["RUNNING"] = EnginePhase.Running,
        ["COMPLETING"] = EnginePhase.Running,
        ["STAGE_OUT"] = EnginePhase.Running,
        ["SUSPENDED"] = EnginePhase.Running,
        ["STOPPED"] = EnginePhase.Running,
        ["SIGNALING"] = EnginePhase.Running,
        ["RESIZING"] = EnginePhase.Running,
        ["COMPLETED"] = EnginePhase.Ended,
        ["FAILED"] = EnginePhase.Ended,
        ["CANCELLED"] = EnginePhase.Ended,
        ["TIMEOUT"] = EnginePhase.Ended,
        ["DEADLINE"] = EnginePhase.Ended,
        ["NODE_FAIL"] = EnginePhase.Ended,
        ["OUT_OF_MEMORY"] = EnginePhase.Ended,
        ["BOOT_FAIL"] = EnginePhase.Ended,
        ["PREEMPTED"] = EnginePhase.Ended,
        ["REVOKED"] = EnginePhase.Ended,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static BatchCommands Commands(SlurmOptions options) => new(
        [
            "sbatch", "--parsable", "--no-requeue", "--export=NONE", "--job-name={name}", "--comment={program}", "--output=/dev/null",
            "--chdir=/", "--cpus-per-task={cores}", "--mem={megabytes}M", "--time={minutes}", .. options.Arguments,
            BatchCommands.Arguments,
        ],
        ["squeue", "-h", "-t", "all", "--me", "-o", "%i|%T|%j|%r"],
        ["scancel", BatchCommands.Jobs],
        new Regex(@"^(?<job>[^|]+)\|(?<state>[^|]+)\|(?<name>[^|]+)\|(?<words>.*)$", BatchCommands.LineOptions),
        Phases)
    {
        // The variables of Slurm's commands, such as SLURM_CONF.
        Environment =
        [
            .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Select(static one => new KeyValuePair<string, string>((string)one.Key, (string?)one.Value ?? ""))
                .Where(static one => one.Key.StartsWith("SLURM_", StringComparison.Ordinal)),
        ],
    };
}
