using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.DataLadClient;
using Hutch.DataLadClient.Stores;

namespace Hutch.Commands.Verbs.DataLad;

/// <summary><c>hutch export-ria</c>: datasets of a server become a RIA store in a folder.</summary>
internal sealed class ExportRiaVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "export-ria",
        "Write datasets into a RIA store that git and DataLad read without Hutch: every commit, and the content of all keys. Run it "
        + "again to resume, or to add new data.",
        "hutch export-ria /backup/ria",
        "hutch export-ria /backup/ria lysozyme ann/insulin --archive")
{
    private readonly Argument<string> _store = verb.Argument<string>(
        "folder", "The folder of the store; it is made if it does not exist.");
    private readonly Argument<string[]> _datasets = verb.Argument<string[]>(
        "dataset", "The datasets. Default: all that are yours or shared with you.", ArgumentArity.ZeroOrMore);
    private readonly Option<bool> _archive = verb.Option<bool>(
        "--archive", "Put the content of each dataset into one 7z archive: a few files instead of three for each key.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string folder = context.FullPath(context.Value(_store)!);
        Connection connection = await context.LogInAsync(context.ServerConnection, cancellationToken);
        var export = new RiaExport(context.Server, GitAccess.To(connection), folder, context.Progress);
        bool isWhole = true;
        export.Begin();
        await foreach (DatasetInfo dataset in ListAsync(context, cancellationToken))
        {
            StoreLine line = await export.RunAsync(dataset, context.Value(_archive), cancellationToken);
            isWhole &= line.Absent == 0;
            context.Progress.Dispose();
            string absent = line.Absent > 0 ? $"; the content of {Human.Count(line.Absent)} is not on the server" : "";
            string name = line.Alias is { } alias ? "~" + alias : line.Id.ToString();
            context.Print(
                line, CliJson.Default.StoreLine,
                $"{line.Dataset}: {Human.Count(line.Keys, "key")}{absent}.  ria+file://{folder}#{name}");
        }

        return isWhole ? ExitCode.Ok : ExitCode.Incomplete;
    }

    private async IAsyncEnumerable<DatasetInfo> ListAsync(
        CliContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string[] names = context.Value(_datasets) ?? [];
        foreach (string name in names)
        {
            yield return await context.ResolveWholeAsync(name, ct);
        }

        if (names.Length == 0)
        {
            await foreach (DatasetInfo dataset in context.Server.ListDatasetsAsync(ct: ct))
            {
                if (dataset.State is "open" or "closed")
                {
                    yield return dataset;
                }
            }
        }
    }
}
