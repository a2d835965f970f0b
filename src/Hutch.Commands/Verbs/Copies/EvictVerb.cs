using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Copies;

/// <summary><c>hutch evict</c>: has the home of a dataset give up bytes that other sites hold.</summary>
internal sealed class EvictVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "evict",
        "Free the disk of the home of a closed dataset after other sites have verified their copies and promised to keep them. It is "
        + "listed and read as before; `hutch recall` brings the bytes back.",
        "hutch evict sample-42",
        "hutch evict sample-42 --holders 2",
        "hutch evict sample-42 --keep",
        "hutch evict sample-42-volume --reproducible")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

    private readonly Option<int> _holders = verb.Add(new Option<int>("--holders")
    {
        Description = "How many other sites must hold all of it, at least.",
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    });

    private readonly Option<bool> _keep = verb.Option<bool>(
        "--keep", "Have other sites hold it, and keep the bytes of the home, too.");
    private readonly Option<bool> _reproducible = verb.Option<bool>(
        "--reproducible", "Free the disk without a holder, because a program computes the bytes again: a rule must permit it.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        EvictionInfo eviction = await context.Server.EvictAsync(
            dataset.Id,
            new EvictDataset
            {
                Holders = context.Value(_holders),
                Keep = context.Value(_keep),
                Reproducible = context.Value(_reproducible),
            },
            cancellationToken);
        EvictionOutput.Write(context, dataset, eviction, context.Value(_keep));
        return ExitCode.Ok;
    }
}
