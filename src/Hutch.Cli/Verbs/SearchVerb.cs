using System.CommandLine;
using Hutch.Cli.Hosting;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch search</c>.</summary>
internal sealed class SearchVerb : Verb
{
    private readonly Argument<string[]> _words = new("word")
    {
        Description = "Words; type:NAME, owner:NAME; conditions such as 'energy > 12 keV', in quotes because of the shell.",
        Arity = ArgumentArity.OneOrMore,
    };

    internal SearchVerb(CliHost host)
        : base(
            host,
            "search",
            "Find datasets by words in their names, titles and metadata, by type, owner and state, and by values of attributes.",
            "hutch search lysozyme 100K",
            "hutch search type:mx/rotation 'wavelength < 1 Å' lysozyme",
            "hutch search owner:ada state:open 'created >= 2026-11'") => Add(_words);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string query = string.Join(' ', context.Value(_words) ?? []);
        await ListVerb.PrintDatasetsAsync(
            context, context.Server.SearchAsync(query, cancellationToken), "Nothing was found among what you may see.");
        return ExitCode.Ok;
    }
}
