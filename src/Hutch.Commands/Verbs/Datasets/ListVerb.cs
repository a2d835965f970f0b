using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class ListVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "list",
        "List datasets, or the entries of one.",
        "hutch list",
        "hutch list --state trash",
        "hutch list lysozyme@2 --prefix run1/",
        "hutch list lysozyme --contains master")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional(
        "List the entries of this dataset, or of DATASET@SNAPSHOT (default: list the datasets)."));
    private readonly Option<string?> _prefix = verb.Option<string?>("--prefix PATH", "Only entries under this path prefix.");
    private readonly Option<string?> _contains = verb.Option<string?>(
        "--contains TEXT", "Only entries, of all folders, with this text in their name; capitals do not matter.");
    private readonly Option<bool> _recursive = verb.Option<bool>("--recursive -r", "Descend into folders.");
    private readonly Option<string?> _owner = verb.Option<string?>("--owner NAME", "Only datasets of this user or group.");
    private readonly Option<string?> _state = verb.Option<string?>(
        "--state STATE", "Only datasets in this state: open, closed, trash, or gone (purged; only the record is left).")
        .AcceptOnlyFromAmong(DatasetStates.Open, DatasetStates.Closed, DatasetStates.Trash, DatasetStates.Gone);

    /// <summary>Prints datasets as a table, or as JSON; for none, a sentence.</summary>
    /// <returns>True if the table has rows.</returns>
    /// <param name="empty">The sentence for an empty list; null for none.</param>
    internal static async Task<bool> PrintDatasetsAsync(
        CliContext context, IAsyncEnumerable<DatasetInfo> datasets, string? empty)
    {
        var table = new TextTable("NAME", "STATE", "KIND", "TYPE", "FILES", "SIZE", "YOU MAY", "TITLE");
        await context.AddAsync(
            table, datasets, HutchJson.Default.DatasetInfo,
            dataset =>
            [
                dataset.Name,
                dataset.State,
                dataset.Kind,
                dataset.Type,
                Human.Count(dataset.Files),
                Display.Bytes(dataset.Bytes),
                dataset.YourRight ?? "",
                dataset.Title ?? "",
            ]);

        if (empty is null)
        {
            table.Write(context.Host.Out);
        }
        else
        {
            context.Write(table, empty);
        }

        return !table.IsEmpty;
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_dataset) is { } name)
        {
            (DatasetInfo dataset, string? at) = await context.ResolveAsync(name, cancellationToken);
            await PrintEntriesAsync(context, dataset, at, cancellationToken);
        }
        else
        {
            _ = await PrintDatasetsAsync(
                context,
                context.Server.ListDatasetsAsync(context.Value(_owner), context.Value(_state), cancellationToken),
                context.Value(_owner) is null && context.Value(_state) is null
                    ? "No datasets yet. `hutch init` or `hutch ingest` creates one." : "No dataset matches.");
        }

        return ExitCode.Ok;
    }

    private async Task PrintEntriesAsync(CliContext context, DatasetInfo dataset, string? at, CancellationToken cancellationToken)
    {
        string? contains = context.Value(_contains);
        string? delimiter = context.Value(_recursive) || contains is not null ? null : "/";
        string? after = null;
        bool empty = true;
        do
        {
            TreeListing page = await context.Server.ListTreeAsync(
                dataset.Id, at, context.Value(_prefix), delimiter, after, limit: null, contains, cancellationToken);
            foreach (string prefix in page.Prefixes)
            {
                context.Print(new PrefixLine(prefix), CliJson.Default.PrefixLine, $"{"",10}  {Display.Name(prefix)}");
            }

            foreach (EntryInfo entry in page.Items)
            {
                string size = entry.Kind == EntryKinds.File ? Display.Bytes(entry.Size ?? 0) : entry.Kind;
                string target = entry.Target is { } link ? " -> " + Display.Name(link) : "";
                context.Print(entry, HutchJson.Default.EntryInfo, $"{size,10}  {Display.Name(entry.Path)}{target}");
            }

            empty &= page.Prefixes.Count + page.Items.Count == 0;
            after = page.Next;
        }
        while (after is not null);
        if (empty)
        {
            context.WriteEmpty(
                dataset.Name + (contains is not null ? $" has nothing with {Display.Quote(contains)} in its name"
                    : context.Value(_prefix) is not null ? " has nothing" : " is empty")
                + (context.Value(_prefix) is { } prefix ? $" under {Display.Quote(prefix)}." : "."));
        }
    }
}

/// <summary>The output of <c>hutch list DATASET --json</c> for a directory.</summary>
internal sealed record PrefixLine(string Prefix);
