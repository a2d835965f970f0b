using Hutch.Publishing.Works;

namespace Hutch.Publishing.Harvest;

/// <summary>A list of publications as an Atom feed (RFC 4287), in pages (RFC 5005, section 3).</summary>
/// <param name="Self">The address of this page of the feed.</param>
/// <param name="First">The address of the first page, which is also the id of the feed.</param>
/// <param name="List">The address of the list for people.</param>
/// <param name="Next">The address of the next page; null on the last one.</param>
public sealed record AtomFeed(string Title, string Self, string First, string List, string? Next)
{
    public const string MediaType = "application/atom+xml; charset=utf-8";

    private const string Space = "http://www.w3.org/2005/Atom";

    public byte[] Write(IReadOnlyList<PublishedWork> works) => PageXml.Write(xml =>
    {
        xml.WriteStartElement("feed", Space);
        Element(xml, "id", First);
        Element(xml, "title", Title);

        // A feed without entries has not changed since it began; the format wants a time.
        DateTimeOffset changed = works.Select(static work => work.ChangedAt).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
        Element(xml, "updated", WorkText.Moment(changed));
        Link(xml, "self", Self);
        Link(xml, "first", First);
        Link(xml, "alternate", List);
        if (Next is not null)
        {
            Link(xml, "next", Next);
        }

        foreach (PublishedWork work in works)
        {
            Entry(xml, work);
        }

        xml.WriteEndElement();
    });

    private static void Entry(XmlWriter xml, PublishedWork work)
    {
        xml.WriteStartElement("entry", Space);

        // An id never changes: the address of a page does with the public address of the server.
        Element(xml, "id", "urn:uuid:" + work.Dataset);
        Element(xml, "title", work.Title);
        Element(xml, "published", WorkText.Moment(work.Version.PublishedAt));
        Element(xml, "updated", WorkText.Moment(work.ChangedAt));
        Link(xml, "alternate", work.Addresses.Page);
        foreach (PublicationAuthor author in work.Description.Authors)
        {
            xml.WriteStartElement("author", Space);
            Element(xml, "name", AuthorName.Straight(author));
            if (Identifiers.Orcid.Parse(author.Orcid) is { } orcid)
            {
                Element(xml, "uri", Identifiers.Orcid.Address(orcid));
            }

            xml.WriteEndElement();
        }

        foreach (string keyword in work.Description.Keywords)
        {
            xml.WriteStartElement("category", Space);
            xml.WriteAttributeString("term", keyword);
            xml.WriteEndElement();
        }

        Element(xml, "rights", work.LicenseAddress ?? work.Description.License ?? "");
        Element(xml, "summary", work.Description.Abstract ?? "");
        xml.WriteEndElement();
    }

    private static void Element(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Space, text);

    private static void Link(XmlWriter xml, string relation, string address)
    {
        xml.WriteStartElement("link", Space);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("href", address);
        xml.WriteEndElement();
    }
}
