using System.Globalization;
using Hutch.Catalog.Search;
using Hutch.Model;

namespace Hutch.Bench.Catalog;

/// <summary>
/// The public list among as many publications as datasets, beside these in the same index: words, facets of everyone, and the search of a
/// user who finds the publications of hidden datasets, too. One in a hundred datasets is public, the others are under embargo.
/// </summary>
internal static class PublicationSearch
{
    private const int Batch = 10_000;
    private const int Owners = 500;
    private const int Authors = 50_000;
    private const int MaxCounted = 5000;
    private const int MaxValues = 10;
    private const int PageSize = 50;

    private static readonly SearchField Author = new(":author", "");
    private static readonly SearchField License = new(":license", "");

    public static async Task FillAsync(SearchDatabase index, int publications, Func<Random, string> word, CancellationToken ct)
    {
        var random = new Random(3);
        for (int from = 1; from <= publications; from += Batch)
        {
            SearchDocument[] documents =
                [.. Enumerable.Range(from, Batch).Select(number => MakeDocument(publications + number, number, random, word))];
            await index.UpdateAsync(
                writer =>
                {
                    Array.ForEach(documents, writer.Put);
                    return Task.FromResult(documents.Length);
                },
                ct);
        }
    }

    /// <summary>Measures, in processor time, and gives the times of each kind of question.</summary>
    public static IEnumerable<(string What, List<double> Times)> Measure(
        SearchDatabase index, IReadOnlyList<string> queries, Func<string, SearchExpression> asUser, CancellationToken ct)
    {
        SearchField[] counted = [SearchField.Published, Author, License];
        yield return ("publications, words, everyone", [.. queries.Select(
            query => Time(reader => reader.Find(Public(query), long.MaxValue, PageSize).Count))]);
        yield return ("publications, facets, everyone", [.. queries.Select(
            query => Time(reader => reader.Count(Public(query), counted, MaxCounted, MaxValues).Found))]);
        yield return ("words with publications, ordinary user", [.. queries.Select(
            query => Time(reader => reader.Find(asUser(query) with { WithPublications = true }, long.MaxValue, PageSize).Count))]);

        double Time(Func<SearchReader, int> ask) => BenchmarkContext.TimeProcessor(() => index.ReadAsync(ask, ct).Wait(ct));
    }

    private static SearchExpression Public(string query) => SearchExpression.OfPublications(query, [], []);

    private static SearchDocument MakeDocument(long key, int number, Random random, Func<Random, string> word)
    {
        string words = string.Join(' ', Enumerable.Range(0, 60).Select(_ => word(random)));
        string author = string.Create(CultureInfo.InvariantCulture, $"author {random.Next(Authors)}, a.");
        var owner = new PrincipalId(new Guid((number % Owners) + 1, 1, 0, new byte[8]));
        List<string> audience = [SearchAudience.Publication, SearchAudience.Instead(SearchAudience.For(owner))];
        if (number % 100 == 0)
        {
            audience.Add(SearchAudience.Instead(SearchAudience.Public));
        }

        return new SearchDocument(
            key, new DatasetId(new Guid(number, 0, 0, new byte[8])), "title", $"tomography scan\n{author}\n{words}", audience)
        {
            IsPublication = true,
            Facts =
            [
                new(SearchField.Published, number * 60.0, null),
                new(Author, null, author),
                new(License, null, number % 3 == 0 ? "cc0-1.0" : "cc-by-4.0"),
            ],
        };
    }
}
