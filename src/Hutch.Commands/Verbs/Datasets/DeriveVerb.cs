using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class DeriveVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "derive",
        "Create a dataset derived from closed ones. It records the exact versions it comes from.",
        "hutch derive lysozyme --name lysozyme-integrated",
        "hutch derive lysozyme insulin --name comparison",
        "hutch derive lysozyme@2 --name lysozyme-trial --copy")
{
    private readonly Argument<string[]> _parents = verb.Argument<string[]>(
        "dataset", "The parents, which must be closed; DATASET@SNAPSHOT for a version.", ArgumentArity.OneOrMore);
    private readonly Option<string> _name = verb.Required<string>("--name NAME", "The name of the new dataset, or OWNER/NAME.");
    private readonly Option<bool> _copy = verb.Option<bool>(
        "--copy", "Start with the entries of the one parent, by reference (default: empty).");
    private readonly Option<string?> _title = verb.Option<string?>("--title TEXT", "The title.");
    private readonly Option<string?> _type = verb.Option<string?>("--type TYPE", "The type (default: generic).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        var parents = new List<ParentReference>();
        foreach (string parent in context.Value(_parents) ?? [])
        {
            (DatasetInfo dataset, string? at) = await context.ResolveAsync(parent, cancellationToken);
            parents.Add(new ParentReference { Dataset = dataset.Id.ToString(), At = at });
        }

        DatasetInfo made = await context.Server.CreateDatasetAsync(
            new CreateDataset
            {
                Name = context.Value(_name)!,
                Title = context.Value(_title),
                Type = context.Value(_type),
                Parents = parents,
                Copy = context.Value(_copy),
            },
            cancellationToken);
        string from = string.Join(", ", made.Parents.Select(p => (p.Name ?? p.Id.ToString()) + (p.Snapshot is { } at ? $"@{at}" : "")));
        context.Print(made, HutchJson.Default.DatasetInfo, $"Created {made.Name} ({made.Id}), derived from {from}.");
        return ExitCode.Ok;
    }
}
