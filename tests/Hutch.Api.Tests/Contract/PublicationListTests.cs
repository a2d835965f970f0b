using System.Net;
using System.Xml.Linq;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class PublicationListTests
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    [Fact]
    public async Task Everyone_searches_the_public_list_by_words_and_narrows_it_by_facets()
    {
        await using TestServer server = await TestServer.StartAsync();
        string lysozyme = await PublishAsync(server, "one", "Frames of lysozyme", "CC0-1.0", "open");
        string thaumatin = await PublishAsync(server, "two", "Frames of <thaumatin>", "CC-BY-4.0", "embargoed");

        string all = await PageAsync(server, "");
        string found = await PageAsync(server, "?q=thaumatin");
        string narrowed = await PageAsync(server, "?q=frames%20license%3ACC0-1.0");

        Assert.Equal([true, true], Has(all, lysozyme, thaumatin));
        Assert.Equal([false, true], Has(found, lysozyme, thaumatin));
        Assert.Equal([true, false], Has(narrowed, lysozyme, thaumatin));
        Assert.Contains("value=\"thaumatin\"", found, StringComparison.Ordinal);
        Assert.Contains("Frames of &lt;thaumatin&gt;", found, StringComparison.Ordinal);
        foreach (string facet in (string[])["Published", "Author", "License", "Visibility"])
        {
            Assert.Contains($"<h2>{facet}</h2>", all, StringComparison.Ordinal);
        }

        string link = all.Split("href=\"").Single(static one => one.Contains(">CC-BY-4.0<", StringComparison.Ordinal)).Split('"')[0];
        string linked = await GetAsync(server, WebUtility.HtmlDecode(link));
        Assert.Equal([false, true], Has(linked, lysozyme, thaumatin));
        Assert.Contains("The search finds none.", await PageAsync(server, "?q=insulin"), StringComparison.Ordinal);
        Assert.DoesNotContain("two", await PageAsync(server, "?q=kind:original"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_search_comes_in_pages_newest_first_in_the_feed_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        var ids = new List<string>();
        for (int number = 0; number < 52; number++)
        {
            ids.Add(await PublishAsync(server, $"data-{number}", $"Frames {number}", "CC0-1.0", "open"));
        }

        XElement first = XElement.Parse(await PageAsync(server, "?q=frames&format=atom"));
        XElement second = XElement.Parse(await GetAsync(server, Link(first, "next")!));

        Assert.Equal(
            ids.AsEnumerable().Reverse().Select(static id => "urn:uuid:" + id),
            first.Elements(Atom + "entry").Concat(second.Elements(Atom + "entry")).Select(static one => one.Element(Atom + "id")!.Value));
        Assert.Equal(50, first.Elements(Atom + "entry").Count());
        Assert.Null(Link(second, "next"));
        Assert.EndsWith("/publications?q=frames", Link(first, "alternate"), StringComparison.Ordinal);
        XElement entry = first.Elements(Atom + "entry").First();
        Assert.Equal("Ada Lovelace", entry.Element(Atom + "author")!.Element(Atom + "name")!.Value);
        Assert.EndsWith($"/publications/{ids[^1]}", Link(entry, "alternate"), StringComparison.Ordinal);
        string page = await PageAsync(server, "?q=frames");
        string older = page.Split("<a href=\"").Single(static one => one.Contains("rel=\"next\"", StringComparison.Ordinal)).Split('"')[0];
        Assert.Contains(ids[0], await GetAsync(server, WebUtility.HtmlDecode(older)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_did_not_change_are_not_sent_again_and_addresses_are_the_public_ones()
    {
        await using TestServer server = await TestServer.StartAsync(zone: TestServer.QuickZone with { PublicUrl = new Uri("https://data.example.org/hutch") });
        string id = await PublishAsync(server, "one", "Frames of lysozyme", "CC0-1.0", "open");
        foreach (string path in (string[])["/publications", "/publications?q=lysozyme", "/publications?format=atom", "/sitemap.xml?part=1", $"/publications/{id}"])
        {
            Answer answer = (await server.Nobody.GetAsync(path)).Must(200);
            Assert.Contains($"https://data.example.org/hutch/publications/{id}", answer.Text, StringComparison.Ordinal);
            string tag = answer.Headers["ETag"];
            Assert.Equal("", (await server.Nobody.GetAsync(path, ("If-None-Match", tag))).Must(304).Text);
        }

        string before = (await server.Nobody.GetAsync("/publications")).Must(200).Headers["ETag"];
        await PublishAsync(server, "two", "Frames of thaumatin", "CC0-1.0", "open");
        (await server.Nobody.GetAsync("/publications", ("If-None-Match", before))).Must(200);
        Assert.Contains("https://data.example.org/hutch/sitemap.xml?part=1", (await server.Nobody.GetAsync("/sitemap.xml")).Must(200).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/publications?q=energy%3C%3C%3C", 400)]
    [InlineData("/publications?after=nowhere", 400)]
    [InlineData("/publications?q=a&after=nowhere", 400)]
    [InlineData("/publications?q=a&q=b", 400)]
    [InlineData("/publications?format=rss", 404)]
    [InlineData("/sitemap.xml?part=0", 400)]
    [InlineData("/sitemap.xml?part=2", 404)]
    [InlineData("/sitemap.xml?part=99999999999", 400)]
    public async Task A_parameter_that_means_nothing_is_refused(string path, int status)
    {
        await using TestServer server = await TestServer.StartAsync();
        Assert.NotEmpty((await server.Nobody.GetAsync(path)).Must(status).Text);
        (await server.Nobody.GetAsync("/publications?q=" + new string('a', 1001))).Must(400);
    }

    private static bool[] Has(string page, params string[] ids) => [.. ids.Select(id => page.Contains($"/publications/{id}", StringComparison.Ordinal))];

    private static string? Link(XElement element, string relation) => element.Elements(Atom + "link")
        .FirstOrDefault(one => one.Attribute("rel")!.Value == relation)?.Attribute("href")!.Value;

    private static Task<string> PageAsync(TestServer server, string query) => GetAsync(server, server.Address + "publications" + query);

    private static async Task<string> GetAsync(TestServer server, string address) =>
        (await server.Nobody.GetAsync(new Uri(address).PathAndQuery)).Must(200).Text;

    private static async Task<string> PublishAsync(TestServer server, string name, string title, string license, string access)
    {
        string id = await server.Admin.DatasetAsync(name);
        (await server.Admin.PutAsync($"datasets/{id}/entries/notes.txt", name)).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", new
        {
            title,
            @abstract = "As it was measured.",
            publisher = "Institute of Tests",
            license,
            authors = new[] { new { name = "Lovelace", given = "Ada" } },
        })).Must(200);
        object wanted = access == "embargoed" ? new { access, until = DateTimeOffset.UtcNow.AddYears(1) } : new { access };
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", wanted)).Must(200);
        return id;
    }
}
