using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Harvest;

/// <summary>Responses to harvesters (OAI-PMH 2.0).</summary>
/// <param name="address">The address of the repository, without arguments.</param>
public sealed class OaiDocument(string address, DateTimeOffset now)
{
    private const string Space = "http://www.openarchives.org/OAI/2.0/";
    private const string SchemaAddress = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd";
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";

    private static readonly XmlWriterSettings Settings = new() { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };

    private readonly string _scheme = $"oai:{new Uri(address).Host}:";

    public string IdentifierOf(DatasetId dataset) => _scheme + dataset;

    /// <summary>The dataset of a harvester's identifier; null if it is not one of this repository.</summary>
    public DatasetId? DatasetOf(string? identifier) =>
        identifier?.StartsWith(_scheme, StringComparison.Ordinal) == true
        && DatasetId.TryParse(identifier[_scheme.Length..], out DatasetId id)
            ? id
            : null;

    public byte[] Identify(string name, string contact, DateTimeOffset earliest) => Write(Question("Identify"), xml =>
    {
        xml.WriteStartElement("Identify", Space);
        foreach ((string field, string value) in new[]
        {
            ("repositoryName", name), ("baseURL", address), ("protocolVersion", "2.0"), ("adminEmail", contact),
            ("earliestDatestamp", WorkText.Moment(earliest)), ("deletedRecord", "persistent"), ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        })
        {
            xml.WriteElementString(field, Space, value);
        }

        xml.WriteEndElement();
    });

    public byte[] Formats(OaiRequest question) => Write(question, xml =>
    {
        xml.WriteStartElement("ListMetadataFormats", Space);
        Format(xml, OaiRequest.DublinCorePrefix, DublinCore.SchemaAddress, DublinCore.Space);
        Format(xml, OaiRequest.DataCitePrefix, DataCiteXml.SchemaAddress, DataCiteXml.Space);
        xml.WriteEndElement();
    });

    public byte[] Record(OaiRequest question, PublishedWork work) => Write(question, xml =>
    {
        xml.WriteStartElement("GetRecord", Space);
        Record(xml, question, work);
        xml.WriteEndElement();
    });

    /// <param name="works">The records; at least one.</param>
    /// <param name="token">The resumption token of the next page; null on the last.</param>
    public byte[] Records(OaiRequest question, IReadOnlyList<PublishedWork> works, string? token)
    {
        return Write(question, xml =>
        {
            xml.WriteStartElement(question.Verb, Space);
            foreach (PublishedWork work in works)
            {
                if (question.Verb == "ListRecords")
                {
                    Record(xml, question, work);
                }
                else
                {
                    Header(xml, work);
                }
            }

            // The last page of several ends with an empty one.
            if (token is not null || question.After is not null)
            {
                xml.WriteElementString("resumptionToken", Space, token ?? "");
            }

            xml.WriteEndElement();
        });
    }

    public byte[] Error(string code, string message, OaiRequest? question = null) => Write(question, xml =>
    {
        xml.WriteStartElement("error", Space);
        xml.WriteAttributeString("code", code);
        xml.WriteString(message);
        xml.WriteEndElement();
    });

    private static OaiRequest Question(string verb) => new() { Verb = verb };

    private void Record(XmlWriter xml, OaiRequest question, PublishedWork work)
    {
        xml.WriteStartElement("record", Space);
        Header(xml, work);
        if (!work.IsWithdrawn)
        {
            xml.WriteStartElement("metadata", Space);
            if (question.Prefix == OaiRequest.DataCitePrefix)
            {
                DataCiteXml.Write(work, xml);
            }
            else
            {
                DublinCore.Write(work, xml);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private void Header(XmlWriter xml, PublishedWork work)
    {
        xml.WriteStartElement("header", Space);
        if (work.IsWithdrawn)
        {
            xml.WriteAttributeString("status", "deleted");
        }

        xml.WriteElementString("identifier", Space, IdentifierOf(work.Dataset));
        xml.WriteElementString("datestamp", Space, WorkText.Moment(work.ChangedAt));
        xml.WriteEndElement();
    }

    private static void Format(XmlWriter xml, string prefix, string schema, string space)
    {
        xml.WriteStartElement("metadataFormat", Space);
        xml.WriteElementString("metadataPrefix", Space, prefix);
        xml.WriteElementString("schema", Space, schema);
        xml.WriteElementString("metadataNamespace", Space, space);
        xml.WriteEndElement();
    }

    private byte[] Write(OaiRequest? question, Action<XmlWriter> body)
    {
        using var document = new MemoryStream();
        using (XmlWriter xml = XmlWriter.Create(document, Settings))
        {
            xml.WriteStartElement("OAI-PMH", Space);
            xml.WriteAttributeString("xsi", "schemaLocation", Instance, Space + " " + SchemaAddress);
            xml.WriteElementString("responseDate", Space, WorkText.Moment(now));
            xml.WriteStartElement("request", Space);
            if (question is not null)
            {
                xml.WriteAttributeString("verb", question.Verb);
            }

            xml.WriteString(address);
            xml.WriteEndElement();
            body(xml);
            xml.WriteEndElement();
        }

        return document.ToArray();
    }
}
