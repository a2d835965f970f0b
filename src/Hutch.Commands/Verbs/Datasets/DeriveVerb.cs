using Hutch.Commands.Hosting;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class DeriveVerb : Verb
{
    private readonly Argument<string[]> _parents = new("dataset")
    {
        Description = "The parents, which must be closed; DATASET@SNAPSHOT for a version.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _name = new("--name")
    {
        Description = "The name of the new dataset, or OWNER/NAME.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<bool> _copy = new("--copy")
    {
        Description = "Start with the entries of the one parent, by reference (default: empty).",
    };

    private readonly Option<string?> _title = new("--title") { Description = "The title.", HelpName = "TEXT" };
    private readonly Option<string?> _type = new("--type") { Description = "The type (default: generic).", HelpName = "TYPE" };

    internal DeriveVerb(CliHost host)
        : base(
            host,
            "derive",
            "Create a dataset derived from closed ones. It records the exact versions it comes from.",
            "hutch derive lysozyme --name lysozyme-integrated",
            "hutch derive lysozyme insulin --name comparison",
            "hutch derive lysozyme@2 --name lysozyme-trial --copy")
    {
        Add(_parents);
        Add(_name);
        Add(_copy);
        Add(_title);
        Add(_type);
    }

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
