using System.Diagnostics;
using System.Text.RegularExpressions;
using Hutch.Model.Records;

namespace Hutch.Commands.Jobs.Attempts;

/// <summary>
/// The isolation of a command: it sees the system's programs, its inputs read-only and the folder for its results, and nothing else of the
/// machine. It has no network unless its program asks for one, and none of its processes outlives it.
/// </summary>
/// <param name="Kind"><see cref="Bubblewrap"/> or <see cref="None"/>.</param>
/// <param name="ReadOnly">Folders that it sees in addition, read-only.</param>
/// <param name="Account">The account under which it runs if this process is root's: UID or UID:GID; null for the usual one.</param>
internal sealed partial record Sandbox(string Kind, IReadOnlyList<string> ReadOnly, string? Account)
{
    /// <summary>Devices that it sees in addition.</summary>
    internal IReadOnlyList<string> Devices { get; init; } = [];

    internal const string Bubblewrap = "bubblewrap";
    internal const string None = "none";

    private const string Program = "bwrap";
    private const string Limiter = "prlimit";
    private const string Shell = "/bin/sh";
    private const string Nobody = "65534";
    private const string Advice = "install bubblewrap, or set 'programs.sandbox: none' where isolation does not matter";

    // The first process of the sandbox, if it may be: its end is reported when all others are dead. It reads no text of a user.
    private const string Script = "\"$0\" \"$@\" </dev/null; exit $?";

    private static bool IsRoot => FileFacts.CurrentUser == 0;

    /// <summary>True if a command has another account than its node.</summary>
    internal bool ChangesAccount => Kind != None && IsRoot;

    private string User => (Account ?? Nobody).Split(':')[0];

    private string Group => (Account ?? Nobody).Split(':')[^1];

    /// <summary>Returns the reason why the sandbox does not work on this machine; null if it does.</summary>
    internal async Task<string?> FindProblemAsync(string scratch, CancellationToken ct)
    {
        if (Kind == None)
        {
            return null;
        }

        // Programs of the same account that run now count toward the limit of processes, too.
        var limits = new TaskLimits(1, 1L << 30, 10, 1 << 16, 1 << 20, 1, Network: false);
        (string program, IReadOnlyList<string> arguments) = Wrap(
            [Shell, "-c", "exit 0"], new SandboxFolders(scratch, scratch, scratch), limits);
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            string words = await process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0 ? null : $"The sandbox does not work: {Display.Quote(words.Trim())}; {Advice}.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"There is no sandbox: the program '{Program}' is missing; {Advice}.";
        }
    }

    /// <summary>Returns the folder of the image among the further inputs; null if it is not one of them.</summary>
    internal static string? ImageIn(string further, IReadOnlyCollection<string> names) =>
        names.Contains(RunTask.Image) ? Path.Combine(further, RunTask.Image) : null;

    /// <summary>Returns the reason why a command cannot run in its image; null if it can, and for none.</summary>
    internal string? FindImageProblem(SandboxFolders folders) =>
        folders.Image is not { } image ? null
        : Kind == None ? "The program has an image, which needs the sandbox 'bubblewrap': this node has 'programs.sandbox: none'."
        : HasShell(image) ? null
        : "The image has no shell, /bin/sh: take an image with one, such as Debian's.";

    // /bin is often a link. What it leads to, and the shell, may be links that are none outside of the image.
    private static bool HasShell(string image) => new DirectoryInfo(Path.Combine(image, "bin")) is { Exists: true } folder
        && folder.EnumerateFileSystemInfos("sh").Any();

    /// <summary>Returns a command with the folders in their places, as the command sees them.</summary>
    /// <param name="names">The names of the further inputs that are there.</param>
    /// <param name="file">The path of the file in the input that <c>{file}</c> stands for; null for none.</param>
    internal string[] Fill(
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
    /// <param name="log">Gets what the command prints.</param>
    /// <param name="printed">Gets the same.</param>
    /// <param name="folder">The working folder outside of the sandbox.</param>
    internal async Task<JobEnd> ExecuteAsync(
        IReadOnlyList<string> words, SandboxFolders folders, TaskLimits limits, JobLog log, TailStream printed, string folder,
        CancellationToken ct)
    {
        (string program, IReadOnlyList<string> arguments) = Wrap(words, folders, limits);
        var process = new JobProcess(new JobPrinter(log, printed, [], static _ => { }), new JobPrinter(log, printed, [], static _ => { }))
        {
            HasOwnThread = true,
            TimeToEnd = TimeSpan.Zero,
        };
        return await process.RunAsync(program, arguments, folder, new Dictionary<string, string?>(), ct);
    }

    /// <summary>Gives the folder for the results to the account of the command.</summary>
    internal async Task GiveAsync(string output, CancellationToken ct)
    {
        if (Kind != None && IsRoot)
        {
            using Process process = Process.Start("chown", ["-R", "--no-dereference", $"{User}:{Group}", output]);
            await process.WaitForExitAsync(ct);
        }
    }

    /// <summary>Returns the command that executes another one in the sandbox, within limits.</summary>
    internal (string Program, IReadOnlyList<string> Arguments) Wrap(
        IReadOnlyList<string> words, SandboxFolders folders, TaskLimits limits)
    {
        string[] command = [Shell, "-c", Script, .. words];
        if (Kind == None)
        {
            return (Limiter, [.. Limit(limits), .. command]);
        }

        IReadOnlyList<string> isolation = [.. new Isolation(IsRoot, ReadOnly, Devices).ToArguments(folders, limits), "--"];
        if (folders.Image is null)
        {
            return (Program, [.. isolation, .. IsRoot ? AsUser() : [], Limiter, .. Limit(limits), .. command]);
        }

        // An image need not have the program that sets limits: it is the node's, outside of the image.
        string[] inFolder = [Shell, "-c", $"cd {Isolation.Output} && {Script}", .. words];
        return IsRoot
            ? (Program, [.. isolation, Limiter, .. Limit(limits), .. IntoImage(), .. inFolder])
            : (Limiter, [.. Limit(limits), Program, .. isolation, .. command]);
    }

    private static IEnumerable<string> Limit(TaskLimits limits) =>
    [
        Number("--data", limits.MemoryBytes), Number("--nproc", limits.Processes), Number("--fsize", limits.OutputBytes), "--core=0", "--",
    ];

    private static string Number(string option, long value) => string.Create(CultureInfo.InvariantCulture, $"{option}={value}");

    private IEnumerable<string> AsUser() =>
    [
        "setpriv", "--reuid", User, "--regid", Group, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--",
    ];

    // With a plus sign, chroot looks up no name: that would load libraries of the image while it is still root's process.
    private IEnumerable<string> IntoImage() =>
        ["setpriv", "--no-new-privs", "--", "/usr/sbin/chroot", $"--userspec=+{User}:+{Group}", "--groups=", Isolation.ImageRoot];
}

/// <param name="Further">The folder with further inputs, each in a folder of its name.</param>
internal sealed record SandboxFolders(string Input, string Further, string Output)
{
    /// <summary>The root file system in which the command runs; null for the system's own.</summary>
    public string? Image { get; init; }
}
