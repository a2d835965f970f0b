using Hutch.Objects.S3;

namespace Hutch.Commands.Hosting;

/// <summary>The environment of the command: replaced in tests.</summary>
internal sealed record CliHost
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public IReadOnlyCollection<string> EnvironmentNames { get; init; } = [];

    public required string Folder { get; init; }

    /// <summary>True if <see cref="Error"/> is a terminal, so that a line may be overwritten.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The width and height, in characters, of the terminal that takes <see cref="Out"/>; null when it is none.</summary>
    public Func<(int Width, int Height)>? Screen { get; init; }

    /// <summary>True if <see cref="In"/> is a terminal, so that the user must be asked.</summary>
    public bool IsInteractive { get; init; }

    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The S3 key that stood in an address on the command line; taken out of it before anything read it.</summary>
    public S3Credentials? S3Key { get; init; }

    /// <summary>Hides a text where the system shows the arguments of this process.</summary>
    public Action<string> Conceal { get; init; } = static _ => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The verbs of the full program by their words, such as <c>user recover-admin</c>. The client has none.</summary>
    public IReadOnlyDictionary<string, Func<CliHost, Command>> FullVerbs { get; init; } = new Dictionary<string, Func<CliHost, Command>>();

    internal static CliHost System() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Environment = global::System.Environment.GetEnvironmentVariable,
        EnvironmentNames = [.. global::System.Environment.GetEnvironmentVariables().Keys.Cast<string>()],
        Folder = global::System.Environment.CurrentDirectory,
        Conceal = ProcessArguments.Conceal,
        IsTerminal = !Console.IsErrorRedirected,
        Screen = Console.IsOutputRedirected ? null : () => (Console.WindowWidth, Console.WindowHeight),
        IsInteractive = !Console.IsInputRedirected,
    };
}
