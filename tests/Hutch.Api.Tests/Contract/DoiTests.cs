using System.Text.Json;
using System.Xml.Linq;
using Hutch.Api.Tests.Support;
using Hutch.Peers.DataCite;
using Hutch.Zone.Dois;

namespace Hutch.Api.Tests.Contract;

/// <summary>DOIs of what is published, against a service that keeps to DataCite's rules.</summary>
public sealed class DoiTests
{
    private static readonly XNamespace Kernel = "http://datacite.org/schema/kernel-4";

    [Fact]
    public async Task A_published_dataset_has_a_DOI_that_every_form_of_its_page_shows()
    {
        await using var service = new DataCiteService();
        await using TestServer server = await StartAsync(service);
        string id = await PublishedAsync(server.Admin, "data");

        string doi = (await SettledAsync(server.Admin, id, "findable")).GetProperty("doi").GetProperty("doi").GetString()!;

        Assert.StartsWith("10.5072/", doi, StringComparison.Ordinal);
        Assert.Equal(("findable", $"https://hutch.example.org/publications/{id}"), (service.Dois[doi].State, service.Dois[doi].Url));
        string address = "https://doi.org/" + doi;
        foreach (string typed in (string[])[doi, address, "doi:" + doi, "http://dx.doi.org/" + doi.ToUpperInvariant()])
        {
            Answer search = (await server.Nobody.GetAsync("search?q=" + Uri.EscapeDataString(typed))).Must(200);
            Assert.Equal(id, Assert.Single(search.Json.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        }

        foreach ((string format, string expected) in new[]
        {
            ("bibtex", $"doi = {{{doi}}}"), ("ris", "DO  - " + doi), ("csl", $"\"DOI\": \"{doi}\""), ("citation", address),
            ("schema-org", $"\"identifier\": \"{address}\""), ("ro-crate", $"\"identifier\": \"{address}\""),
            ("datacite", $"<identifier identifierType=\"DOI\">{doi}</identifier>"), ("linkset", address),
        })
        {
            Assert.Contains(expected, (await server.Nobody.GetAsync($"/publications/{id}?format={format}")).Must(200).Text, StringComparison.Ordinal);
        }

        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(200);
        Assert.Contains($"<link rel=\"cite-as\" href=\"{address}\">", page.Text, StringComparison.Ordinal);
        Assert.Contains($"<{address}>; rel=\"cite-as\"", page.Headers["Link"], StringComparison.Ordinal);
        Assert.Contains(
            $">{doi}</identifier>", (await server.Nobody.GetAsync("/oai?verb=ListRecords&metadataPrefix=oai_datacite")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publication_stands_while_the_service_is_away_and_gets_its_DOI_when_it_is_back()
    {
        await using var service = new DataCiteService { IsAway = true };
        await using TestServer server = await StartAsync(service);
        string id = await PublishedAsync(server.Admin, "data");

        JsonElement waiting = await UntilAsync(
            server.Admin, id, static one => Problems(one).Any(), "The owner is not told that the service is away.");
        Assert.Equal("pending", waiting.GetProperty("doi").GetProperty("state").GetString());
        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(200);
        Assert.Contains("is being registered", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://doi.org/10.5072", page.Text, StringComparison.Ordinal);

        await server.RestartAsync(() => service.IsAway = false);
        await SettledAsync(server.Admin, id, "findable");
        Assert.Contains("https://doi.org/10.5072", (await server.Nobody.GetAsync($"/publications/{id}")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_and_their_work_name_each_other()
    {
        await using var service = new DataCiteService();
        await using TestServer server = await StartAsync(service);
        string first = await PublishedAsync(server.Admin, "data");
        string firstDoi = DoiOf(await SettledAsync(server.Admin, first, "findable"), "doi");
        string second = await ClosedAsync(server.Admin, "data-2");
        (await server.Admin.PostAsync($"datasets/{second}/publication/publish", new { newVersionOf = first })).Must(200);
        JsonElement settled = await SettledAsync(server.Admin, second, "findable");

        (string secondDoi, string work) = (DoiOf(settled, "doi"), DoiOf(settled, "seriesDoi"));
        await UntilToldAsync(service, firstDoi, "IsPreviousVersionOf", secondDoi);
        await UntilToldAsync(service, firstDoi, "IsVersionOf", work);
        await UntilToldAsync(service, secondDoi, "IsNewVersionOf", firstDoi);
        await UntilToldAsync(service, work, "HasVersion", firstDoi);
        await UntilToldAsync(service, work, "HasVersion", secondDoi);
        Assert.Equal($"https://hutch.example.org/publications/{first}/versions", service.Dois[work].Url);
        Assert.Equal(3, service.Dois.Count);
    }

    [Fact]
    public async Task DOIs_of_withdrawn_and_purged_datasets_remain_outside_of_indexes()
    {
        await using var service = new DataCiteService();
        await using TestServer server = await StartAsync(service);
        string withdrawn = await PublishedAsync(server.Admin, "data");
        string purged = await PublishedAsync(server.Admin, "data-2");
        await SettledAsync(server.Admin, withdrawn, "findable");
        string doi = DoiOf(await SettledAsync(server.Admin, purged, "findable"), "doi");

        (await server.Admin.PostAsync($"datasets/{withdrawn}/publication/withdraw", new { reason = "It was wrong." })).Must(200);
        (await server.Admin.PostAsync($"datasets/{purged}/purge", new { reason = "the law" })).Must(200);

        await SettledAsync(server.Admin, withdrawn, "registered");
        await UntilAsync(server.Admin, purged, _ => service.Dois[doi].State == "registered", "The DOI of the purged dataset is still found.");
        Assert.Equal($"https://hutch.example.org/publications/{purged}", service.Dois[doi].Url);
        (await server.Nobody.GetAsync($"/publications/{withdrawn}")).Must(410);
    }

    [Fact]
    public async Task An_embargoed_dataset_is_found_at_once_and_says_until_when()
    {
        await using var service = new DataCiteService();
        await using TestServer server = await StartAsync(service);
        string id = await ClosedAsync(server.Admin, "data");
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { access = "embargoed", until = "2999-01-02T00:00:00Z" })).Must(200);

        string doi = DoiOf(await SettledAsync(server.Admin, id, "findable"), "doi");

        XElement said = XElement.Parse(service.Dois[doi].Xml!);
        Assert.Equal("2999-01-02", said.Descendants(Kernel + "date").Single(static one => one.Attribute("dateType")!.Value == "Available").Value);
    }

    [Fact]
    public async Task A_DOI_is_reserved_for_a_draft_and_has_no_public_page_yet()
    {
        await using var service = new DataCiteService();
        await using TestServer server = await StartAsync(service);
        string id = await ClosedAsync(server.Admin, "data");

        Answer reserved = (await server.Admin.PostAsync($"datasets/{id}/publication/doi", new { })).Must(200);

        string doi = DoiOf(reserved.Json, "doi");
        await SettledAsync(server.Admin, id, "draft");
        Assert.Equal("draft", service.Dois[doi].State);
        (await server.Nobody.GetAsync($"/publications/{id}")).Must(404);
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { doi = false })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);
        Assert.Equal(doi, DoiOf(await SettledAsync(server.Admin, id, "findable"), "doi"));
    }

    [Fact]
    public async Task A_server_without_a_service_publishes_without_DOIs()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");

        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { doi = true })).MustRefuse(422, "unprocessable");
        Answer published = (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);

        Assert.False(published.Json.GetProperty("givesDois").GetBoolean());
        Assert.False(published.Json.TryGetProperty("doi", out _));
    }

    internal static Task<TestServer> StartAsync(DataCiteService service) => TestServer.StartAsync(zone: TestServer.QuickZone with
    {
        PublicUrl = new Uri("https://hutch.example.org"),
        Dois = new DoiOptions
        {
            Endpoint = service.Endpoint,
            Prefix = DataCiteService.Prefix,
            Account = DataCiteService.Account,
            Password = DataCiteService.Password,
            RetrySeconds = 1,
        },
    });

    internal static async Task<string> PublishedAsync(TestCaller caller, string name)
    {
        string id = await ClosedAsync(caller, name);
        (await caller.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);
        return id;
    }

    private static async Task<string> ClosedAsync(TestCaller caller, string name)
    {
        string id = await caller.DatasetAsync(name);
        (await caller.PutAsync($"datasets/{id}/entries/raw/frame%201.cbf", "one")).Must(201);
        (await caller.PutAsync($"datasets/{id}/entries/notes.txt", "two", ("Content-Type", "text/plain"))).Must(201);
        (await caller.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await caller.PutJsonAsync($"datasets/{id}/publication", new
        {
            title = "Frames of lysozyme",
            @abstract = "Frames of a crystal.",
            publisher = "Institute of Tests",
            license = "CC-BY-4.0",
            keywords = new[] { "lysozyme" },
            authors = new[] { new { name = "Lovelace", given = "Ada", orcid = "0000-0002-1825-0097", affiliations = new[] { new { name = "KIT", ror = "04t3en479" } } } },
            funding = new[] { new { funder = "The Fund", ror = "04t3en479", award = "T-1" } },
            related = new[] { new { identifier = "10.5281/zenodo.1234", relation = "IsSupplementTo" } },
        })).Must(200);
        return id;
    }

    /// <summary>The publication, once both of its DOIs are as far as that.</summary>
    internal static Task<JsonElement> SettledAsync(TestCaller caller, string id, string state) => UntilAsync(
        caller, id,
        one => Dois(one).All(doi => doi.GetProperty("state").GetString() == state && !doi.TryGetProperty("problem", out _)),
        $"The DOIs of {id} are not {state}.");

    private static async Task UntilToldAsync(DataCiteService service, string doi, string relation, string other)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (service.Dois.TryGetValue(doi, out KeptDoi? kept) && kept.Xml is { } xml && XElement.Parse(xml).Descendants(Kernel + "relatedIdentifier").Any(
                one => one.Attribute("relationType")!.Value == relation && one.Value == other && one.Attribute("relatedIdentifierType")!.Value == "DOI"))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        Assert.Fail($"The DOI {doi} does not say that it {relation} {other}: {service.Dois.GetValueOrDefault(doi)?.Xml}");
    }

    private static async Task<JsonElement> UntilAsync(TestCaller caller, string id, Func<JsonElement, bool> isSo, string otherwise)
    {
        JsonElement seen = default;
        for (int i = 0; i < 1000; i++)
        {
            seen = (await caller.GetAsync($"datasets/{id}/publication")).Must(200).Json;
            if (isSo(seen))
            {
                return seen;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{otherwise} {seen}");
        return seen;
    }

    private static IEnumerable<string> Problems(JsonElement publication) => Dois(publication)
        .Where(static doi => doi.TryGetProperty("problem", out _)).Select(static doi => doi.GetProperty("problem").GetString()!);

    private static IEnumerable<JsonElement> Dois(JsonElement publication) => ((string[])["doi", "seriesDoi"])
        .Where(name => publication.TryGetProperty(name, out _)).Select(name => publication.GetProperty(name));

    internal static string DoiOf(JsonElement publication, string which) => publication.GetProperty(which).GetProperty("doi").GetString()!;
}
