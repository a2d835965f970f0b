using Hutch.Publishing.Identifiers;

namespace Hutch.Publishing.Checks;

/// <summary>Checks a description before publication: required fields, and advice for data that are easier to find and to use.</summary>
public static class Checklist
{
    private const int FewestAbstractCharacters = 100;

    /// <summary>All findings, required ones first.</summary>
    public static IReadOnlyList<PublicationFinding> Check(PublicationDescription description)
    {
        return [.. Findings(description).OrderByDescending(static finding => finding.IsRequired)];
    }

    private static IEnumerable<PublicationFinding> Findings(PublicationDescription description) =>
    [
        .. Whole(description),
        .. description.Authors.SelectMany(Author),
        .. description.Funding.SelectMany(Funding),
        .. description.Related.SelectMany(Related),
    ];

    private static IEnumerable<PublicationFinding> Whole(PublicationDescription description)
    {
        if (description.Title is null)
        {
            yield return Required("title", "Give it a title.");
        }

        if (description.Authors.Count == 0)
        {
            yield return Required("authors", "Name at least one author.");
        }

        if (description.Abstract is null)
        {
            yield return Required("abstract", "Say in an abstract what the data are, and how they came about.");
        }
        else if (description.Abstract.Length < FewestAbstractCharacters)
        {
            yield return Recommended("abstract", "The abstract is very short: what does a reader have to know who finds only this page?");
        }

        if (description.Publisher is null)
        {
            yield return Required("publisher", "Say who publishes it, such as your facility or institute.");
        }

        if (description.License is null)
        {
            yield return Required("license", "Choose a licence, such as CC-BY-4.0 or CC0-1.0: without one, the data may not be used.");
        }
        else if (SpdxLicenses.Parse(description.License) is null)
        {
            yield return Required(
                "license", $"'{description.License}' is not in the SPDX list of licences; it has CC-BY-4.0, CC0-1.0 and others.");
        }

        if (description.Language is { } language && !IsLanguage(language))
        {
            yield return Required("language", $"'{language}' is not a language code such as en or de.");
        }

        if (description.Keywords.Count == 0)
        {
            yield return Recommended("keywords", "Keywords help others to find it.");
        }

        if (description.Funding.Count == 0)
        {
            yield return Recommended("funding", "Name the grants that paid for it, if there are any.");
        }

        if (description.Related.Count == 0)
        {
            yield return Recommended("related", "Name the article that it belongs to, if there is one.");
        }
    }

    private static IEnumerable<PublicationFinding> Author(PublicationAuthor author, int index)
    {
        string field = $"authors[{index}]";
        if (author.Name is null)
        {
            yield return Required(
                field + ".name", author.IsOrganisation ? "Name the organisation." : "Give the family name of the author.");
        }

        if (author.IsOrganisation && (author.Orcid ?? author.Given) is not null)
        {
            yield return Required(field, "An organisation has no given names and no ORCID iD.");
        }
        else if (author.Orcid is { } orcid && Orcid.Parse(orcid) is null)
        {
            yield return Required(field + ".orcid", $"'{orcid}' is not an ORCID iD: it has 16 digits, and the last one checks the others.");
        }
        else if (author is { Orcid: null, IsOrganisation: false })
        {
            yield return Recommended(field + ".orcid", "With an ORCID iD the author is not confused with another person of the same name.");
        }

        for (int at = 0; at < author.Affiliations.Count; at++)
        {
            PublicationAffiliation affiliation = author.Affiliations[at];
            if (affiliation.Name is null)
            {
                yield return Required($"{field}.affiliations[{at}].name", "Name the affiliation.");
            }

            if (affiliation.Ror is { } ror && Ror.Parse(ror) is null)
            {
                yield return NoRor($"{field}.affiliations[{at}].ror", ror);
            }
        }

        if (author is { IsOrganisation: false, Affiliations.Count: 0 })
        {
            yield return Recommended(field + ".affiliations", "Say where the author worked.");
        }
    }

    private static IEnumerable<PublicationFinding> Funding(PublicationFunding funding, int index)
    {
        if (funding.Funder is null)
        {
            yield return Required($"funding[{index}].funder", "Name the funder.");
        }

        if (funding.Ror is { } ror && Ror.Parse(ror) is null)
        {
            yield return NoRor($"funding[{index}].ror", ror);
        }
    }

    private static IEnumerable<PublicationFinding> Related(RelatedWork work, int index)
    {
        if (WebAddress.OfWork(work.Identifier) is null)
        {
            yield return Required($"related[{index}].identifier", "Name the work by its DOI, or by an address that begins with https://.");
        }

        if (Relations.Parse(work.Relation) is null)
        {
            yield return Required(
                $"related[{index}].relation", "Say how it is related: IsSupplementTo, IsDerivedFrom, Cites, References, ….");
        }
    }

    private static bool IsLanguage(string text) =>
        text.Split('-') is [{ Length: 2 or 3 } first, .. var rest] && first.All(char.IsAsciiLetterLower)
        && rest.All(static part => part.Length is >= 2 and <= 8 && part.All(char.IsAsciiLetterOrDigit));

    private static PublicationFinding NoRor(string field, string text) =>
        Required(field, $"'{text}' is not a ROR id, such as https://ror.org/04t3en479: its last two digits check the others.");

    private static PublicationFinding Required(string field, string problem) => new(field, problem, true);

    private static PublicationFinding Recommended(string field, string problem) => new(field, problem, false);
}
