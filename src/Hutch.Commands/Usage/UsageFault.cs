using Hutch.Commands.Hosting;

namespace Hutch.Commands.Usage;

/// <summary>A command line that cannot be run.</summary>
/// <param name="Message">The fault, in a sentence.</param>
/// <param name="Advice">The way to a command line that can be run.</param>
internal sealed record UsageFault(string Message, string Advice)
{
    private static readonly ErrorCode Code = new("usage", 0, "The command line is invalid", "");

    /// <summary>A table for people, below the message.</summary>
    internal IReadOnlyList<string> Lines { get; init; } = [];

    internal int Write(CliHost host, bool json)
    {
        HutchError error = (Code with { Advice = Advice }).With(Message);
        ErrorReport.Write(error, host, json, Lines);
        return ExitCode.Usage;
    }
}
