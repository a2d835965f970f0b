namespace Hutch.Model.Records;

/// <summary>
/// The work of a run that an engine of the site executes: a program's document as it was at the start, with the parameters filled in. A
/// later change of the document changes no run.
/// </summary>
/// <param name="Digest">The SHA-256 of the document, in hexadecimal.</param>
/// <param name="Document">The document as its operator wrote it.</param>
/// <param name="Words">The command, word by word. <c>{input}</c> and <c>{output}</c> in it stand for folders.</param>
/// <param name="Engine">The engine that executes it, such as <c>local</c>.</param>
/// <param name="Limits">The resources of each command.</param>
public sealed record RunTask(string Digest, string Document, IReadOnlyList<string> Words, string Engine, TaskLimits Limits)
{
    /// <summary>
    /// The name of the input with the image of a program: the root file system in which its command runs. No other input has this name.
    /// </summary>
    public const string Image = "image";

    /// <summary>Patterns of the files of the input that it reads; empty for all files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True if a node mounts its inputs where it can, except the image; null if it copies them.</summary>
    public bool? Mounts { get; init; }

    /// <summary>True if its results are closed in the commit that ends a run which is done; null for results that stay open.</summary>
    public bool? Closes { get; init; }

    /// <summary>The pattern of the input files that get a part and a command each; null for one command for all.</summary>
    public string? Each { get; init; }

    /// <summary>The number of files with a command at the same time; null for one.</summary>
    public int? Parallel { get; init; }

    /// <summary>The longest time of a node with many commands; null for that of one command.</summary>
    public long? NodeSeconds { get; init; }

    /// <summary>The resources of all commands that a node executes at the same time, and the time of all that it executes.</summary>
    [JsonIgnore]
    public TaskLimits NodeLimits => Limits with
    {
        Cores = Limits.Cores * (Parallel ?? 1),
        MemoryBytes = Limits.MemoryBytes * (Parallel ?? 1),
        Seconds = NodeSeconds ?? Limits.Seconds,
    };

    /// <summary>The owner of the results, whose budget it uses; null in records of earlier releases, which use none.</summary>
    public string? Payer { get; init; }

    /// <summary>The most processor time of an attempt, in milliseconds of one core: its cores, each for its time limit.</summary>
    [JsonIgnore]
    public long MaxCoreMilliseconds => NodeLimits.Cores * NodeLimits.Seconds * 1000;

    /// <summary>The names of the inputs after the first, in their order; null for none.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Patterns of files; each must match a file of the results, otherwise the run has failed.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Further arguments for the command that hands it to a batch system; null for none.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>The most attempts, after which a run has failed.</summary>
    public required int Attempts { get; init; }

    /// <summary>The ends of attempts after which there is another one; null for <see cref="TaskRetry.Usual"/>.</summary>
    public TaskRetry? Retry { get; init; }

    /// <summary>Returns the name of an input by its place; null for the first one.</summary>
    public string? NameOf(int input) => input == 0 ? null : Names?.ElementAtOrDefault(input - 1);
}

/// <param name="Cores">The number of processor cores.</param>
/// <param name="MemoryBytes">
/// The memory of all its processes together, with what they write into memory; of each of them where a node has no control groups.
/// </param>
/// <param name="Seconds">The longest time of the command.</param>
/// <param name="Processes">The number of its processes and threads at the same time.</param>
/// <param name="OutputBytes">The size of each file that it writes.</param>
/// <param name="OutputFiles">The number of files, links and folders in its results.</param>
/// <param name="Network">True if the command can use the network.</param>
public sealed record TaskLimits(
    int Cores, long MemoryBytes, long Seconds, int Processes, long OutputBytes, int OutputFiles, bool Network)
{
    /// <summary>The size of all files of its results; null for none of its own: quota and free space bound them then.</summary>
    public long? DiskBytes { get; init; }
}
