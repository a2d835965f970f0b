using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Agents;

/// <summary><c>hutch adopt folder</c>: makes an existing folder of the server one or more datasets, in place.</summary>
internal sealed class AdoptFolderVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "folder",
        "Make an existing folder of the server one or more private datasets, in place. The folder must be in one of 'adopt.roots' of "
        + "the configuration. Again, it takes new folders and changed files.",
        "hutch adopt folder /data/old --dry-run",
        "hutch adopt folder /data/old --each '*' --owner anna")
{
    private readonly Argument<string> _folder = verb.Argument<string>("folder", AgentFolder.Description);
    private readonly Option<string?> _owner = verb.Option<string?>(
        "--owner OWNER", "The user or group that will own new datasets (default: you).");
    private readonly Option<string?> _each = verb.Option<string?>(
        "--each PATTERN",
        "Make a dataset of each folder in it that matches, such as '*' or '*/raw'; '*', '?' and '[a-z]' match within a name (default: "
        + "one dataset of all files).");
    private readonly Option<bool> _dryRun = verb.Option<bool>("--dry-run", "Only show the plan. Nothing is changed.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var adopt = new AdoptFolder
        {
            Folder = AgentFolder.PathOf(context, _folder),
            Owner = context.Value(_owner),
            Each = context.Value(_each),
            DryRun = context.Value(_dryRun),
        };
        AdoptionInfo adoption = await context.Server.AdoptFolderAsync(adopt, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(adoption, HutchJson.Default.AdoptionInfo);
            return ExitCode.Ok;
        }

        var table = new TextTable("DATASET", "FOLDER", "FILES", "BYTES", "");
        foreach (AdoptedFolderInfo one in adoption.Datasets)
        {
            table.Add(
                one.Name, Display.Name(one.Folder), Human.Count(one.Files), Display.Bytes(one.Bytes),
                adoption.Adopted ? "" : one.Dataset is null ? "new" : "adopted");
        }

        context.Write(table, "No datasets.");
        foreach (string fact in Facts(adoption))
        {
            context.WriteDone(fact);
        }

        foreach (string remark in adoption.Notices.Concat(adoption.Refusals.Select(static refusal => "It would be refused. " + refusal)))
        {
            context.WriteNote(remark);
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<string> Facts(AdoptionInfo adoption)
    {
        yield return $"{Human.Count(adoption.Datasets.Count, "dataset")}, {Human.Count(adoption.Files, "file")}, "
            + $"{Display.Bytes(adoption.Bytes)}; hashing takes {Display.Duration(TimeSpan.FromSeconds(adoption.HashSeconds))} or more.";
        if (adoption.HardLinks + adoption.SparseFiles + adoption.Links > 0)
        {
            yield return $"{Human.Count(adoption.Links, "symbolic link")}, {Human.Count(adoption.LinksLeadingOut)} of them out of their "
                + $"folder; {Human.Count(adoption.HardLinks, "further name")} of files (hard links); "
                + $"{Human.Count(adoption.SparseFiles, "sparse file")}.";
        }

        foreach (AdoptionOmissionInfo one in adoption.LeftOut)
        {
            string examples = one.Examples.Count == 0 ? "" : $", such as {string.Join(", ", one.Examples.Select(Display.Quote))}";
            yield return $"Left out, {one.Reason}: {Human.Count(one.Count)}{examples}.";
        }

        yield return adoption.Adopted
            ? "The folders are being scanned: `hutch adopt list` shows the progress."
            : "Nothing was changed.";
    }
}
