using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Model;

namespace Hutch.Cli.Verbs;

/// <summary>Tells of files that the server has damaged.</summary>
internal static class MissingFiles
{
    /// <summary>Names them, with the way on; returns the exit code for them, or the other one when there are none.</summary>
    internal static int Tell(CliContext context, IReadOnlyList<string> paths, int otherwise)
    {
        if (paths.Count == 0)
        {
            return otherwise;
        }

        foreach (string path in paths)
        {
            context.Note($"damaged or gone on the server: {Display.Quote(path)}");
        }

        context.Note(
            $"{Human.Count(paths.Count, "file is", "files are")} not here, as the server has no whole copy: placeholders stand for them. "
            + "Tell the operator, or push them again from another copy; then `hutch get` brings them.");
        return ExitCode.Incomplete;
    }
}
