namespace Hutch.Programs.Engines;

/// <summary>The command of a node that executes one attempt: normally this very program with the verb <c>attempt</c>.</summary>
public sealed record NodeCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Returns the arguments of a node for one attempt, without those of its sandbox and its token.</summary>
    /// <param name="server">The address at which the node reaches the server.</param>
    /// <param name="work">Its folder for inputs and results.</param>
    internal static IReadOnlyList<string> RunArguments(AttemptKey attempt, NodeServer server, string work) =>
    [
        "run", attempt.Run.ToString("N"), attempt.Number.ToString(CultureInfo.InvariantCulture), "--server", server.Address.ToString(),
        "--work", work, .. server.Fingerprint is { } fingerprint ? ["--trust", fingerprint] : (string[])[],
    ];
}
