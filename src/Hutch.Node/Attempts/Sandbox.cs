using System.Diagnostics;
using System.Text.RegularExpressions;
using Hutch.Model.Records;
using Hutch.Node.Processes;

namespace Hutch.Node.Attempts;

/// <summary>
/// The isolation of a command: it sees the system's programs, its inputs read-only and the folder for its results, and nothing else of the
/// machine. It has no network unless its program asks for one, and none of its processes outlives it.
/// </summary>
/// <param name="Kind"><see cref="Bubblewrap"/> or <see cref="None"/>.</param>
/// <param name="ReadOnly">Folders that it sees in addition, read-only.</param>
/// <param name="Account">The account under which it runs if this process is root's: UID or UID:GID; null for the usual one.</param>
public sealed partial record Sandbox(string Kind, IReadOnlyList<string> ReadOnly, string? Account)
{
    /// <summary>Devices that it sees in addition.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Its features on this machine.</summary>
    public SandboxFeatures Features { get; init; } = SandboxFeatures.None;

    public const string Bubblewrap = "bubblewrap";
    internal const string None = "none";

    /// <summary>The folders in which the shell finds programs, regardless of the path of the server.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal const string Program = "bwrap";
    private const string Limiter = "prlimit";
    private const string Shell = "/bin/sh";
    private const string Nobody = "65534";

    // The first process of the sandbox, if it may be: its end is reported when all others are dead. It reads no text of a user.
    private const string Script = "\"$0\" \"$@\" </dev/null; exit $?";

    private static bool IsRoot => FileFacts.CurrentUser == 0;

    /// <summary>True if a command has another account than its node.</summary>
    internal bool ChangesAccount => Kind != None && IsRoot;

    private string User => (Account ?? Nobody).Split(':')[0];

    private string Group => (Account ?? Nobody).Split(':')[^1];

    /// <summary>Returns the same sandbox with what it can do on this machine.</summary>
    public async Task<Sandbox> TriedAsync(CancellationToken ct) =>
        this with { Features = Kind == None ? SandboxFeatures.None : await SandboxFeatures.FindAsync(IsRoot, ct) };

    /// <summary>Returns the limits that this machine does not hold for a command, in words; empty if it holds all.</summary>
    /// <param name="group">The group of the command; null for none.</param>
    public IReadOnlyList<string> FindMissingLimits(TaskLimits limits, ControlGroup? group)
    {
        if (Kind == None)
        {
            return [];
        }

        string?[] missing =
        [
            group is { BoundsMemory: true } ? null : "the memory of a run (only that of each process)",
            group is { BoundsProcesses: true } ? null : "the number of its processes (only that of all runs together)",
            limits.Network && !Features.HasOwnNetwork ? "its network, which is this machine's own with all services on it" : null,
        ];
        return [.. missing.OfType<string>()];
    }

    /// <summary>Returns the reason why the sandbox does not work on this machine; null if it does.</summary>
    public async Task<string?> FindProblemAsync(string scratch, CancellationToken ct)
    {
        if (Kind == None)
        {
            return null;
        }

        // Programs of the same account that run now count toward the limit of processes, too.
        var limits = new TaskLimits(1, 1L << 30, 10, 1 << 16, 1 << 20, 1, Network: false);
        if (!SandboxFeatures.IsThere(Program))
        {
            return $"bubblewrap is not installed: there is no program '{Program}'. Install the package bubblewrap.";
        }

        IReadOnlyList<string> words = Wrap([Shell, "-c", "exit 0"], new SandboxFolders(scratch, scratch, scratch), limits, null, scratch);
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            string said = await process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0 ? null
                : $"bubblewrap is installed, and this process is not allowed to use it: {Display.Quote(said.Trim())}. A service of systemd "
                    + $"needs the drop-in for programs, and a container user namespaces: see the guide for programs.";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"The sandbox cannot be started: {e.Message}.";
        }
    }

    /// <summary>Returns the folder of the image among the further inputs; null if it is not one of them.</summary>
    internal static string? ImageIn(string further, IReadOnlyCollection<string> names) =>
        names.Contains(RunTask.Image) ? Path.Combine(further, RunTask.Image) : null;

    /// <summary>Returns the reason why a command cannot run in its image; null if it can, and for none.</summary>
    public string? FindImageProblem(SandboxFolders folders)
    {
        if (folders.Image is not { } image)
        {
            return null;
        }

        if (Kind == None)
        {
            return "The program has an image, which needs the sandbox 'bubblewrap': this node has 'programs.sandbox: none'.";
        }

        return HasShell(image) ? null : "The image has no shell, /bin/sh: take an image with one, such as Debian's.";
    }

    // /bin is often a link. Its target, and the shell, may be links that can be resolved only inside the image.
    private static bool HasShell(string image) => new DirectoryInfo(Path.Combine(image, "bin")) is { Exists: true } folder
        && folder.EnumerateFileSystemInfos("sh").Any();

    /// <summary>Returns a command with the folders in their places, as the command sees them.</summary>
    /// <param name="names">The names of the further inputs that are there.</param>
    /// <param name="file">The path of the file in the input that <c>{file}</c> stands for; null for none.</param>
    public string[] Fill(
        IReadOnlyList<string> command, SandboxFolders folders, IReadOnlyCollection<string> names, string? file = null)
    {
        SandboxFolders seen = Kind == None ? folders : new SandboxFolders(Isolation.Input, Isolation.Further, Isolation.Output);
        Dictionary<string, string> places = names.ToDictionary(
            static name => $"{{{name}}}", name => $"{seen.Further}/{name}", StringComparer.Ordinal);
        places["{input}"] = seen.Input;
        places["{output}"] = seen.Output;
        if (file is not null)
        {
            places["{file}"] = $"{seen.Input}/{file}";
        }

        // All at once: the name of a file may contain the placeholder of a folder.
        return [.. command.Select(word => Placeholder().Replace(word, match => places.GetValueOrDefault(match.Value) ?? match.Value))];
    }

    [GeneratedRegex(@"\{[A-Za-z_][A-Za-z0-9_]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    /// <summary>Executes a command in the sandbox, within limits, until it ends or is cancelled.</summary>
    /// <param name="output">Gets what the command prints.</param>
    /// <param name="group">The control group of the command; null for none.</param>
    /// <param name="folder">The working folder outside of the sandbox, for this command alone.</param>
    public async Task<JobEnd> ExecuteAsync(
        IReadOnlyList<string> words, SandboxFolders folders, TaskLimits limits, CommandOutput output, ControlGroup? group, string folder,
        CancellationToken ct)
    {
        IReadOnlyList<string> all = Wrap(words, folders, limits, group, folder);
        var process = new JobProcess(output.Printed, output.Errors)
        {
            HasOwnThread = true,
            TimeToEnd = TimeSpan.Zero,
        };
        return await process.RunAsync(all[0], all.Skip(1), folder, new Dictionary<string, string?>(), ct);
    }

    /// <summary>Gives the folder for the results to the account of the command.</summary>
    public async Task GiveAsync(string output, CancellationToken ct)
    {
        if (Kind != None && IsRoot)
        {
            using Process process = Process.Start("chown", ["-R", "--no-dereference", $"{User}:{Group}", output]);
            await process.WaitForExitAsync(ct);
        }
    }

    /// <summary>Returns the command that executes another one in the sandbox, within limits.</summary>
    /// <param name="group">Its control group; null for none.</param>
    /// <param name="folder">A folder outside of the sandbox, for this command alone.</param>
    internal IReadOnlyList<string> Wrap(
        IReadOnlyList<string> words, SandboxFolders folders, TaskLimits limits, ControlGroup? group, string folder)
    {
        string[] command = [Shell, "-c", Script, .. words];
        IReadOnlyList<string> limited = [Limiter, .. Limit(limits, group)];
        if (Kind == None)
        {
            return [.. limited, .. command];
        }

        bool hasOwnNetwork = limits.Network && Features.HasOwnNetwork;
        var isolation = new Isolation(IsRoot, ReadOnly, Devices)
        {
            Features = Features,
            Resolver = hasOwnNetwork ? SandboxEntry.WriteResolver(folder) : null,
        };
        string[] sandbox = [Program, "--args", SandboxEntry.Descriptor, "--"];

        // An image need not have the program that sets limits: it is the node's, outside of the image.
        string[] inFolder = [Shell, "-c", $"cd {Isolation.Output} && {Script}", .. words];
        IReadOnlyList<string> all = folders.Image is null ? [.. sandbox, .. IsRoot ? AsUser() : [], .. limited, .. command]
            : IsRoot ? [.. sandbox, .. limited, .. IntoImage(), .. inFolder]
            : [.. limited, .. sandbox, .. command];
        return
        [
            .. WithoutCapabilities,
            .. SandboxEntry.Wrap(folder, isolation.ToArguments(folders, limits), group, hasOwnNetwork, IsRoot, all),
        ];
    }

    // What a group bounds for all processes together needs no limit of each: that of processes counts those of other runs, too.
    private static IEnumerable<string> Limit(TaskLimits limits, ControlGroup? group) =>
    [
        .. group is { BoundsMemory: true } ? (string[])[] : [Number("--data", limits.MemoryBytes)],
        .. group is { BoundsProcesses: true } ? (string[])[] : [Number("--nproc", limits.Processes)],
        Number("--fsize", limits.OutputBytes), "--core=0", "--",
    ];

    private static string Number(string option, long value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");

    // In the namespace in which a node mounts inputs it has capabilities, with which bubblewrap refuses to start.
    internal static readonly string[] WithoutCapabilities = HasCapabilities
        ? ["setpriv", "--ambient-caps=-all", "--inh-caps=-all", "--"]
        : [];

    private static bool HasCapabilities => OperatingSystem.IsLinux() && !IsRoot
        && File.ReadLines("/proc/self/status").Any(static line =>
            line.StartsWith("CapAmb:", StringComparison.Ordinal) && line.AsSpan("CapAmb:".Length).Trim().Trim('0').Length > 0);

    private IEnumerable<string> AsUser() =>
    [
        "setpriv", "--reuid", User, "--regid", Group, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--",
    ];

    // With a plus sign, chroot looks up no name: that would load libraries of the image while it is still root's process.
    private IEnumerable<string> IntoImage() =>
        ["setpriv", "--no-new-privs", "--", "/usr/sbin/chroot", $"--userspec=+{User}:+{Group}", "--groups=", Isolation.ImageRoot];
}

/// <param name="Further">The folder with further inputs, each in a folder of its name.</param>
public sealed record SandboxFolders(string Input, string Further, string Output)
{
    /// <summary>The root file system in which the command runs; null for the system's own.</summary>
    public string? Image { get; init; }
}
