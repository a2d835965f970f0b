using Hutch.Datasets.Programs;
using Hutch.Model.Sites;

namespace Hutch.Api.Documents;

internal static class StatementDocuments
{
    public static StatementInfo From(VisibleStatement visible) => visible.Statement is not { } said
        ? new StatementInfo
        {
            Rerun = visible.Kept.Run.ToString("N"),
            Summary = visible.Kept.Reason ?? "The statement is not signed with the key that it names.",
            Reproduced = false,
            Trusted = false,
        }
        : new StatementInfo
        {
            Rerun = said.Rerun.ToString("N"),
            Run = said.Run.ToString("N"),
            Summary = Summarize(said, visible.Changes),
            Reproduced = said.IsReproduced,
            Trusted = visible.IsTrusted,
            Site = said.Site,
            At = said.At,
            Dataset = said.Dataset,
            Snapshot = said.Snapshot,
            ChangedSince = visible.Changes is { } changes ? Math.Max(1, changes.Files) : null,
            Results = said.Results,
            Files = said.Files,
            Equal = said.Equal,
            Within = said.Within,
            Different = said.Different,
            ByNature = said.ByNature,
            Unequal =
            [
                .. Unequal("different", said.DifferentFiles), .. Unequal("within", said.WithinFiles),
                .. Unequal("by-nature", said.ByNatureFiles),
            ],
            Document = visible.Kept.Document,
            Proof = visible.Kept.Proof,
        };

    /// <summary>A proof is one of a version: says what changed since.</summary>
    private static string Summarize(RerunStatement said, ChangesSince? changes) => said.Sentence + changes switch
    {
        null => "",
        { Files: 0 } => "; the dataset has changed since",
        { IsMore: true, Files: var many } => string.Create(CultureInfo.InvariantCulture, $"; more than {many} files have changed since"),
        { Files: 1 } => "; 1 file has changed since",
        { Files: var some } => string.Create(CultureInfo.InvariantCulture, $"; {some} files have changed since"),
    };

    private static IEnumerable<ComparedFileInfo> Unequal(string kind, IReadOnlyList<ComparedFile> files) =>
        files.Select(file => new ComparedFileInfo { Path = file.Path, Kind = kind, How = file.How });
}
