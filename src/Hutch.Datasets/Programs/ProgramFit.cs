using Hutch.Model.Ignoring;
using Hutch.Programs.Documents;

namespace Hutch.Datasets.Programs;

/// <summary>Decides whether programs take a dataset, and explains why not.</summary>
/// <remarks>Checks no rights.</remarks>
internal sealed class ProgramFit(TypeLibrary types, HeadReader heads)
{
    /// <summary>The most entries that are compared with patterns; a dataset with more is taken, and the node looks again.</summary>
    private const int MaxEntries = 20_000;

    /// <summary>Returns the reason of type or state for which a program does not take a dataset; null if there is none.</summary>
    public HutchError? FindMisfit(ProgramDocument program, SiteDataset dataset, string name)
    {
        if (program.Accepts.Types is { Count: > 0 } wanted && !wanted.Any(types.Current.LineageOf(dataset.Type).Contains))
        {
            return ErrorCode.Unprocessable.With(
                $"'{name}' is of the type '{dataset.Type}', but the program '{program.Name}' takes {string.Join(" or ", wanted)}.");
        }

        return program.Accepts.Closed is not { } closed || closed == dataset.Closed is not null ? null
            : closed ? DatasetState.RequireClosed(dataset).Error!
            : ErrorCode.DatasetClosed.With($"'{name}' is closed, but the program '{program.Name}' takes open datasets.");
    }

    /// <summary>Returns those of some programs for which a version has no file, with the reason.</summary>
    public async ValueTask<IReadOnlyDictionary<string, HutchError>> FindWithoutFilesAsync(
        IReadOnlyList<ProgramDocument> programs, TreeView view, string name, CancellationToken ct)
    {
        var open = programs.Select(static program => (Program: program, Files: new IncludeFilter(program.Accepts.Files))).ToList();
        int seen = 0;
        await using IAsyncEnumerator<PathEntry> entries = heads.EnumerateAsync(view, "", ct).GetAsyncEnumerator(ct);
        while (open.Count > 0 && seen < MaxEntries && await entries.MoveNextAsync())
        {
            seen++;
            bool isFolder = entries.Current.Entry.Kind == EntryKind.EmptyDirectory;
            open.RemoveAll(one => one.Files.IsEverything || !isFolder && one.Files.Wants(entries.Current.Path.Value, isFolder: false));
        }

        return seen == MaxEntries ? new Dictionary<string, HutchError>() : open.ToDictionary(
            static one => one.Program.Name,
            one => ErrorCode.Unprocessable.With(
                seen == 0 ? $"'{name}' is empty: there is nothing for the program '{one.Program.Name}'."
                    : $"No file of '{name}' matches {string.Join(" or ", one.Program.Accepts.Files.Select(Display.Quote))}, which the "
                        + $"program '{one.Program.Name}' reads."),
            StringComparer.Ordinal);
    }
}
