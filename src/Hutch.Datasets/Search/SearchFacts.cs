using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

/// <summary>The facts by which datasets are compared: the fields of every dataset, and the metadata's attributes of its type.</summary>
internal static class SearchFacts
{
    /// <summary>The visibilities, as a search asks for them: an embargo ends automatically.</summary>
    public const string Private = "private", Embargo = "embargo", Public = "public";

    /// <summary>Characters of a text that count.</summary>
    private const int MaxTextCharacters = 200;

    /// <summary>All facts of a dataset, each once.</summary>
    public static IReadOnlyCollection<SearchFact> Collect(
        SiteDataset dataset, NameRecord name, string? document, TypeCatalog types, DateTimeOffset now) =>
    [
        OfText(SearchField.Owner, name.Owner.Name),
        OfText(SearchField.State, DatasetState.NameOf(dataset)),
        OfText(SearchField.Kind, DatasetState.KindOf(dataset)),
        OfText(SearchField.Visibility, VisibilityOf(name.Visibility, now)),
        OfText(SearchField.Type, dataset.Type),
        .. types.LineageOf(dataset.Type).Where(type => type != types.Top.Name)
            .Select(type => OfText(SearchField.Family, type)),
        new SearchFact(SearchField.Created, dataset.Created / 1000.0, null),
        .. SearchAttributes.Collect(dataset.Type, document, types).DistinctBy(fact => (fact.Field, fact.Number, fact.Text)),
    ];

    public static string TextOf(string text) => Shown(text).ToLowerInvariant();

    public static SearchFact OfText(SearchField field, string text)
    {
        string shown = Shown(text);
        string compared = TextOf(shown);
        return new SearchFact(field, null, compared, compared == shown ? null : shown);
    }

    public static string VisibilityOf(Visibility visibility, DateTimeOffset now) =>
        visibility.Right == Rights.None ? Private : visibility.At(now) == Rights.None ? Embargo : Public;

    // No half of a character: what UTF-8 cannot say is one value in the index, whichever half it was.
    private static string Shown(string text)
    {
        int length = Math.Min(text.Length, MaxTextCharacters);
        return text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)].Trim();
    }
}
