using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Copies;

/// <summary><c>hutch recall</c>: has the home of a dataset bring back the bytes that it gave up.</summary>
internal sealed class RecallVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "recall",
        "Bring the bytes of an evicted dataset back to its home, or cancel its eviction. The sites that hold it are notified when "
        + "it is complete.",
        "hutch recall sample-42")
{
    private readonly Argument<string?> _dataset = verb.Add(DatasetArgument.Optional());

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await context.ResolveWholeAsync(context.Value(_dataset), cancellationToken);
        EvictionOutput.Write(context, dataset, await context.Server.RecallAsync(dataset.Id, cancellationToken));
        return ExitCode.Ok;
    }
}
