using Hutch.Commands.Output;
using Hutch.Objects.S3;

namespace Hutch.Commands.Hosting;

/// <summary>The environment of the command: replaced in tests.</summary>
internal sealed record CliHost
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int UsualWidth = 80;
    private const int UsualHeight = 24;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public IReadOnlyCollection<string> EnvironmentNames { get; init; } = [];

    public required string Folder { get; init; }

    /// <summary>The folder below which the system keeps its units of services.</summary>
    public string SystemRoot { get; init; } = "/";

    /// <summary>True if <see cref="Error"/> is a terminal, so that a line may be overwritten.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The width, in characters, of the terminal that takes <see cref="Error"/>; null when it is none.</summary>
    public Func<int>? Width { get; init; }

    /// <summary>True if <see cref="Error"/> takes colours.</summary>
    public bool HasColour { get; init; }

    /// <summary>The width and height, in characters, of the terminal that takes <see cref="Out"/>; null when it is none.</summary>
    public Func<(int Width, int Height)>? Screen { get; init; }

    /// <summary>True if <see cref="In"/> is a terminal, so that the user must be asked.</summary>
    public bool IsInteractive { get; init; }

    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The S3 key that stood in an address on the command line; taken out of it before anything read it.</summary>
    public S3Credentials? S3Key { get; init; }

    /// <summary>Hides a text where the system shows the arguments of this process.</summary>
    public Action<string> Conceal { get; init; } = static _ => { };

    /// <summary>Opens an address in the person's browser; returns false where there is none.</summary>
    public Func<string, bool> OpenBrowser { get; init; } = static _ => false;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The verbs of the full program by their words, such as <c>user recover-admin</c>. The client has none.</summary>
    public IReadOnlyDictionary<string, Func<CliHost, Command>> FullVerbs { get; init; } = new Dictionary<string, Func<CliHost, Command>>();

    private static (int Width, int Height) SizeOf(int descriptor) => OperatingSystem.IsLinux()
        ? TerminalSize.Find(descriptor) ?? (UsualWidth, UsualHeight)
        : (Console.WindowWidth, Console.WindowHeight);

    // A folder that was deleted has no path any more. A verb that needs it reports that it does not exist; others need none.
    private static string CurrentFolder()
    {
        try
        {
            return global::System.Environment.CurrentDirectory;
        }
        catch (FileNotFoundException)
        {
            // A shell that was started there leaves PWD empty.
            return global::System.Environment.GetEnvironmentVariable("PWD") is { Length: > 0 } named ? named : Path.GetTempPath();
        }
    }

    internal static CliHost System() => new()
    {
        Out = StandardStreams.Output(),
        Error = StandardStreams.Error(),
        In = new LateReader(static () => Console.In),
        Environment = global::System.Environment.GetEnvironmentVariable,
        EnvironmentNames = [.. global::System.Environment.GetEnvironmentVariables().Keys.Cast<string>()],
        Folder = CurrentFolder(),
        Conceal = ProcessArguments.Conceal,
        OpenBrowser = Browser.Open,
        IsTerminal = !Console.IsErrorRedirected,
        Width = Console.IsErrorRedirected ? null : static () => SizeOf(StandardError).Width,
        HasColour = !Console.IsErrorRedirected && TakesColour(global::System.Environment.GetEnvironmentVariable),
        Screen = Console.IsOutputRedirected ? null : static () => SizeOf(StandardOutput),
        IsInteractive = !Console.IsInputRedirected,
    };

    /// <summary>Returns true if the environment has no objection to colours: see https://no-color.org.</summary>
    internal static bool TakesColour(Func<string, string?> environment) =>
        string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not "dumb";
}
