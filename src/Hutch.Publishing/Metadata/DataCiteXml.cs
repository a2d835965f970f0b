using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>A publication in DataCite's metadata schema 4. It uses only elements that every version from 4.4 supports.</summary>
public static class DataCiteXml
{
    public const string MediaType = "application/vnd.datacite.datacite+xml";

    public const string Space = "http://datacite.org/schema/kernel-4";

    public const string SchemaAddress = "https://schema.datacite.org/meta/kernel-4.6/metadata.xsd";

    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
    private const string OrcidSite = "https://orcid.org";
    private const string RorSite = "https://ror.org";

    private static readonly XmlWriterSettings Settings = new() { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };

    public static byte[] Write(PublishedWork work) => Document(xml => Write(work, xml));

    /// <summary>
    /// The document for the DOI of a work in all its versions: the metadata of the newest version, and a list of the versions.
    /// </summary>
    public static byte[] WriteSeries(PublishedWork newest, string doi)
    {
        return Document(xml => Write(newest, xml, doi));
    }

    /// <summary>Writes the element inside another document.</summary>
    public static void Write(PublishedWork work, XmlWriter xml)
    {
        Write(work, xml, null);
    }

    private static byte[] Document(Action<XmlWriter> write)
    {
        using var document = new MemoryStream();
        using (XmlWriter xml = XmlWriter.Create(document, Settings))
        {
            write(xml);
        }

        return document.ToArray();
    }

    private static void Write(PublishedWork work, XmlWriter xml, string? seriesDoi)
    {
        PublicationDescription description = work.Description;
        bool isSeries = seriesDoi is not null;
        xml.WriteStartElement("resource", Space);
        xml.WriteAttributeString("xsi", "schemaLocation", Instance, Space + " " + SchemaAddress);
        string? doi = seriesDoi ?? work.Doi ?? work.PendingDoi;
        Element(xml, "identifier", doi ?? work.Addresses.Page, ("identifierType", doi is null ? "URL" : "DOI"));
        Creators(xml, description.Authors);
        List(xml, "titles", [work.Title], title => Element(xml, "title", title));
        Element(xml, "publisher", description.Publisher);
        Element(xml, "publicationYear", WorkText.Number(work.Year));
        Element(xml, "resourceType", "Dataset", ("resourceTypeGeneral", "Dataset"));
        Subjects(xml, work);
        Dates(xml, work);
        Element(xml, "language", description.Language);
        if (doi is not null)
        {
            List(
                xml, "alternateIdentifiers", [isSeries ? work.Addresses.Series : work.Addresses.Page],
                page => Element(xml, "alternateIdentifier", page, ("alternateIdentifierType", "URL")));
        }

        RelatedWork[] related =
            [.. description.Related.Concat(isSeries ? WorkRelations.OfSeries(work) : WorkRelations.List(work)).Distinct()];
        List(xml, "relatedIdentifiers", related, one => Related(xml, one));
        if (!isSeries)
        {
            List(xml, "sizes", [$"{WorkText.Number(work.Version.Data.Bytes)} bytes"], size => Element(xml, "size", size));
            Element(xml, "version", WorkText.Number(work.Version.Number));
        }

        Rights(xml, work);
        List<string>(
            xml, "descriptions", description.Abstract is { } text ? [text] : [],
            one => Element(xml, "description", one, ("descriptionType", "Abstract")));
        List(xml, "fundingReferences", description.Funding, funding => Funding(xml, funding));
        xml.WriteEndElement();
    }

    private static void Subjects(XmlWriter xml, PublishedWork work)
    {
        (string Text, WorkTerm? Term)[] subjects =
        [
            .. work.Description.Keywords.Select(static word => (word, (WorkTerm?)null)),
            .. work.Techniques.Select(static term => (term.Label, term)),
        ];
        List(xml, "subjects", subjects, subject => Element(
            xml, "subject", subject.Text,
            ("subjectScheme", subject.Term?.Scheme), ("schemeURI", subject.Term?.SchemeAddress), ("valueURI", subject.Term?.Address)));
    }

    private static void Creators(XmlWriter xml, IReadOnlyList<PublicationAuthor> authors) => List(xml, "creators", authors, author =>
    {
        xml.WriteStartElement("creator", Space);
        Element(xml, "creatorName", AuthorName.Inverted(author), ("nameType", author.IsOrganisation ? "Organizational" : "Personal"));
        if (!author.IsOrganisation)
        {
            Element(xml, "givenName", author.Given);
            Element(xml, "familyName", author.Name);
        }

        if (Orcid.Parse(author.Orcid) is { } orcid)
        {
            Element(xml, "nameIdentifier", Orcid.Address(orcid), ("nameIdentifierScheme", "ORCID"), ("schemeURI", OrcidSite));
        }

        foreach (PublicationAffiliation affiliation in author.Affiliations)
        {
            Element(xml, "affiliation", affiliation.Name, OfRor(affiliation.Ror, "affiliationIdentifier"));
        }

        xml.WriteEndElement();
    });

    private static void Dates(XmlWriter xml, PublishedWork work) => List<(string Type, DateTimeOffset? Time)>(
        xml, "dates",
        [
            ("Issued", work.Version.PublishedAt), ("Updated", work.ChangedAt), ("Available", work.Access.OpensAt),
            ("Withdrawn", work.WithdrawnAt),
        ],
        date => Element(xml, "date", date.Time is { } time ? WorkText.Date(time) : null, ("dateType", date.Type)));

    private static void Related(XmlWriter xml, RelatedWork related) => Element(
        xml, "relatedIdentifier", related.Identifier,
        ("relatedIdentifierType", Doi.Parse(related.Identifier) is null ? "URL" : "DOI"), ("relationType", related.Relation));

    private static void Rights(XmlWriter xml, PublishedWork work)
    {
        xml.WriteStartElement("rightsList", Space);
        Element(
            xml, "rights", work.Description.License, ("rightsURI", work.LicenseAddress),
            ("rightsIdentifier", work.Description.License), ("rightsIdentifierScheme", "SPDX"),
            ("schemeURI", "https://spdx.org/licenses/"));
        Element(xml, "rights", work.Access.Words, ("rightsURI", work.Access.CoarAddress));
        xml.WriteEndElement();
    }

    private static void Funding(XmlWriter xml, PublicationFunding funding)
    {
        xml.WriteStartElement("fundingReference", Space);
        Element(xml, "funderName", funding.Funder);
        Element(
            xml, "funderIdentifier", Ror.Parse(funding.Ror), ("funderIdentifierType", "ROR"), ("schemeURI", RorSite));
        Element(xml, "awardNumber", funding.Award);
        Element(xml, "awardTitle", funding.Title);
        xml.WriteEndElement();
    }

    private static (string, string?)[] OfRor(string? ror, string attribute) => Ror.Parse(ror) is { } id
        ? [(attribute, id), (attribute + "Scheme", "ROR"), ("schemeURI", RorSite)]
        : [];

    private static void List<T>(XmlWriter xml, string name, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        xml.WriteStartElement(name, Space);
        foreach (T item in items)
        {
            write(item);
        }

        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        xml.WriteStartElement(name, Space);
        foreach ((string attribute, string? value) in attributes)
        {
            if (value is not null)
            {
                xml.WriteAttributeString(attribute, value);
            }
        }

        xml.WriteString(text);
        xml.WriteEndElement();
    }
}
