using System.CommandLine;
using Hutch.Cli.Hosting;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch search</c>.</summary>
internal sealed class SearchVerb : Verb
{
    private readonly Argument<string[]> _words = new("word")
    {
        Description = "The words to search for.",
        Arity = ArgumentArity.OneOrMore,
    };

    internal SearchVerb(CliHost host)
        : base(host, "search", "Find datasets by words in their names, titles and metadata.", "hutch search lysozyme 100K") => Add(_words);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string query = string.Join(' ', context.Value(_words) ?? []);
        await ListVerb.PrintDatasetsAsync(
            context, context.Server.SearchAsync(query, cancellationToken), "Nothing was found among what you may see.");
        return ExitCode.Ok;
    }
}
