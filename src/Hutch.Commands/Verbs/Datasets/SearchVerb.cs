using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Datasets;

internal sealed class SearchVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "search",
        "Find datasets and publications by words, people, type and state, and by attributes.",
        "hutch search lysozyme 100K",
        "hutch search type:mx/rotation 'wavelength < 1 Å' lysozyme",
        "hutch search owner:ada state:open 'created >= 2026-11' --sort name",
        "hutch search type:mx --facets")
{
    private const string NothingFound = "No results.";

    private readonly Argument<string[]> _words = verb.Argument<string[]>(
        "word",
        "Words; type:NAME, owner:NAME; conditions such as 'energy > 12 keV', in quotes because of the shell.",
        ArgumentArity.ZeroOrMore);
    private readonly Option<string?> _sort = verb.Option<string?>(
        "--sort NAME", "By name, created or an attribute; --sort=-wavelength: the greatest first (default: the newest first).");
    private readonly Option<bool> _facets = verb.Option<bool>(
        "--facets", "Count the values of their attributes, instead of listing the datasets.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string query = string.Join(' ', context.Value(_words) ?? []);
        if (context.Value(_facets))
        {
            WriteFacets(context, await context.Server.FacetsAsync(query, cancellationToken));
            return ExitCode.Ok;
        }

        var notes = new List<string>();
        var publications = new List<FoundPublication>();
        bool isFound = await ListVerb.PrintDatasetsAsync(
            context, context.Server.SearchAsync(query, context.Value(_sort), notes.Add, publications.Add, cancellationToken),
            empty: null);
        if (publications.Count > 0 || !isFound)
        {
            await WritePublicationsAsync(context, publications);
            isFound |= publications.Count > 0;
        }

        if (context.Json)
        {
            // A program that takes a part for the whole must not do so in silence.
            notes.ForEach(context.Host.Error.WriteLine);
        }

        notes.ForEach(context.WriteNote);
        if (!isFound && query.Length > 0 && !context.Json && !context.Quiet && notes.Count == 0)
        {
            WriteNotes(context, await context.Server.FacetsAsync(query, cancellationToken));
        }

        return ExitCode.Ok;
    }

    /// <summary>Lists the publications of datasets that the caller may not see: they have no name here.</summary>
    private static async Task WritePublicationsAsync(CliContext context, IReadOnlyCollection<FoundPublication> publications)
    {
        var table = new TextTable("PUBLICATION", "PUBLISHED", "ACCESS", "TITLE");
        await context.AddAsync(
            table, publications.ToAsyncEnumerable(), HutchJson.Default.FoundPublication,
            static one => [one.Page, one.Published.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), one.Access, one.Title]);
        context.Write(table, NothingFound);
    }

    private static void WriteNotes(CliContext context, FacetsInfo facets)
    {
        foreach (string note in facets.Notes ?? [])
        {
            context.WriteNote(note);
        }
    }

    private static void WriteFacets(CliContext context, FacetsInfo facets)
    {
        if (context.Json)
        {
            context.PrintJson(facets, HutchJson.Default.FacetsInfo);
            return;
        }

        var table = new TextTable("WHAT", "VALUE", "DATASETS", "SEARCH FOR");
        foreach (FacetInfo facet in facets.Facets)
        {
            foreach (string[] row in RowsOf(facet))
            {
                table.Add(row);
            }
        }

        context.Write(table, NothingFound);
        if (facets.Found == 0)
        {
            WriteNotes(context, facets);
        }
        else
        {
            context.WriteNote(facets.More
                ? $"Counted are the newest {Human.Count(facets.Found)} datasets; more were found."
                : $"{Human.Count(facets.Found)} datasets were found.");
        }
    }

    private static IEnumerable<string[]> RowsOf(FacetInfo facet)
    {
        if (facet.Kind == "number")
        {
            string unit = facet.Unit is null ? "" : " " + facet.Unit;
            string query = $"{facet.Name}>={Number(facet.Least)}{facet.Unit}";
            yield return [facet.Name, $"{Number(facet.Least)} to {Number(facet.Greatest)}{unit}", "", query];
        }

        foreach (FacetValueInfo value in facet.Values)
        {
            yield return [facet.Name, value.Value, Human.Count(value.Datasets), value.Query];
        }

        if (facet.More)
        {
            yield return [facet.Name, "…", "", ""];
        }
    }

    private static string Number(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "";
}
