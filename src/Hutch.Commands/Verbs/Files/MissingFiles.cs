using Hutch.Client.Fetch;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

/// <summary>Reports files that the server cannot send: damaged ones, and temporary ones that made room for newer data.</summary>
internal static class MissingFiles
{
    /// <summary>Names those that were left out of a folder of plain files; returns the exit code.</summary>
    internal static int ReportLeftOut(CliContext context, CloneOutcome outcome)
    {
        foreach (string path in outcome.Missing)
        {
            context.WriteNote($"not there, as the server has no whole copy: {Display.Quote(path)}");
        }

        return outcome.Missing.Count == 0 ? CodeOf(outcome.LeftOut) : ExitCode.Incomplete;
    }

    /// <summary>The exit code for paths that this disk cannot hold. The engine has named them.</summary>
    internal static int CodeOf(IReadOnlyList<string> leftOut) => leftOut.Count == 0 ? ExitCode.Ok : ExitCode.Incomplete;

    /// <summary>Names them, with the way on; returns the exit code for them, or the other one when there are none.</summary>
    internal static int Report(
        CliContext context, string? dataset, IReadOnlyList<string> missing, IReadOnlyList<string> madeRoom, int otherwise)
    {
        if (missing.Count == 0)
        {
            return otherwise;
        }

        var went = madeRoom.ToHashSet(StringComparer.Ordinal);
        foreach (string path in missing)
        {
            context.WriteNote(
                (went.Contains(path) ? "made room for newer data: " : "damaged or gone on the server: ") + Display.Quote(path));
        }

        int damaged = missing.Count - went.Count;
        if (damaged > 0)
        {
            context.WriteNote(
                $"{Human.Count(damaged, "file is", "files are")} not here, as the server has no whole copy: placeholders stand for them. "
                + "Tell the operator, or push them again from another copy; then `hutch get` brings them.");
        }

        if (went.Count > 0)
        {
            context.WriteNote(
                $"{Human.Count(went.Count, "file is", "files are")} not here, as the dataset was temporary and the server keeps a limited "
                + "amount of such data, the newest: placeholders stand for them. "
                + $"`hutch keep {Display.Name(dataset ?? "DATASET")}` keeps the rest.");
        }

        return ExitCode.Incomplete;
    }
}
