using Hutch.Catalog.Search;
using Hutch.Model.Publications;
using Hutch.Publishing.Works;

namespace Hutch.Datasets.Search;

/// <summary>The facts of a publication: those of its public page.</summary>
internal static class PublicationFacts
{
    /// <summary>The values of one field that count: a paper can have thousands of authors.</summary>
    private const int MaxValues = 200;

    /// <summary>The facts of a publication whose dataset is hidden from most callers; its access is public, too.</summary>
    public static IReadOnlyCollection<SearchFact> Collect(PublicationRecord publication, Visibility visibility, DateTimeOffset now) =>
        [.. Collect(publication), SearchFacts.OfText(SearchField.Visibility, SearchFacts.VisibilityOf(visibility, now))];

    /// <summary>The facts of a publication, each once; none for null.</summary>
    public static IEnumerable<SearchFact> Collect(PublicationRecord? publication)
    {
        if (publication?.Version is not { } version)
        {
            return [];
        }

        PublicationDescription description = publication.Description;
        return
        [
            new SearchFact(SearchField.Published, version.PublishedAt.ToUnixTimeMilliseconds() / 1000.0, null),
            .. Texts("author", description.Authors.Select(AuthorName.Inverted)),
            .. Texts("orcid", description.Authors.Select(static author => author.Orcid)),
            .. Texts("keyword", description.Keywords),
            .. Texts("funder", description.Funding.Select(static funding => funding.Funder)),
            .. Texts("license", [description.License]),
        ];
    }

    private static IEnumerable<SearchFact> Texts(string field, IEnumerable<string?> values) =>
        values.Where(static value => !string.IsNullOrWhiteSpace(value)).Take(MaxValues)
            .Select(value => SearchFacts.OfText(new SearchField(":" + field, ""), value!)).DistinctBy(static fact => fact.Text);
}
