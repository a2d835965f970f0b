using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Agents;

/// <summary>Adopts, and shows the plan or the result.</summary>
internal static class AdoptionReport
{
    public static async Task<int> AdoptAsync(CliContext context, AdoptFolder adopt, CancellationToken cancellationToken)
    {
        AdoptionInfo adoption = await context.Server.AdoptFolderAsync(adopt, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(adoption, HutchJson.Default.AdoptionInfo);
            return ExitCode.Ok;
        }

        var table = new TextTable("DATASET", "FOLDER", adopt.Store ? "KEYS" : "FILES", "BYTES", "");
        foreach (AdoptedFolderInfo one in adoption.Datasets)
        {
            table.Add(
                one.Name, Display.Name(one.Folder), Human.Count(one.Files), Display.Bytes(one.Bytes),
                adoption.Adopted ? "" : one.Dataset is null ? "new" : "adopted");
        }

        context.Write(table, "No datasets.");
        foreach (string fact in Facts(adoption, adopt.Store ? "key" : "file"))
        {
            context.WriteDone(fact);
        }

        foreach (string remark in adoption.Notices.Concat(adoption.Refusals.Select(static refusal => "It would be refused. " + refusal)))
        {
            context.WriteNote(remark);
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<string> Facts(AdoptionInfo adoption, string unit)
    {
        yield return $"{Human.Count(adoption.Datasets.Count, "dataset")}, {Human.Count(adoption.Files, unit)}, "
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
