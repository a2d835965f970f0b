using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Agents;

internal sealed class AgentStatusVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "status",
        "Show the folders that the server's agent watches: state, size, growth, and what needs attention.",
        "hutch agent status",
        "hutch agent status --state attention")
{
    private readonly Option<string?> _state = verb.Option<string?>(
        "--state", "Only folders in this state: waiting, acquiring, published, attention, missing.");
    private readonly Option<string?> _text = verb.Option<string?>(
        "--text", "Only folders with this text in their path or dataset.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var table = new TextTable("FOLDER", "STATE", "DATASET", "FILES", "BYTES", "GROWTH", "KEPT UNTIL");
        var remarks = new List<string>();
        FacilityFolders page;
        string? cursor = null;
        do
        {
            page = await context.Server.GetFacilityFoldersAsync(context.Value(_state), context.Value(_text), cursor, cancellationToken);
            if (context.Json)
            {
                context.PrintJson(page, HutchJson.Default.FacilityFolders);
            }

            foreach (FacilityFolderInfo folder in page.Items)
            {
                table.Add(
                    Display.Name(folder.Folder), folder.State, folder.Name ?? "", Human.Count(folder.Files), Display.Bytes(folder.Bytes),
                    folder.BytesPerSecond > 0 ? $"{Display.Bytes((long)folder.BytesPerSecond)}/s" : "",
                    folder.KeepUntil?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "");
                remarks.AddRange(
                    folder.Notices.Prepend(folder.Problem).OfType<string>().Select(text => $"{Display.Name(folder.Folder)}: {text}"));
            }
        }
        while ((cursor = page.Next) is not null);
        if (context.Json)
        {
            return ExitCode.Ok;
        }

        context.Write(table, "No folders.");
        remarks.AddRange(page.Parents.SelectMany(parent => parent.Notices.Select(text => $"{Display.Name(parent.Path)}: {text}")));
        remarks.ForEach(context.WriteNote);
        return ExitCode.Ok;
    }
}

/// <summary><c>hutch agent scan</c>: looks at everything again.</summary>
internal sealed class AgentScanVerb(VerbDeclaration verb)
    : Verb(verb, "scan", "Make the server's agent scan all its folders again, with every file.", "hutch agent scan")
{
    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        FacilityScan scan = await context.Server.ScanFoldersAsync(cancellationToken);
        context.Print(scan, HutchJson.Default.FacilityScan, $"Looking at {Human.Count(scan.Folders, "folder")} again.");
        return ExitCode.Ok;
    }
}

/// <summary><c>hutch agent rescan</c>: the facility's software announces a change.</summary>
internal sealed class AgentRescanVerb : Verb
{
    private readonly Argument<string> _folder = new("folder") { Description = AgentFolder.Description };

    internal AgentRescanVerb(CliHost host)
        : base(
            host,
            "rescan",
            "Make the server's agent scan one folder at once. For software that has just written there.",
            "hutch agent rescan /data/krios/20211227125_Demo")
    {
        Add(_folder);
        Aliases.Add("poke");
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await context.Server.RescanFolderAsync(AgentFolder.PathOf(context, _folder), cancellationToken);
        return ExitCode.Ok;
    }
}

internal sealed class AgentLetterVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "letter",
        "Print a mail to the experimenters with the address of the data and a new invite. Each mail makes an invite.",
        "hutch agent letter /data/krios/20211227125_Demo")
{
    private readonly Argument<string> _folder = verb.Argument<string>("folder", AgentFolder.Description);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        FacilityLetter letter = await context.Server.DraftInviteMailAsync(AgentFolder.PathOf(context, _folder), cancellationToken);
        context.Print(letter, HutchJson.Default.FacilityLetter, letter.Text.TrimEnd('\n'));
        return ExitCode.Ok;
    }
}
