using System.Text.Json;
using Hutch.Datasets.Search;
using Hutch.Federation.Wire;
using Hutch.Model.Search;

namespace Hutch.Federation.Writing;

/// <summary>Reads the answers of other sites to searches and requests for cards. Those of homes are checked.</summary>
internal static class SearchAnswers
{
    private const int MaxLifeCharacters = 64;

    /// <summary>The deepest metadata that are taken in.</summary>
    private const int MaxDepth = 64;

    public static SearchAnswer Read(SearchResponse answer) => new(
        answer.Datasets, answer.Next, answer.Counts is { } counts ? Read(counts) : null);

    /// <summary>Reads cards of a home. A wrong answer is refused as a whole; metadata that cannot be read are left out.</summary>
    public static Result<SearchCardPage> Read(CardsAnswer answer) =>
        answer.Life.Length > MaxLifeCharacters || answer.Position < 0 || answer.Cards.Count > SearchCards.MaxCards
            || answer.Cards.Contains(null!)
            || answer.Cards.Any(static card => card.Files.Length > SearchCards.MaxFilesCharacters
                || card.Document?.Length > SearchCards.MaxDocumentCharacters)
            ? ErrorCode.InvalidBody.With("The site sent cards that are too long or too many.")
            : new SearchCardPage(answer.Life, answer.Position, answer.IsMore, [.. answer.Cards.Select(Read)]);

    private static SearchCard Read(CardLine line) => new(line.Dataset, IsObject(line.Document) ? line.Document : null, line.Files);

    private static bool IsObject(string? document)
    {
        if (document is null)
        {
            return false;
        }

        try
        {
            using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static DatasetFacets Read(CountsLine counts) => new(counts.Found, counts.IsMore, [.. counts.Facets.Select(Read)])
    {
        Notes = counts.Notes,
    };

    private static DatasetFacet Read(FacetLine line) => new(
        line.Name, line.Title, line.Kind,
        [.. line.Values.Select(static value => new DatasetFacetValue(value.Shown, value.Datasets, value.Query))], line.IsMore)
    {
        Unit = line.Unit,
        Least = line.Least,
        Greatest = line.Greatest,
    };
}
