using Hutch.Publishing.Identifiers;

namespace Hutch.Publishing.Checks;

/// <summary>
/// Normalizes a description before it is stored: one form of each identifier, trimmed, without characters that XML forbids.
/// </summary>
public static class PublicationText
{
    private const int MaxLineCharacters = 1000;
    private const int MaxAbstractCharacters = 20_000;
    private const int MaxAuthors = 500;
    private const int MaxAffiliations = 20;
    private const int MaxItems = 200;

    /// <summary>
    /// Returns the normalized description, or an error with the limit that it exceeds. Invalid identifiers stay unchanged;
    /// <see cref="Checklist"/> reports them.
    /// </summary>
    public static Result<PublicationDescription> Tidy(PublicationDescription description)
    {
        try
        {
            return description with
            {
                Title = Line(description.Title, "title"),
                Abstract = Clean(description.Abstract, "abstract", MaxAbstractCharacters, keepsLines: true),
                Publisher = Line(description.Publisher, "publisher"),
                License = Line(description.License, "license") is { } license ? SpdxLicenses.Parse(license) ?? license : null,
                Language = Line(description.Language, "language"),
                Keywords =
                [
                    .. List(description.Keywords, "keywords", MaxItems).Select(static word => Line(word, "keywords"))
                        .OfType<string>().Distinct(),
                ],
                Authors = [.. List(description.Authors, "authors", MaxAuthors).Select(Author)],
                Funding = [.. List(description.Funding, "funding", MaxItems).Select(Funding)],
                Related = [.. List(description.Related, "related", MaxItems).Select(Related)],
            };
        }
        catch (HutchException e)
        {
            return e.Error;
        }
    }

    private static PublicationAuthor Author(PublicationAuthor author) => author with
    {
        Name = Line(author.Name, "authors.name"),
        Given = Line(author.Given, "authors.given"),
        Orcid = Line(author.Orcid, "authors.orcid") is { } id ? Orcid.Parse(id) ?? id : null,
        Affiliations =
        [
            .. List(author.Affiliations, "authors.affiliations", MaxAffiliations).Select(static one => one with
            {
                Name = Line(one.Name, "authors.affiliations.name"),
                Ror = RorOf(one.Ror, "authors.affiliations.ror"),
            }).Where(static one => one.Name is not null || one.Ror is not null),
        ],
    };

    private static PublicationFunding Funding(PublicationFunding funding) => funding with
    {
        Funder = Line(funding.Funder, "funding.funder"),
        Ror = RorOf(funding.Ror, "funding.ror"),
        Award = Line(funding.Award, "funding.award"),
        Title = Line(funding.Title, "funding.title"),
    };

    private static RelatedWork Related(RelatedWork work) => work with
    {
        Identifier = Line(work.Identifier, "related.identifier") is { } id ? Doi.Parse(id) ?? WebAddress.Parse(id) ?? id : null,
        Relation = Line(work.Relation, "related.relation") is { } relation ? Relations.Parse(relation) ?? relation : null,
    };

    private static string? RorOf(string? text, string field) => Line(text, field) is { } id ? Ror.Parse(id) ?? id : null;

    private static string? Line(string? text, string field) => Clean(text, field, MaxLineCharacters, keepsLines: false);

    private static string? Clean(string? text, string field, int most, bool keepsLines)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > most)
        {
            throw ErrorCode.TooLarge.With($"'{field}' has {text.Length} characters; the most are {most}.").ToException();
        }

        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            bool isBreak = rune.Value is '\n' or '\t';
            if (isBreak && !keepsLines)
            {
                clean.Append(' ');
            }
            else if (isBreak || !(Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE))
            {
                clean.Append(rune);
            }
        }

        string trimmed = clean.ToString().Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }

    private static IReadOnlyList<T> List<T>(IReadOnlyList<T>? items, string field, int most)
    {
        if (items is null)
        {
            return [];
        }

        if (items.Count > most)
        {
            throw ErrorCode.TooLarge.With($"'{field}' has {items.Count} items; the most are {most}.").ToException();
        }

        if (items.Any(static item => item is null))
        {
            throw ErrorCode.InvalidBody.With($"An item of '{field}' is null.").ToException();
        }

        return items;
    }
}
