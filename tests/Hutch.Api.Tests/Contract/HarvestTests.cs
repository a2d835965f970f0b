using System.Xml.Linq;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>What harvesters get of what is published, by OAI-PMH.</summary>
public sealed class HarvestTests
{
    private static readonly XNamespace Oai = "http://www.openarchives.org/OAI/2.0/";
    private static readonly XNamespace DataCite = "http://datacite.org/schema/kernel-4";

    [Fact]
    public async Task All_records_come_page_by_page_each_once_and_withdrawn_ones_as_deleted()
    {
        await using TestServer server = await TestServer.StartAsync(api: new ApiOptions { StopSeconds = 2, MaxHarvestedRecords = 2 });
        string[] ids = [.. await Task.WhenAll(Enumerable.Range(1, 5).Select(number => PublishedAsync(server.Admin, $"data-{number}")))];
        (await server.Admin.PostAsync($"datasets/{ids[2]}/publication/withdraw", new { reason = "It was wrong." })).Must(200);

        var seen = new List<string>();
        var deleted = new List<string>();
        string next = "verb=ListRecords&metadataPrefix=oai_datacite";
        for (int pages = 1; next.Length > 0; pages++)
        {
            Assert.InRange(pages, 1, 3);
            XElement list = (await RequestAsync(server, next)).Element(Oai + "ListRecords")!;
            seen.AddRange(list.Elements(Oai + "record").Select(IdOf));
            deleted.AddRange(list.Elements(Oai + "record").Where(one => one.Element(Oai + "metadata") is null).Select(IdOf));
            string? token = list.Element(Oai + "resumptionToken")?.Value;
            next = string.IsNullOrEmpty(token) ? "" : "verb=ListRecords&resumptionToken=" + Uri.EscapeDataString(token);
        }

        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal([ids[2]], deleted);
    }

    /// <summary>mission 1.2</summary>
    [Fact]
    public async Task Anybody_can_read_the_list_of_publications_and_search_engines_the_addresses_of_their_pages()
    {
        await using TestServer server = await TestServer.StartAsync();
        var ids = new List<string>();
        for (int number = 1; number <= 52; number++)
        {
            ids.Add(await PublishedAsync(server.Admin, $"data-{number:00}"));
        }

        (await server.Admin.PostAsync($"datasets/{ids[9]}/publication/withdraw", new { reason = "It was wrong." })).Must(200);
        string[] shown = [.. ids.Where((_, index) => index != 9)];

        string first = (await server.Nobody.GetAsync("/publications")).Must(200).Text;
        string older = first.Split("<a href=\"").Single(static one => one.Contains("rel=\"next\"", StringComparison.Ordinal)).Split('"')[0];
        string second = (await server.Nobody.GetAsync(new Uri(older).PathAndQuery)).Must(200).Text;
        XElement index = XElement.Parse((await server.Nobody.GetAsync("/sitemap.xml")).Must(200).Text);
        string part = Assert.Single(index.Elements()).Elements().Single().Value;
        XElement map = XElement.Parse((await server.Nobody.GetAsync(new Uri(part).PathAndQuery)).Must(200).Text);

        Assert.Contains("Frames &lt;of&gt; lysozyme", first, StringComparison.Ordinal);
        Assert.Contains("rel=\"next\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", second, StringComparison.Ordinal);
        Assert.Equal(shown.Order(), shown.Where(id => first.Contains(id, StringComparison.Ordinal) != second.Contains(id, StringComparison.Ordinal)).Order());
        Assert.Equal(
            shown.Order(), map.Elements().Select(static url => url.Elements().First().Value.Split("/publications/")[1]).Order());
        (await server.Nobody.GetAsync("/publications?after=1")).Must(400);
    }

    [Fact]
    public async Task A_record_says_in_both_formats_what_its_page_says()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        XElement core = await RequestAsync(server, $"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:{id}");
        XElement full = await RequestAsync(server, $"verb=GetRecord&metadataPrefix=oai_datacite&identifier=oai:127.0.0.1:{id}");

        Assert.Equal(["Lovelace, Ada"], core.Descendants().Where(static one => one.Name.LocalName == "creator").Select(static one => one.Value));
        Assert.Equal("Frames <of> lysozyme", full.Descendants(DataCite + "title").Single().Value);
        Assert.EndsWith("/publications/" + id, full.Descendants(DataCite + "identifier").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repository_identifies_itself()
    {
        await using TestServer server = await TestServer.StartAsync();

        XElement about = (await RequestAsync(server, "verb=Identify")).Element(Oai + "Identify")!;

        Assert.Equal(
            ["repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord", "granularity"],
            about.Elements().Select(static one => one.Name.LocalName));
        Assert.EndsWith("/oai", about.Element(Oai + "baseURL")!.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "badVerb")]
    [InlineData("verb=Nothing", "badVerb")]
    [InlineData("verb=Identify&verb=Identify", "badVerb")]
    [InlineData("verb=Identify&until=2026-01-01", "badArgument")]
    [InlineData("verb=ListRecords", "badArgument")]
    [InlineData("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument")]
    [InlineData("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01", "badArgument")]
    [InlineData("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-01T00:00:00Z", "badArgument")]
    [InlineData("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat")]
    [InlineData("verb=ListRecords&metadataPrefix=oai_dc&set=all", "noSetHierarchy")]
    [InlineData("verb=ListSets", "noSetHierarchy")]
    [InlineData("verb=ListRecords&metadataPrefix=oai_dc", "noRecordsMatch")]
    [InlineData("verb=ListRecords&resumptionToken=x", "badResumptionToken")]
    [InlineData("verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc", "badArgument")]
    [InlineData("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:nothing", "idDoesNotExist")]
    [InlineData("verb=ListMetadataFormats&identifier=oai:127.0.0.1:nothing", "idDoesNotExist")]
    public async Task What_the_protocol_has_an_error_for_gets_it(string arguments, string code)
    {
        await using TestServer server = await TestServer.StartAsync();

        XElement answer = await RequestAsync(server, arguments);

        Assert.Equal(code, answer.Element(Oai + "error")?.Attribute("code")?.Value);
    }

    [Fact]
    public async Task Arguments_may_come_as_a_form()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("verb", "ListMetadataFormats")]);

        Answer answer = (await server.Nobody.SendAsync(HttpMethod.Post, "/oai", form)).Must(200);

        Assert.Equal(
            ["oai_dc", "oai_datacite"], XElement.Parse(answer.Text).Descendants(Oai + "metadataPrefix").Select(static one => one.Value));
    }

    private static async Task<XElement> RequestAsync(TestServer server, string arguments)
    {
        Answer answer = (await server.Nobody.GetAsync("/oai?" + arguments)).Must(200);
        Assert.StartsWith("text/xml", answer.Headers["Content-Type"], StringComparison.Ordinal);
        return XElement.Parse(answer.Text);
    }

    private static string IdOf(XElement record) => record.Descendants(Oai + "identifier").First().Value.Split(':')[^1];

    private static async Task<string> PublishedAsync(TestCaller caller, string name)
    {
        string id = await caller.DatasetAsync(name);
        (await caller.PutAsync($"datasets/{id}/entries/a.txt", "one")).Must(201);
        (await caller.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await caller.PutJsonAsync($"datasets/{id}/publication", new
        {
            title = "Frames <of> lysozyme",
            @abstract = "Frames of a crystal.",
            publisher = "Institute of Tests",
            license = "CC0-1.0",
            authors = new[] { new { name = "Lovelace", given = "Ada" } },
        })).Must(200);
        (await caller.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);
        return id;
    }
}
