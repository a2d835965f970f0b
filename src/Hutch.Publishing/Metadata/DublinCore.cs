using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Metadata;

/// <summary>A publication in Dublin Core, which OAI-PMH requires.</summary>
public static class DublinCore
{
    /// <summary>The namespace of the root element.</summary>
    public const string Space = "http://www.openarchives.org/OAI/2.0/oai_dc/";

    public const string SchemaAddress = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd";

    private const string Terms = "http://purl.org/dc/elements/1.1/";
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    public static void Write(PublishedWork work, XmlWriter xml)
    {
        xml.WriteStartElement("oai_dc", "dc", Space);
        xml.WriteAttributeString("xmlns", "dc", null, Terms);
        xml.WriteAttributeString("xsi", "schemaLocation", Instance, Space + " " + SchemaAddress);
        Add(xml, "title", work.Title);
        Add(xml, "creator", [.. work.Description.Authors.Select(AuthorName.Inverted)]);
        Add(xml, "subject", [.. work.Description.Keywords]);
        Add(xml, "description", work.Description.Abstract);
        Add(xml, "publisher", work.Description.Publisher);
        Add(xml, "date", WorkText.Date(work.Version.PublishedAt));
        Add(xml, "type", "Dataset", "http://purl.org/coar/resource_type/c_ddb1");
        Add(xml, "identifier", work.Identifier);
        Add(xml, "language", work.Description.Language);
        Add(xml, "relation", [.. work.Description.Related.Select(static one => WebAddress.OfWork(one.Identifier) ?? one.Identifier)]);
        Add(xml, "rights", work.LicenseAddress, work.Access.CoarAddress);
        xml.WriteEndElement();
    }

    private static void Add(XmlWriter xml, string name, params ReadOnlySpan<string?> values)
    {
        foreach (string? value in values)
        {
            if (!string.IsNullOrEmpty(value))
            {
                xml.WriteElementString("dc", name, Terms, value);
            }
        }
    }
}
