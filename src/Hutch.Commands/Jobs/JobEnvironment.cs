using Hutch.Model.Records;

namespace Hutch.Commands.Jobs;

/// <summary>
/// The recorded environment of a job: machine and system, facts from the batch system, and the variables that the user names.
/// </summary>
internal static class JobEnvironment
{
    private const int MaxValue = 1000;

    // Those that say how a program runs. Others may be secrets.
    private static readonly string[] Usual =
    [
        "SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_ARRAY_TASK_ID", "SLURM_JOB_PARTITION", "SLURM_JOB_NUM_NODES", "SLURM_NTASKS",
        "SLURM_CPUS_PER_TASK", "SLURM_RESTART_COUNT", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "CONDA_DEFAULT_ENV", "LOADEDMODULES",
    ];

    private static readonly string[] SecretParts = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE", "_KEY"];

    internal static Result<IReadOnlyDictionary<string, string>> Capture(IEnumerable<string> variables, Func<string, string?> read)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in RunEnvironment.Capture())
        {
            environment[name] = value;
        }

        foreach (string name in Usual.Concat(variables))
        {
            if (SecretParts.FirstOrDefault(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)) is { } part)
            {
                return ErrorCode.BadRequest.With(
                    $"{Display.Quote(name)} is not recorded, because '{part}' in its name says that it is a secret: every "
                    + "reader of the run would see it.");
            }

            if (read(name) is { Length: > 0 } value)
            {
                environment[name] = value.Length > MaxValue ? value[..(MaxValue - 1)] + "…" : value;
            }
        }

        return environment;
    }
}
