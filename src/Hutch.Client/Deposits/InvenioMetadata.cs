using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Hutch.Model.Publications;

namespace Hutch.Client.Deposits;

/// <summary>
/// The description of a publication as a draft of InvenioRDM (invenio-rdm-records at 1f23bb9, services/schemas/metadata.py and access.py).
/// Missing parts stay missing.
/// </summary>
public static class InvenioMetadata
{
    /// <summary>
    /// The codes of ISO 639-3, which are the ids of InvenioRDM, by those of ISO 639-1. Other languages are left out.
    /// </summary>
    private static readonly Dictionary<string, string> Languages =
        ("cs ces da dan de deu el ell en eng es spa fi fin fr fra hu hun it ita ja jpn ko kor nl nld no nor pl pol pt por ru rus sv swe "
            + "zh zho").Split(' ').Chunk(2).ToDictionary(static one => one[0], static one => one[1]);

    /// <param name="publication">A published description.</param>
    /// <param name="citesOurDoi">True if the record is cited by the DOI of the publication instead of one of the repository.</param>
    /// <param name="opensAt">The end of the embargo; null for none.</param>
    /// <param name="isRestricted">True if the files are not public.</param>
    public static JsonObject Write(PublicationInfo publication, bool citesOurDoi, DateTimeOffset? opensAt, bool isRestricted)
    {
        bool isClosed = isRestricted || opensAt is not null;
        var access = new JsonObject { ["record"] = "public", ["files"] = isClosed ? "restricted" : "public" };
        if (opensAt is { } until)
        {
            access["embargo"] = new JsonObject
            {
                ["active"] = true,
                ["until"] = until.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            };
        }

        var draft = new JsonObject
        {
            ["access"] = access,
            ["files"] = new JsonObject { ["enabled"] = true },
            ["metadata"] = Metadata(publication, citesOurDoi),
        };
        if (citesOurDoi && publication.Doi is { } doi)
        {
            draft["pids"] = new JsonObject
            {
                ["doi"] = new JsonObject { ["identifier"] = doi.Doi, ["provider"] = "external" },
            };
        }

        return draft;
    }

    private static JsonObject Metadata(PublicationInfo publication, bool citesOurDoi)
    {
        PublicationDescription description = publication.Description;
        var metadata = new JsonObject
        {
            ["resource_type"] = Id("dataset"),
            ["title"] = description.Title,
            ["publication_date"] = publication.Published?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["creators"] = new JsonArray([.. description.Authors.Select(Creator)]),
            ["version"] = publication.Version?.ToString(CultureInfo.InvariantCulture),
            ["publisher"] = description.Publisher,
            ["description"] = description.Abstract is { } text ? Html(text) : null,
        };
        Add(metadata, "rights", description.License is { } license ? [Id(license.ToLowerInvariant())] : []);
        Add(metadata, "subjects", description.Keywords.Select(static word => new JsonObject { ["subject"] = word }));
        Add(metadata, "languages", Languages.TryGetValue(description.Language ?? "", out string? language) ? [Id(language)] : []);
        Add(metadata, "funding", description.Funding.Select(Funding));
        Add(
            metadata, "related_identifiers",
            description.Related.Select(static one => Related(one.Identifier!, one.Relation!))
                .Concat(OurIdentifiers(publication, citesOurDoi)));
        foreach (string empty in metadata.Where(static one => one.Value is null).Select(static one => one.Key).ToArray())
        {
            metadata.Remove(empty);
        }

        return metadata;
    }

    /// <summary>Returns the page here, and the DOI unless the record is cited by it.</summary>
    private static IEnumerable<JsonObject> OurIdentifiers(PublicationInfo publication, bool citesOurDoi)
    {
        yield return Related(publication.Page!, "IsIdenticalTo");
        if (!citesOurDoi && publication.Doi is { } doi)
        {
            yield return Related(doi.Doi, "IsIdenticalTo");
        }
    }

    private static JsonObject Creator(PublicationAuthor author)
    {
        var person = new JsonObject { ["type"] = author.IsOrganisation ? "organizational" : "personal" };
        if (author.IsOrganisation)
        {
            person["name"] = author.Name;
        }
        else
        {
            person["family_name"] = author.Name;
            if (author.Given is not null)
            {
                person["given_name"] = author.Given;
            }

            Add(person, "identifiers", author.Orcid is { } orcid
                ? [new JsonObject { ["scheme"] = "orcid", ["identifier"] = orcid[(orcid.LastIndexOf('/') + 1)..] }]
                : []);
        }

        // The vocabulary of affiliations of a repository may lack a ROR id, so the name goes first.
        var creator = new JsonObject { ["person_or_org"] = person };
        Add(creator, "affiliations", author.Affiliations.DistinctBy(static one => one.Name ?? one.Ror).Select(static one =>
            one.Name is { } name ? new JsonObject { ["name"] = name } : Id(RorId(one.Ror!))));
        return creator;
    }

    private static JsonObject Funding(PublicationFunding funding)
    {
        var one = new JsonObject
        {
            ["funder"] = funding.Funder is { } name ? new JsonObject { ["name"] = name } : Id(RorId(funding.Ror!)),
        };
        if (funding.Award is not null || funding.Title is not null)
        {
            var award = new JsonObject();
            if (funding.Award is { } number)
            {
                award["number"] = number;
            }

            award["title"] = new JsonObject { ["en"] = funding.Title ?? funding.Award };
            one["award"] = award;
        }

        return one;
    }

    private static JsonObject Related(string identifier, string relation)
    {
        bool isAddress = identifier.Contains("://", StringComparison.Ordinal);
        return new JsonObject
        {
            ["identifier"] = identifier,
            ["scheme"] = isAddress ? "url" : "doi",
            ["relation_type"] = Id(relation.ToLowerInvariant()),
        };
    }

    private static string RorId(string ror) => ror[(ror.LastIndexOf('/') + 1)..];

    private static JsonObject Id(string id) => new() { ["id"] = id };

    private static string Html(string text) => string.Concat(
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => $"<p>{HtmlEncoder.Default.Encode(line)}</p>"));

    private static void Add(JsonObject to, string property, IEnumerable<JsonObject> items)
    {
        JsonNode?[] list = [.. items];
        if (list.Length > 0)
        {
            to[property] = new JsonArray(list);
        }
    }
}
