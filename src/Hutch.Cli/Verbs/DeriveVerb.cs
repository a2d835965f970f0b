using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch derive</c>: makes a dataset from closed ones.</summary>
internal sealed class DeriveVerb : Verb
{
    private readonly Argument<string[]> _parents = new("dataset")
    {
        Description = "The parents, which must be closed; with @SNAPSHOT if a version is meant.",
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
        Description = "Start with the entries of the parents, by reference, instead of empty.",
    };

    private readonly Option<string?> _title = new("--title") { Description = "A line for people.", HelpName = "TEXT" };
    private readonly Option<string?> _type = new("--type") { Description = "The type; generic when it is left out.", HelpName = "TYPE" };

    internal DeriveVerb(CliHost host)
        : base(
            host,
            "derive",
            "Make a dataset from closed ones. It names the exact bytes it comes from, for ever.",
            "hutch derive lysozyme --name lysozyme-integrated",
            "hutch derive lysozyme@2 insulin --name comparison --copy")
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
        context.Print(made, HutchJson.Default.DatasetInfo, $"{made.Name} ({made.Id}) is derived from {from}.");
        return ExitCode.Ok;
    }
}
