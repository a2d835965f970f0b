using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

/// <summary><c>hutch purges</c>: the sites that have not finished a purge of all sites yet.</summary>
internal sealed class PurgesVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "purges",
        "Show the datasets that are purged at every site, and the sites that have not said yet that nothing is left (operators and "
        + "auditors).",
        "hutch purges",
        "hutch purges --all")
{
    private readonly Option<bool> _all = verb.Option<bool>("--all", "Those that every site has carried out, too.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var table = new TextTable("DATASET", "NAME", "ORDERED", "BY", "DONE", "WAITING FOR");
        await foreach (PurgeInfo purge in context.Server.ListPurgesAsync(onlyOpen: !context.Value(_all), cancellationToken))
        {
            if (context.Json)
            {
                context.PrintJson(purge, HutchJson.Default.PurgeInfo);
                continue;
            }

            table.Add(
                purge.Dataset.ToString(), purge.Name ?? "", Human.Time(purge.Ordered), purge.By, Sites(purge, "done"),
                purge.Open ? Sites(purge, "waiting") : "");
        }

        context.Write(table, "No purge is open.");
        return ExitCode.Ok;
    }

    private static string Sites(PurgeInfo purge, string state) =>
        string.Join(", ", purge.Sites.Where(site => site.State == state).Select(static site => site.Site));
}
