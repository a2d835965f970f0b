using System.ComponentModel.DataAnnotations;
using Hutch.Programs.Documents;

namespace Hutch.Programs;

/// <summary>The programs that the server starts on behalf of users: see docs/operations/programs.md.</summary>
public sealed class ProgramOptions : IValidatableObject
{
    /// <summary>The value of <see cref="Sandbox"/> with which programs run without isolation.</summary>
    public const string NoSandbox = "none";

    /// <summary>
    /// A folder with programs: an absolute path. Each file `NAME.yaml` in it is a program (docs/reference/programs.md); changes are seen
    /// within seconds. Without it this server has no programs.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>
    /// A folder for inputs and results while programs run: an absolute path. Default: `programs-scratch` in the data folder.
    /// </summary>
    public string? Scratch { get; init; }

    /// <summary>Processor cores for programs on this machine; 0 for all.</summary>
    [Range(0, 4096)]
    public int Cores { get; init; }

    /// <summary>Memory for programs on this machine, bytes; 0 for half of the machine's.</summary>
    [Range(0, 1L << 50)]
    public long MemoryBytes { get; init; }

    /// <summary>
    /// `bubblewrap` runs each program in a sandbox, and no program without one. `none` runs programs with all permissions of the account,
    /// which is for trials alone.
    /// </summary>
    [RegularExpression("bubblewrap|none", ErrorMessage = "'sandbox' must be bubblewrap or none.")]
    public string Sandbox { get; init; } = "bubblewrap";

    /// <summary>
    /// The account of programs, as a number or `UID:GID`. It needs a server that runs as root; such a server uses 65534 by default.
    /// </summary>
    [RegularExpression("[0-9]{1,10}(:[0-9]{1,10})?", ErrorMessage = "'account' must be a number, such as 990 or 990:990.")]
    public string? Account { get; init; }

    /// <summary>Folders that programs see in addition to `/usr`, read-only: absolute paths, such as `/software`.</summary>
    public IReadOnlyList<string> ReadOnlyFolders { get; init; } = [];

    /// <summary>
    /// The most bytes of images of programs that each scratch folder keeps for later runs; 0 for none. The image that was used least
    /// recently goes first.
    /// </summary>
    [Range(0, 1L << 50)]
    public long ImageCacheBytes { get; init; } = 16L << 30;

    /// <summary>The most runs that wait at this site.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; init; } = 20_000;

    /// <summary>The most runs of one account that wait.</summary>
    [Range(1, 1_000_000)]
    public int MaxWaitingPerAccount { get; init; } = 10_000;

    /// <summary>The most runs of one account that an engine has at the same time.</summary>
    [Range(1, 100_000)]
    public int MaxRunningPerAccount { get; init; } = 100;

    /// <summary>Resources that are counted, such as licences and graphics processors: a program takes some of them by `uses`.</summary>
    public IReadOnlyList<CountedResource> Counted { get; init; } = [];

    /// <summary>
    /// Devices that programs see in addition, such as `/dev/nvidia0`: absolute paths. Those that a machine does not have are left out.
    /// </summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Seconds without a sign of life after which an attempt is given up, if its engine does not know it either.</summary>
    [Range(10, 86_400)]
    public int SilentSeconds { get; init; } = 300;

    /// <summary>The cluster of programs with `engine: slurm`.</summary>
    public SlurmOptions Slurm { get; init; } = new();

    /// <summary>Further engines, each by four commands of yours.</summary>
    public IReadOnlyList<CommandEngineOptions> Engines { get; init; } = [];

    public int UsedCores => Cores > 0 ? Cores : Environment.ProcessorCount;

    public long UsedMemoryBytes => MemoryBytes > 0 ? MemoryBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The arguments of a node about its sandbox.</summary>
    internal IReadOnlyList<string> SandboxArguments =>
    [
        "--sandbox", Sandbox, .. ReadOnlyFolders.SelectMany(static folder => (string[])["--read-only", folder]),
        .. Devices.SelectMany(static device => (string[])["--device", device]),
    ];

    /// <summary>The number of each counted resource.</summary>
    public IReadOnlyDictionary<string, int> CountedResources => field ??= Counted.ToDictionary(
        static one => one.Name, static one => one.Count, StringComparer.Ordinal);

    /// <summary>Returns a refusal for a program that takes more of a counted resource than the site has; null if it does not.</summary>
    public HutchError? FindLacking(ProgramDocument program)
    {
        foreach ((string resource, int number) in program.Share.Uses)
        {
            int has = CountedResources.GetValueOrDefault(resource);
            if (number > has)
            {
                return (ErrorCode.Unprocessable with { Advice = "Tell the operator of this server." }).With(
                    $"A run of '{program.Name}' takes {number} of '{resource}', of which this site has {has} (programs.counted).");
            }
        }

        return null;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        IEnumerable<string> paths =
        [
            .. ReadOnlyFolders, .. Devices, .. new[] { Folder, Scratch }.OfType<string>(), .. Slurm.Paths,
            .. Engines.SelectMany(static one => one.Paths),
        ];
        foreach (string path in paths.Where(static path => !Path.IsPathFullyQualified(path)))
        {
            yield return new ValidationResult($"'{path}' must be an absolute path.");
        }

        foreach ((string name, _) in Counted.CountBy(static one => one.Name).Where(static same => same.Value > 1))
        {
            yield return new ValidationResult($"'counted' has the name '{name}' twice.");
        }

        foreach ((string name, _) in Engines.CountBy(static one => one.Name).Where(static same => same.Value > 1))
        {
            yield return new ValidationResult($"'engines' has the name '{name}' twice.");
        }
    }
}
