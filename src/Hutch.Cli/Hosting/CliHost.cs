using Hutch.Client.S3;

namespace Hutch.Cli.Hosting;

/// <summary>What the command has around it: replaced in tests.</summary>
internal sealed record CliHost
{
    /// <summary>Results go here.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress and errors go here.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Secrets come from here.</summary>
    public required TextReader In { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The names of all environment variables.</summary>
    public IReadOnlyCollection<string> EnvironmentNames { get; init; } = [];

    /// <summary>The folder the person is in.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal, so that a line may be drawn over.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether <see cref="In"/> is a terminal, so that a person must be asked.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Takes the place of the network in tests.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The S3 key that stood in an address on the command line; taken out of it before anything read it.</summary>
    public S3Credentials? S3Key { get; init; }

    /// <summary>Hides a text where the system shows the arguments of this process.</summary>
    public Action<string> Conceal { get; init; } = static _ => { };

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The real surroundings of this process.</summary>
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
        IsInteractive = !Console.IsInputRedirected,
    };
}
