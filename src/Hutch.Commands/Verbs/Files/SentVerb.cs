using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Files;

internal sealed class SentVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "sent",
        "List or end what was sent to a dataset and is in no version: pushes under way, and content of git-annex and git-lfs that no "
        + "commit names. For managers.",
        "hutch sent lysozyme",
        "hutch sent lysozyme --end 0f3b5c8e9d1a4b7c8e2f6a5d4c3b2a19")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required());

    private readonly Option<string[]> _end = verb.Add(new Option<string[]>("--end")
    {
        Description = "End the push with this id, or the content of this key, from any sender. A key that a commit names stays.",
        HelpName = "ID",
        Arity = ArgumentArity.OneOrMore,
    });

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        if (context.Value(_end) is { Length: > 0 } ended)
        {
            foreach (string id in ended)
            {
                await context.Server.EndUnreferencedAsync(dataset.Id, id, cancellationToken);
                context.WriteDone($"Ended {Display.Name(id)} of {dataset.Name}.");
            }

            return ExitCode.Ok;
        }

        var table = new TextTable("ID", "KIND", "BY", "SIZE", "SINCE", "ENDS");
        await foreach (SentContentInfo sent in context.Server.ListUnreferencedAsync(dataset.Id, cancellationToken))
        {
            if (context.Json)
            {
                context.PrintJson(sent, HutchJson.Default.SentContentInfo);
                continue;
            }

            table.Add(sent.Id, sent.Kind, sent.By ?? "", Display.Bytes(sent.Bytes), TimeOf(sent.Since), TimeOf(sent.Ends));
        }

        context.Write(table, $"No unfinished uploads to {dataset.Name}.");
        return ExitCode.Ok;
    }

    private static string TimeOf(DateTimeOffset? time) => time is { } known ? Human.Time(known) : "";
}
