using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Client.Fetch;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch clone</c>: makes a working directory from a dataset.</summary>
internal sealed class CloneVerb : Verb
{
    private readonly Argument<string> _dataset = DatasetArgument.Required("The dataset, with @SNAPSHOT if a version is meant.");

    private readonly Argument<string?> _folder = new("directory")
    {
        Description = "The folder to make; named like the dataset when it is left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _lazy = new("--lazy")
    {
        Description = "Leave placeholders; `hutch get` brings the files that are needed.",
    };

    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "A cache that files come through and that others can share.",
        HelpName = "DIR",
    };

    internal CloneVerb(CliHost host)
        : base(
            host,
            "clone",
            "Bring a dataset here, every file verified. Interrupted, the same command goes on where it stopped.",
            "hutch clone alice/lysozyme",
            "hutch clone lysozyme@3 old-state --lazy",
            "hutch clone lysozyme --cache /data/shared/hutch-cache")
    {
        Add(_dataset);
        Add(_folder);
        Add(_lazy);
        Add(_cache);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        (DatasetInfo dataset, string? at) = await context.ResolveAsync(context.Value(_dataset), cancellationToken);
        string folder = context.FullPath(context.Value(_folder) ?? dataset.Slug);
        var options =
            new CloneOptions { Lazy = context.Value(_lazy), Cache = context.Value(_cache) is { } cache ? context.FullPath(cache) : null };
        CloneOutcome outcome = await new CloneEngine(context.Server, context.Progress, context.Host.Time).RunAsync(
            dataset, at, folder, options, cancellationToken);
        context.Progress.Dispose();
        string version = outcome.Snapshot is { } number ? $"@{number}" : " (empty)";
        context.Print(
            outcome,
            CliJson.Default.CloneOutcome,
            $"{dataset.Name}{version} is in {outcome.Folder}: {Human.Count(outcome.Entries, "entry", "entries")}, "
            + $"{Human.Bytes(outcome.Bytes)}{(options.Lazy ? ", as placeholders" : "")}.");
        return ExitCode.Ok;
    }
}
