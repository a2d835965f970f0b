using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>A publication as JSON-LD in the vocabulary of schema.org, which search engines for data read.</summary>
public static class SchemaOrg
{
    public const string MediaType = "application/ld+json";

    public static JsonObject Write(PublishedWork work)
    {
        PublicationDescription description = work.Description;
        var data = new JsonObject
        {
            ["@context"] = "https://schema.org/",
            ["@type"] = "Dataset",
            ["@id"] = work.Identifier,
            ["identifier"] = work.Identifier,
            ["url"] = work.Addresses.Page,
            ["name"] = work.Title,
            ["description"] = description.Abstract,
            ["creator"] = ArrayOf(description.Authors.Select(Author)),
            ["publisher"] = new JsonObject { ["@type"] = "Organization", ["name"] = description.Publisher },
            ["datePublished"] = WorkText.Date(work.Version.PublishedAt),
            ["dateModified"] = WorkText.Date(work.ChangedAt),
            ["version"] = WorkText.Number(work.Version.Number),
            ["license"] = work.LicenseAddress,
            ["conditionsOfAccess"] = work.Access.CoarAddress,
            ["isAccessibleForFree"] = work.Access.Kind == WorkAccessKind.Open,
            ["size"] = $"{WorkText.Number(work.Version.Data.Bytes)} bytes",
        };
        if (description.Language is { } language)
        {
            data["inLanguage"] = language;
        }

        AddList(data, "keywords", description.Keywords.Select(static word => JsonValue.Create(word)));
        AddList(data, "measurementTechnique", work.Techniques.Select(Technique));
        AddList(data, "funding", description.Funding.Select(Grant));
        foreach (IGrouping<string, RelatedWork> related in description.Related.GroupBy(static one => Property(one.Relation)))
        {
            AddList(data, related.Key, related.Select(Work));
        }

        AddList(data, "distribution", Downloads(work));
        return data;
    }

    private static JsonObject Technique(WorkTerm term) => new()
    {
        ["@type"] = "DefinedTerm",
        ["@id"] = term.Address,
        ["name"] = term.Label,
        ["inDefinedTermSet"] = term.SchemeAddress,
    };

    private static IEnumerable<JsonObject> Downloads(PublishedWork work)
    {
        if (work.Files is null)
        {
            return [];
        }

        var archive = new JsonObject
        {
            ["@type"] = "DataDownload",
            ["name"] = "All files in one archive",
            ["contentUrl"] = work.Addresses.Archive,
            ["encodingFormat"] = "application/zip",
        };
        return work.HasMoreFiles ? [archive] : [.. work.Files.Select(File), archive];
    }

    private static JsonObject File(WorkFile file) => new()
    {
        ["@type"] = "DataDownload",
        ["name"] = file.Path,
        ["contentUrl"] = file.Address,
        ["encodingFormat"] = file.MediaType,
        ["contentSize"] = WorkText.Number(file.Size),
        ["sha256"] = file.Hash.ToString(),
    };

    private static JsonObject Author(PublicationAuthor author)
    {
        var person = new JsonObject
        {
            ["@type"] = author.IsOrganisation ? "Organization" : "Person",
            ["name"] = AuthorName.Straight(author),
        };
        if (Orcid.Parse(author.Orcid) is { } orcid)
        {
            person["@id"] = Orcid.Address(orcid);
            person["identifier"] = Orcid.Address(orcid);
        }

        if (!author.IsOrganisation)
        {
            person["familyName"] = author.Name;
            if (author.Given is { } given)
            {
                person["givenName"] = given;
            }
        }

        AddList(person, "affiliation", author.Affiliations.Select(static one => Organisation(one.Name, one.Ror)));
        return person;
    }

    private static JsonObject Grant(PublicationFunding funding)
    {
        var grant = new JsonObject { ["@type"] = "Grant", ["funder"] = Organisation(funding.Funder, funding.Ror) };
        if (funding.Award is { } award)
        {
            grant["identifier"] = award;
        }

        if (funding.Title is { } title)
        {
            grant["name"] = title;
        }

        return grant;
    }

    private static JsonObject Organisation(string? name, string? ror)
    {
        var organisation = new JsonObject { ["@type"] = "Organization", ["name"] = name };
        if (Ror.Parse(ror) is { } id)
        {
            organisation["@id"] = id;
            organisation["identifier"] = id;
        }

        return organisation;
    }

    private static JsonObject Work(RelatedWork work)
    {
        string? address = WebAddress.OfWork(work.Identifier);
        return new JsonObject { ["@type"] = "CreativeWork", ["@id"] = address, ["identifier"] = address, ["url"] = address };
    }

    private static string Property(string? relation) => relation switch
    {
        "Cites" or "References" => "citation",
        "IsDerivedFrom" or "IsNewVersionOf" or "IsVersionOf" => "isBasedOn",
        "IsPartOf" or "IsPublishedIn" => "isPartOf",
        "HasPart" => "hasPart",
        "IsSupplementTo" or "IsCitedBy" or "IsReferencedBy" or "IsDescribedBy" or "IsDocumentedBy" or "IsReviewedBy" => "subjectOf",
        _ => "mentions",
    };

    private static void AddList(JsonObject to, string property, IEnumerable<JsonNode?> items)
    {
        JsonArray list = ArrayOf(items);
        if (list.Count > 0)
        {
            to[property] = list;
        }
    }

    private static JsonArray ArrayOf(IEnumerable<JsonNode?> items) => new([.. items]);
}
