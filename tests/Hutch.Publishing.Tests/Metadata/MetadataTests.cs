using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Hutch.Publishing.Metadata;
using Hutch.Publishing.Works;

namespace Hutch.Publishing.Tests.Metadata;

public sealed class MetadataTests
{
    private static readonly XNamespace Kernel = DataCiteXml.Space;

    [Fact]
    public void DataCite_gets_people_and_organisations_with_their_identifiers()
    {
        XElement resource = XElement.Parse(Encoding.UTF8.GetString(DataCiteXml.Write(Sample.Work)));

        XElement[] creators = [.. resource.Descendants(Kernel + "creator")];
        Assert.Equal(["Lovelace, Ada Augusta", "Müller and Sons"], creators.Select(static one => one.Element(Kernel + "creatorName")!.Value));
        Assert.Equal("https://orcid.org/0000-0002-1825-0097", creators[0].Element(Kernel + "nameIdentifier")!.Value);
        Assert.Equal("https://ror.org/04t3en479", creators[0].Element(Kernel + "affiliation")!.Attribute("affiliationIdentifier")!.Value);
        Assert.Equal("Organizational", creators[1].Element(Kernel + "creatorName")!.Attribute("nameType")!.Value);
    }

    [Fact]
    public void DataCite_gets_the_end_of_an_embargo_and_the_rights()
    {
        var opens = new DateTimeOffset(2999, 1, 2, 0, 0, 0, TimeSpan.Zero);
        PublishedWork work = Sample.Work with { Access = new WorkAccess(WorkAccessKind.Embargoed, opens), Files = null };

        XElement resource = XElement.Parse(Encoding.UTF8.GetString(DataCiteXml.Write(work)));

        Assert.Equal("2999-01-02", resource.Descendants(Kernel + "date").Single(static one => one.Attribute("dateType")!.Value == "Available").Value);
        Assert.Equal(
            ["https://spdx.org/licenses/CC-BY-4.0.html", "http://purl.org/coar/access_right/c_f1cf"],
            resource.Descendants(Kernel + "rights").Select(static one => one.Attribute("rightsURI")!.Value));
    }

    [Fact]
    public void A_crate_describes_each_entity_that_it_names_once()
    {
        JsonArray graph = RoCrate.Write(Sample.Work)["@graph"]!.AsArray();

        string[] ids = [.. graph.Select(static one => (string)one!["@id"]!)];
        Assert.Equal(ids.Distinct(), ids);
        string[] named = [.. graph.SelectMany(static one => one!.AsObject())
            .SelectMany(static property => property.Value is JsonArray list ? list.ToArray() : [property.Value])
            .OfType<JsonObject>().Select(static link => (string)link["@id"]!)
            .Where(static id => !id.StartsWith("https://w3id.org/ro/crate", StringComparison.Ordinal))];
        Assert.Empty(named.Except(ids));
        JsonObject file = graph.Single(static one => (string?)one!["@type"] == "File")!.AsObject();
        Assert.Equal(("raw/frame 1.cbf", "3"), ((string?)file["name"], (string?)file["contentSize"]));
    }
}
