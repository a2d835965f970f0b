using System.Text.RegularExpressions;

namespace Hutch.Formats.Hdf5;

/// <summary>The refusal of a file that cannot be read, with its path in the details.</summary>
internal static partial class Unreadable
{
    /// <param name="advice">The remedy; null for the usual one.</param>
    public static HutchException File(string message, string path, string? advice = null) => Error(message, path, advice).ToException();

    public static HutchError Error(string message, string path, string? advice = null) =>
        (advice is null ? ErrorCode.UnreadableFile : ErrorCode.UnreadableFile with { Advice = advice }).With(message, "file", path);

    /// <summary>A file that the library cannot open or read, in words for users. The messages of the library name its functions.</summary>
    public static HutchError FromLibrary(string reason, string path)
    {
        string name = Path.GetFileName(path);
        if (TruncatedFile().Match(reason) is { Success: true } cut)
        {
            return Error(
                $"{name} is incomplete: it has {cut.Groups[1].Value} of {cut.Groups[2].Value} bytes.",
                path,
                "If it is still being written or copied, wait until that is done; otherwise copy it again.");
        }

        return reason.Contains("already open for write", StringComparison.Ordinal) || reason.Contains("h5clear", StringComparison.Ordinal)
            ? Error(
                $"{name} is still being written, or its writer stopped before it closed the file.",
                path,
                "Use `hutch ingest --live`, or wait until the file is closed. "
                + "If its writer has stopped, take the file from where it was first stored.")
            : Error($"{name} is damaged or incomplete: {FunctionName().Replace(reason, "").Trim()}.", path);
    }

    [GeneratedRegex("^truncated file: eof = ([0-9]+), .*stored_eof = ([0-9]+)$")]
    private static partial Regex TruncatedFile();

    [GeneratedRegex(@"\bH5[A-Z]+[A-Za-z0-9_]*(\(\))?:? ?")]
    private static partial Regex FunctionName();
}
