using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class TagVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "tag",
        "List, set or remove the tags of a dataset: names for its snapshots.",
        "hutch tag lysozyme",
        "hutch tag lysozyme@3 submitted",
        "hutch tag lysozyme submitted --remove")
{
    private readonly Argument<string> _dataset = verb.Add(DatasetArgument.Required(
        "The dataset, or DATASET@SNAPSHOT (default: its newest snapshot)."));
    private readonly Argument<string?> _tag = verb.Argument<string?>(
        "tag", "The tag to set, or to move there (default: list the tags).", ArgumentArity.ZeroOrOne);
    private readonly Option<bool> _remove = verb.Option<bool>("--remove", "Remove the tag. The snapshot stays.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        if (context.Value(_tag) is not { } tag)
        {
            if (context.Value(_remove))
            {
                throw ErrorCode.BadRequest.With("Name the tag to remove: hutch tag DATASET TAG --remove.").ToException();
            }

            return await ListAsync(context, dataset, cancellationToken);
        }

        if (context.Value(_remove))
        {
            await context.Server.DeleteTagAsync(dataset.Id, tag, cancellationToken);
            context.WriteDone($"Removed the tag {Display.Name(tag)} of {dataset.Name}.");
            return ExitCode.Ok;
        }

        if (at is null && dataset.Snapshots == 0)
        {
            throw (ErrorCode.NotFound with { Advice = "One is taken a minute after the last change to the dataset." }).With(
                $"{dataset.Name} has no snapshot to tag.").ToException();
        }

        SnapshotInfo snapshot = await context.Server.GetSnapshotAsync(
            dataset.Id, at ?? dataset.Snapshots.ToString(CultureInfo.InvariantCulture), cancellationToken);
        await context.Server.PutTagAsync(dataset.Id, tag, new PutTag { Snapshot = snapshot.Number }, cancellationToken);
        context.WriteDone($"{dataset.Name}@{Display.Name(tag)} is @{snapshot.Number} now.");
        return ExitCode.Ok;
    }

    private static async Task<int> ListAsync(CliContext context, DatasetInfo dataset, CancellationToken cancellationToken)
    {
        var table = new TextTable("TAG", "SNAPSHOT", "TIME");
        await foreach (SnapshotInfo snapshot in context.Server.ListSnapshotsAsync(dataset.Id, cancellationToken))
        {
            foreach (string tag in snapshot.Tags)
            {
                if (context.Json)
                {
                    context.PrintJson(new TagLine(tag, snapshot.Number), CliJson.Default.TagLine);
                    continue;
                }

                table.Add(tag, "@" + snapshot.Number, Human.Time(snapshot.Time));
            }
        }

        context.Write(table, $"{dataset.Name} has no tags.");
        return ExitCode.Ok;
    }
}

/// <summary>The output of <c>hutch tag --json</c> for a tag.</summary>
internal sealed record TagLine(string Tag, long Snapshot);
