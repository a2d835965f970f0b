namespace Hutch.Programs.Engines;

/// <summary>The command of a node that executes one attempt: normally this very program with the verb <c>attempt</c>.</summary>
public sealed record NodeCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The folder in the scratch folder of an engine in which nodes keep images.</summary>
    internal const string Images = "images";

    /// <summary>Returns the arguments of a node for one attempt, without those of its sandbox and its token.</summary>
    /// <param name="server">The address at which the node reaches the server.</param>
    /// <param name="scratch">The folder in which attempts have a folder each.</param>
    /// <param name="imageBytes">The most bytes of images that nodes keep there; 0 for none.</param>
    internal static IReadOnlyList<string> RunArguments(AttemptKey attempt, NodeServer server, string scratch, long imageBytes) =>
    [
        "run", attempt.Run.ToString("N"), attempt.Number.ToString(CultureInfo.InvariantCulture), "--server", server.Address.ToString(),
        "--work", Path.Combine(scratch, attempt.ToString()),
        .. imageBytes > 0
            ? ["--images", Path.Combine(scratch, Images), "--image-bytes", imageBytes.ToString(CultureInfo.InvariantCulture)]
            : (string[])[],
        .. server.Fingerprint is { } fingerprint ? ["--trust", fingerprint] : (string[])[],
    ];
}
