using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class DownloadsVerb(VerbDeclaration verb)
    : Verb(
        verb, "downloads", "Show how often a dataset was downloaded, and by whom. For managers.", "hutch downloads lysozyme")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        DatasetDownloads downloads = await context.Server.GetDownloadsAsync(dataset.Id, cancellationToken);
        if (context.Json)
        {
            context.PrintJson(downloads, HutchJson.Default.DatasetDownloads);
            return ExitCode.Ok;
        }

        var table = new TextTable("USER", "DOWNLOADS", "SIZE", "LAST");
        foreach (ReaderDownloads reader in downloads.Members)
        {
            Add(table, reader.User ?? "", reader);
        }

        if (downloads.Strangers is { } strangers)
        {
            Add(table, "(not logged in)", strangers);
        }

        context.Write(table, $"{dataset.Name} was not downloaded yet.");
        return ExitCode.Ok;
    }

    private static void Add(TextTable table, string who, ReaderDownloads reader) =>
        table.Add(who, Human.Count(reader.Times), Display.Bytes(reader.Bytes), Human.Time(reader.Last));
}
