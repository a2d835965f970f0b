using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Api.Tests.Support;
using Hutch.Peers.DataCite;

namespace Hutch.Api.Tests.Contract;

/// <summary>
/// The metrics of FAIRsFAIR for published data, version 0.5 (https://doi.org/10.5281/zenodo.6461229), each as the program F-UJI checks it:
/// from the address by which the dataset is cited, over HTTP, without an account. The page has a DOI; that doi.org leads from it to the page
/// is what the tests of DOIs show.
/// </summary>
public sealed partial class FairTests(FairTests.PublishedPage page) : IClassFixture<FairTests.PublishedPage>
{
    private static readonly XNamespace Kernel = "http://datacite.org/schema/kernel-4";

    [Fact]
    public void FsF_F1_01D_data_have_a_globally_unique_identifier() =>
        Assert.Matches(@"^https://doi\.org/10\.\d{4,9}/[-._;()/:a-zA-Z0-9]+$", Text("identifier"));

    [Fact]
    public void FsF_F1_02D_data_have_a_persistent_identifier_that_leads_to_the_page() =>
        Assert.Equal(("findable", page.Address), (page.Kept.State, page.Kept.Url));

    [Fact]
    public void FsF_F2_01M_metadata_have_the_core_elements_that_let_data_be_found_and_cited()
    {
        Assert.All(
            ["creator", "name", "identifier", "publisher", "datePublished", "description", "keywords"],
            name => Assert.True(Data.TryGetProperty(name, out JsonElement value) && value.ToString().Length > 0, name));
        Assert.Equal("Dataset", Text("@type"));
    }

    [Fact]
    public async Task FsF_F3_01M_metadata_have_the_identifier_of_the_data_they_describe()
    {
        JsonElement file = File;

        Answer got = (await page.Server.Nobody.GetAsync(PathOf(file.GetProperty("contentUrl").GetString()!))).Must(200);

        Assert.Equal("two", got.Text);
        Assert.Contains("rel=\"item\"", page.Html.Headers["Link"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FsF_F4_01M_metadata_can_be_retrieved_by_machines_in_each_way_that_search_engines_know()
    {
        string path = PathOf(page.Address);
        Answer embedded = page.Html;
        Answer negotiated = (await page.Server.Nobody.GetAsync(path, ("Accept", "application/ld+json"))).Must(200);
        string described = Links().Single(static one => one.Relation == "describedby" && one.Type == "application/ld+json" && one.Target.EndsWith("schema-org", StringComparison.Ordinal)).Target;
        Answer linked = (await page.Server.Nobody.GetAsync(PathOf(described))).Must(200);

        Assert.Matches(JsonLdPattern(), embedded.Text);
        Assert.Equal(page.Json.GetProperty("identifier").ToString(), negotiated.Json.GetProperty("identifier").ToString());
        Assert.Equal(negotiated.Text, linked.Text);
        Assert.Contains("<meta name=\"DC.title\"", embedded.Text, StringComparison.Ordinal);
        Assert.Contains(page.Doi, page.Kept.Xml, StringComparison.Ordinal);
    }

    [Fact]
    public void FsF_A1_01M_metadata_have_the_access_level_of_the_data()
    {
        Assert.Equal("http://purl.org/coar/access_right/c_abf2", Text("conditionsOfAccess"));
        Assert.True(Data.GetProperty("isAccessibleForFree").GetBoolean());
        Assert.Contains("http://purl.org/coar/access_right/c_abf2", Record.Descendants(Kernel + "rights").Attributes("rightsURI").Select(static one => one.Value));
    }

    [Fact]
    public async Task FsF_A1_02M_metadata_are_accessible_by_a_standard_protocol()
    {
        Assert.StartsWith("https://", Text("url"), StringComparison.Ordinal);
        (await page.Server.Nobody.HeadAsync(PathOf(page.Address))).Must(200);
    }

    [Fact]
    public async Task FsF_A1_03D_data_are_accessible_by_a_standard_protocol()
    {
        string address = File.GetProperty("contentUrl").GetString()!;

        Assert.StartsWith("https://", address, StringComparison.Ordinal);
        (await page.Server.Nobody.HeadAsync(PathOf(address))).Must(200);
    }

    [Fact]
    public async Task FsF_A2_01M_metadata_stay_when_the_data_are_gone()
    {
        (string id, string doi) = await page.PublishAsync("gone");

        (await page.Server.Admin.PostAsync($"datasets/{id}/purge", new { reason = "the law" })).Must(200);

        Answer left = (await page.Server.Nobody.GetAsync($"/publications/{id}", ("Accept", "application/ld+json"))).Must(200);
        Assert.Equal("https://doi.org/" + doi, left.Json.GetProperty("identifier").GetString());
        Assert.False(left.Json.TryGetProperty("distribution", out _));
    }

    [Fact]
    public void FsF_I1_01M_metadata_are_in_a_language_of_knowledge_that_machines_parse()
    {
        Assert.Equal("https://schema.org/", Text("@context"));
        Assert.StartsWith("application/ld+json", page.Linked.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public void FsF_I2_01M_metadata_use_words_of_registered_vocabularies()
    {
        string all = page.Linked.Text;

        Assert.Contains("http://purl.org/coar/access_right/", all, StringComparison.Ordinal);
        Assert.Contains("https://spdx.org/licenses/", all, StringComparison.Ordinal);
        Assert.Contains("https://ror.org/", all, StringComparison.Ordinal);
    }

    [Fact]
    public void FsF_I3_01M_metadata_link_to_related_entities_and_say_how()
    {
        Assert.Equal("https://doi.org/10.5281/zenodo.1234", Data.GetProperty("subjectOf")[0].GetProperty("@id").GetString());
        Assert.Equal(
            [("IsSupplementTo", "10.5281/zenodo.1234"), ("IsVersionOf", page.SeriesDoi)],
            Record.Descendants(Kernel + "relatedIdentifier").Select(static one => (one.Attribute("relationType")!.Value, one.Value)));
        Assert.Equal("https://orcid.org/0000-0002-1825-0097", Data.GetProperty("creator")[0].GetProperty("@id").GetString());
    }

    [Fact]
    public async Task FsF_R1_01MD_metadata_say_what_the_data_are_and_are_right()
    {
        Assert.Equal("Dataset", Record.Element(Kernel + "resourceType")!.Attribute("resourceTypeGeneral")!.Value);
        JsonElement file = File;

        Answer head = (await page.Server.Nobody.HeadAsync(PathOf(file.GetProperty("contentUrl").GetString()!))).Must(200);

        Assert.Equal(file.GetProperty("contentSize").GetString(), head.Headers["Content-Length"]);
        Assert.StartsWith(file.GetProperty("encodingFormat").GetString()!, head.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{64}$", file.GetProperty("sha256").GetString());
    }

    [Fact]
    public void FsF_R1_1_01M_metadata_have_a_licence_that_machines_know()
    {
        Assert.Equal("https://spdx.org/licenses/CC-BY-4.0.html", Text("license"));
        XElement rights = Record.Descendants(Kernel + "rights").First();
        Assert.Equal(("CC-BY-4.0", "SPDX"), (rights.Attribute("rightsIdentifier")!.Value, rights.Attribute("rightsIdentifierScheme")!.Value));
        Assert.Contains(Links(), static one => one == ("https://spdx.org/licenses/CC-BY-4.0.html", "license", null));
    }

    [Fact]
    public void FsF_R1_2_01M_metadata_name_the_creator_the_dates_and_the_version()
    {
        Assert.Equal("Ada Lovelace", Data.GetProperty("creator")[0].GetProperty("name").GetString());
        Assert.All(["datePublished", "dateModified"], name => Assert.True(DateOnly.TryParse(Text(name), CultureInfo.InvariantCulture, out _)));
        Assert.Equal("1", Text("version"));
        Assert.Equal(["Issued", "Updated"], Record.Descendants(Kernel + "date").Select(static one => one.Attribute("dateType")!.Value));
    }

    [Fact]
    public void FsF_R1_3_01M_metadata_follow_a_standard_of_the_community()
    {
        Assert.Equal(Kernel + "resource", Record.Name);
        Assert.Equal("http://datacite.org/schema/kernel-4", Record.Name.NamespaceName);
    }

    [Fact]
    public void FsF_R1_3_02D_data_are_in_a_format_of_the_community() =>
        Assert.Contains("chemical/x-cif", Data.GetProperty("distribution").EnumerateArray().Select(static one => one.GetProperty("encodingFormat").GetString()));

    private JsonElement Data => page.Json;

    private XElement Record => XElement.Parse(page.Record.Text);

    private JsonElement File => Data.GetProperty("distribution").EnumerateArray().Single(static one => one.GetProperty("name").GetString() == "notes.txt");

    private string Text(string name) => Data.GetProperty(name).GetString()!;

    private IEnumerable<(string Target, string Relation, string? Type)> Links() => LinkPattern().Matches(page.Html.Headers["Link"])
        .Select(static match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Success ? match.Groups[3].Value : null));

    private static string PathOf(string address) => new Uri(address).PathAndQuery;

    [GeneratedRegex("<script type=\"application/ld\\+json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex JsonLdPattern();

    [GeneratedRegex("<([^>]*)>; rel=\"([^\"]*)\"(?:; type=\"([^\"]*)\")?")]
    private static partial Regex LinkPattern();

    /// <summary>A published dataset with its DOIs, as strangers read it. The tests only read it.</summary>
    public sealed class PublishedPage : IAsyncLifetime
    {
        private readonly DataCiteService _service = new();

        internal TestServer Server { get; private set; } = null!;

        internal Answer Html { get; private set; } = null!;

        internal Answer Linked { get; private set; } = null!;

        internal Answer Record { get; private set; } = null!;

        internal string Doi { get; private set; } = "";

        internal string SeriesDoi => _service.Dois.Keys.Single(one => one != Doi && _service.Dois[one].Url == Address + "/versions");

        internal string Address { get; private set; } = "";

        internal JsonElement Json { get; private set; }

        internal KeptDoi Kept => _service.Dois[Doi];

        public async ValueTask InitializeAsync()
        {
            Server = await DoiTests.StartAsync(_service);
            (string id, Doi) = await PublishAsync("data");
            Address = "https://hutch.example.org/publications/" + id;
            Html = (await Server.Nobody.GetAsync($"/publications/{id}")).Must(200);
            Linked = (await Server.Nobody.GetAsync($"/publications/{id}?format=schema-org")).Must(200);
            Record = (await Server.Nobody.GetAsync($"/publications/{id}?format=datacite")).Must(200);
            Json = JsonDocument.Parse(JsonLdPattern().Match(Html.Text).Groups[1].Value).RootElement;
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await _service.DisposeAsync();
        }

        internal async Task<(string Id, string Doi)> PublishAsync(string name)
        {
            string id = await DoiTests.PublishedAsync(Server.Admin, name);
            return (id, DoiTests.DoiOf(await DoiTests.SettledAsync(Server.Admin, id, "findable"), "doi"));
        }
    }
}
