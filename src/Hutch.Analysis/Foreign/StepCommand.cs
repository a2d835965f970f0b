using System.Collections;
using System.Diagnostics;

namespace Hutch.Analysis.Foreign;

/// <summary>The program of a foreign step: never a line for a shell.</summary>
/// <param name="Program">A path, or a name that is searched for in <c>PATH</c>.</param>
/// <param name="Passed">The variables of the environment that the program gets in addition to those that programs need.</param>
public sealed record StepCommand(string Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Passed)
{
    // Tokens and passwords have other names.
    private static readonly string[] Needed =
    [
        "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX",
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES",
    ];

    /// <summary>The longest time for one frame; then the program is ended, and the frame has an error.</summary>
    public TimeSpan FrameLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time from its start to its first line.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(1);

    internal ProcessStartInfo CreateStart()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable is { Key: string name, Value: string value } && (Needed.Contains(name) || Passed.Contains(name)))
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }
}
