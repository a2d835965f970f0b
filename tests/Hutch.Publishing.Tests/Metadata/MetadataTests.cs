using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Hutch.Model;
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
    public void DataCite_and_schema_org_get_techniques_with_the_addresses_of_their_terms()
    {
        XElement[] subjects = [.. XElement.Parse(Encoding.UTF8.GetString(DataCiteXml.Write(Sample.Work))).Descendants(Kernel + "subject")];
        JsonNode technique = SchemaOrg.Write(Sample.Work)["measurementTechnique"]![0]!;

        Assert.Equal(["lysozyme", "frames", "macromolecular crystallography"], subjects.Select(static one => one.Value));
        Assert.Equal("http://purl.org/pan-science/PaNET/PaNET01164", subjects[2].Attribute("valueURI")!.Value);
        Assert.Null(subjects[0].Attribute("valueURI"));
        Assert.Equal(subjects[2].Attribute("valueURI")!.Value, (string?)technique["@id"]);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_attached_crate_names_its_files_by_path_and_its_root_has_all_required_properties(bool isPublished)
    {
        var version = new CrateVersion(
            Sample.Work.Dataset, "ada/lysozyme", null, 3, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch,
            [new CrateFile("raw/frame 1#.cbf", 3, "chemical/x-cif", BlobHash.Compute("one"u8)), new CrateFile("later", 4, "text/plain", null)]);

        JsonArray graph = JsonNode.Parse(AttachedCrate.Write(version, isPublished ? Sample.Work : null))!["@graph"]!.AsArray();

        JsonObject root = graph.Single(static one => (string?)one!["@id"] == "./")!.AsObject();
        Assert.Equal(isPublished ? Sample.Description.Title : "ada/lysozyme", (string?)root["name"]);
        Assert.All(["description", "datePublished", "license"], property => Assert.NotNull(root[property]));
        string[] parts = [.. root["hasPart"]!.AsArray().Select(static one => (string)one!["@id"]!)];
        Assert.Equal(["raw/frame%201%23.cbf", "later"], parts);
        JsonObject[] files = [.. graph.Where(static one => (string?)one!["@type"] == "File").Select(static one => one!.AsObject())];
        Assert.Equal(parts, files.Select(static one => (string)one["@id"]!));
        Assert.Equal([BlobHash.Compute("one"u8).ToString(), null], files.Select(static one => (string?)one["sha256"]));
    }
}
