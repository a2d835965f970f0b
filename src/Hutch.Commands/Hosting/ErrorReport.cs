using System.Text.RegularExpressions;
using Hutch.Client.Http;
using Hutch.Commands.Output;
using Hutch.Objects.Http;

namespace Hutch.Commands.Hosting;

/// <summary>Says what went wrong, and what to do: for a person, or as problem details; and the exit code.</summary>
internal static partial class ErrorReport
{
    private const string Trace = "trace";

    // What only a client can meet; it has no HTTP status.
    private static readonly ErrorCode VerificationFailed = new(
        "verification-failed",
        0,
        "The data does not match its hash",
        "Try again; if it happens again, tell the operator of the server.");

    private static readonly ErrorCode Unreachable = new(
        "unreachable",
        0,
        "The server does not answer",
        "Check the address and that the server is running; then run the command again to resume.");

    private static readonly ErrorCode BadAnswer = new(
        "bad-answer",
        0,
        "The response cannot be read",
        "Check that a Hutch server of this version runs at the address.");

    private static readonly ErrorCode NoSpace = new(
        "no-space",
        0,
        "No space left",
        "Free space on it and run the command again to resume.");

    private static readonly ErrorCode InputOutput = new("input-output", 0, "A file cannot be read or written", "");

    private static readonly ErrorCode Bug = ErrorCode.Internal with
    {
        Status = 0,
        Title = "A bug in hutch",
        Advice = "Whether the command took effect is not known: look before you run it again. Please report it, with the command, "
            + "the output of `hutch version`, and the trace.",
    };

    internal static int Write(Exception exception, CliHost host, bool json, bool verbose)
    {
        (HutchError error, int code) = Classify(exception);
        Write(error, host, json, []);
        if (json)
        {
            return code;
        }

        if (error.Details?.TryGetValue("requestId", out string? id) == true && error.Code.Status >= 500)
        {
            host.Error.WriteLine($"  Request id: {id}");
        }

        if (verbose || IsBug(error))
        {
            host.Error.WriteLine(exception.ToString());
        }

        return code;
    }

    /// <summary>Writes an error with its advice; between the two, lines that only people read.</summary>
    internal static void Write(HutchError error, CliHost host, bool json, IReadOnlyList<string> lines)
    {
        if (json)
        {
            host.Error.WriteLine(JsonText.Write(ToProblem(error), HutchJson.Default.Problem));
            return;
        }

        WriteFirst(host, error.Message);
        foreach (string line in lines)
        {
            host.Error.WriteLine(line);
        }

        if (error.Code.Advice.Length > 0)
        {
            host.Error.WriteLine("  " + error.Code.Advice);
        }
    }

    private static void WriteFirst(CliHost host, string message)
    {
        const string Name = "hutch:";
        if (!host.HasColour)
        {
            host.Error.WriteLine($"{Name} {message}");
            return;
        }

        TerminalWriter error = host.Error as TerminalWriter ?? new TerminalWriter(host.Error, static () => { });
        error.WriteLine(Name, Colour.Problem, " " + message);
    }

    internal static (HutchError Error, int Code) Classify(Exception exception) => exception switch
    {
        HutchException e => (e.Error, CodeOf(e.Error.Code)),
        VerificationException e => (VerificationFailed.With(e.Message), ExitCode.VerificationFailed),
        ServerUnreachableException e => (Unreachable.With(e.Message), ExitCode.Unreachable),
        BadAnswerException e => (BadAnswer.With(e.Message), ExitCode.Failure),
        DiskFullException e => (NoSpace.With(e.Message), ExitCode.NoSpace),
        IOException e when FullDisk.IsCauseOf(e) => (
            NoSpace.With($"A disk on this machine is full: {e.Message.TrimEnd('.')}."), ExitCode.NoSpace),
        IOException or UnauthorizedAccessException => (InputOutput.With(InOurWords(exception.Message)), ExitCode.Failure),
        _ => (Bug.With($"This is a bug in hutch: {exception.Message}", Trace, exception.ToString()), ExitCode.Failure),
    };

    // .NET names the operation that failed; users need the reason.
    private static string InOurWords(string message)
    {
        Match quoted = QuotedPath().Match(message);
        string path = Display.Quote(quoted.Groups["path"].Value);
        if (!quoted.Success)
        {
            return message;
        }

        if (message.StartsWith("Could not find a part of the path", StringComparison.Ordinal))
        {
            return $"The folder of {path} does not exist.";
        }

        if (message.StartsWith("Could not find file", StringComparison.Ordinal))
        {
            return $"The file {path} does not exist.";
        }

        if (message.StartsWith("Access to the path", StringComparison.Ordinal))
        {
            return $"You may not read or write {path}.";
        }

        if (message.EndsWith("already exists.", StringComparison.Ordinal))
        {
            return $"{path} exists already, and is no folder.";
        }

        return message;
    }

    [GeneratedRegex("'(?<path>[^']+)'")]
    private static partial Regex QuotedPath();

    private static bool IsBug(HutchError error) => error.Details?.ContainsKey(Trace) == true;

    private static int CodeOf(ErrorCode code) => code.Status switch
    {
        400 when code == ErrorCode.DigestMismatch => ExitCode.VerificationFailed,
        400 => ExitCode.Usage,
        401 => ExitCode.NotLoggedIn,
        403 => ExitCode.Forbidden,
        404 => ExitCode.NotFound,
        409 or 410 or 412 => ExitCode.Conflict,
        507 => ExitCode.NoSpace,
        _ => ExitCode.Failure,
    };

    private static Problem ToProblem(HutchError error) => new()
    {
        Type = error.Code.Type,
        Title = error.Code.Title,
        Status = error.IsAnswer && error.Code.Status > 0 ? error.Code.Status : null,
        Detail = error.Message,
        Code = error.Code.Name,
        Advice = error.Code.Advice.Length == 0 ? null : error.Code.Advice,
        Details = error.Details?.ToDictionary(
            d => d.Key, d => JsonSerializer.SerializeToElement(d.Value, HutchJson.Default.String), StringComparer.Ordinal),
    };
}
