using System.Xml.Linq;

namespace Hutch.Peers.DataCite;

/// <summary>
/// What DataCite's metadata schema 4 (https://schema.datacite.org/meta/kernel-4.6/) says of a record: what there must be, what there may be,
/// and of which lists values come.
/// </summary>
public static class DataCiteRules
{
    private static readonly XNamespace Space = "http://datacite.org/schema/kernel-4";

    private static readonly HashSet<string> Elements =
    [
        "identifier", "creators", "titles", "publisher", "publicationYear", "resourceType", "subjects", "contributors", "dates", "language",
        "alternateIdentifiers", "relatedIdentifiers", "sizes", "formats", "version", "rightsList", "descriptions", "geoLocations",
        "fundingReferences", "relatedItems",
    ];

    private static readonly Dictionary<string, string[]> Lists = new()
    {
        ["nameType"] = ["Organizational", "Personal"],
        ["resourceTypeGeneral"] = ["Dataset", "Collection", "Image", "Software", "Text", "Other"],
        ["descriptionType"] = ["Abstract", "Methods", "SeriesInformation", "TableOfContents", "TechnicalInfo", "Other"],
        ["funderIdentifierType"] = ["ISNI", "GRID", "ROR", "Crossref Funder ID", "Other"],
        ["dateType"] =
        [
            "Accepted", "Available", "Copyrighted", "Collected", "Coverage", "Created", "Issued", "Other", "Submitted", "Updated", "Valid",
            "Withdrawn",
        ],
        ["relatedIdentifierType"] =
        [
            "ARK", "arXiv", "bibcode", "CSTR", "DOI", "EAN13", "EISSN", "Handle", "IGSN", "ISBN", "ISSN", "ISTC", "LISSN", "LSID", "PMID",
            "PURL", "RRID", "UPC", "URL", "URN", "w3id",
        ],
        ["relationType"] =
        [
            "IsCitedBy", "Cites", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy", "Continues", "IsNewVersionOf",
            "IsPreviousVersionOf", "IsPartOf", "HasPart", "IsPublishedIn", "IsReferencedBy", "References", "IsDocumentedBy", "Documents",
            "IsCompiledBy", "Compiles", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo", "HasMetadata", "IsMetadataFor", "Reviews",
            "IsReviewedBy", "IsDerivedFrom", "IsSourceOf", "Describes", "IsDescribedBy", "HasVersion", "IsVersionOf", "Requires",
            "IsRequiredBy", "Obsoletes", "IsObsoletedBy", "Collects", "IsCollectedBy", "HasTranslation", "IsTranslationOf",
        ],
    };

    /// <summary>Attributes without which an element is not valid.</summary>
    private static readonly Dictionary<string, string[]> Required = new()
    {
        ["identifier"] = ["identifierType"],
        ["resourceType"] = ["resourceTypeGeneral"],
        ["nameIdentifier"] = ["nameIdentifierScheme"],
        ["relatedIdentifier"] = ["relatedIdentifierType", "relationType"],
        ["alternateIdentifier"] = ["alternateIdentifierType"],
        ["description"] = ["descriptionType"],
        ["date"] = ["dateType"],
        ["funderIdentifier"] = ["funderIdentifierType"],
    };

    /// <summary>What is wrong with a record for a DOI; nothing when it is valid.</summary>
    public static IEnumerable<string> Check(XElement record, string doi)
    {
        if (record.Name != Space + "resource")
        {
            return ["No matching global declaration available for the validation root."];
        }

        XElement? identifier = record.Element(Space + "identifier");
        bool isNamed = identifier is { Value: var named } && named == doi && (string?)identifier.Attribute("identifierType") == "DOI";
        return
        [
            .. isNamed ? (string[])[] : ["The identifier is not the DOI."],
            .. Missing(record),
            .. record.Elements().Where(static one => !Elements.Contains(one.Name.LocalName) || one.Name.Namespace != Space)
                .Select(static one => $"Element '{one.Name.LocalName}': This element is not expected."),
            .. record.Elements().GroupBy(static one => one.Name).Where(static group => group.Count() > 1)
                .Select(static group => $"Element '{group.Key.LocalName}': There are several."),
            .. record.Descendants().Where(static one => !one.HasElements && one.Value.Length == 0)
                .Select(static one => $"Element '{one.Name.LocalName}': It is empty."),
            .. record.Descendants().SelectMany(Wrong),
        ];
    }

    private static IEnumerable<string> Missing(XElement record)
    {
        (string Path, string[] Steps)[] wanted =
        [
            ("creators", ["creators", "creator", "creatorName"]), ("titles", ["titles", "title"]), ("publisher", ["publisher"]),
            ("publicationYear", ["publicationYear"]), ("resourceType", ["resourceType"]),
        ];
        foreach ((string path, string[] steps) in wanted)
        {
            IEnumerable<XElement> found = steps.Aggregate<string, IEnumerable<XElement>>([record], static (all, step) => all.Elements(Space + step));
            if (!found.Any(static one => one.Value.Length > 0))
            {
                yield return $"Missing child element(s). Expected is {path}.";
            }
        }

        if (record.Element(Space + "publicationYear") is { Value: var year } && !(year.Length == 4 && year.All(char.IsAsciiDigit)))
        {
            yield return $"Element 'publicationYear': The value '{year}' is not accepted by the pattern.";
        }
    }

    private static IEnumerable<string> Wrong(XElement element)
    {
        foreach (string attribute in Required.GetValueOrDefault(element.Name.LocalName, []).Where(one => element.Attribute(one) is null))
        {
            yield return $"Element '{element.Name.LocalName}': The attribute '{attribute}' is required but missing.";
        }

        foreach (XAttribute attribute in element.Attributes())
        {
            if (Lists.TryGetValue(attribute.Name.LocalName, out string[]? list) && !list.Contains(attribute.Value))
            {
                yield return $"Element '{element.Name.LocalName}', attribute '{attribute.Name.LocalName}': '{attribute.Value}' is not in the list.";
            }
        }
    }
}
