using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

[Trait("Quick", "no")]
public sealed partial class PublicationTests
{
    private static readonly DateTimeOffset Later = new(2999, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task A_closed_dataset_is_described_published_and_read_by_strangers()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        string id = await ClosedAsync(owner, "data");

        Answer draft = (await owner.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);
        Answer published = (await owner.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);

        Assert.Equal("draft", draft.Json.GetProperty("state").GetString());
        Assert.Equal("published", published.Json.GetProperty("state").GetString());
        string page = published.Json.GetProperty("page").GetString()!;
        Assert.EndsWith($"/publications/{id}", page, StringComparison.Ordinal);
        Answer seen = (await server.Nobody.GetAsync($"/publications/{id}", ("Accept", "text/html"))).Must(200);
        Assert.StartsWith("text/html", seen.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("Frames of lysozyme", seen.Text, StringComparison.Ordinal);
        Assert.False(seen.Headers.ContainsKey("Set-Cookie"));
        string file = Href(seen.Text, "raw/frame 1.cbf");
        Assert.Equal("one", (await server.Nobody.GetAsync(new Uri(file).PathAndQuery)).Must(200).Text);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("image/png")]
    [InlineData(";;;")]
    public async Task The_page_is_HTML_whatever_is_accepted(string accept)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        Answer seen = (await server.Nobody.GetAsync($"/publications/{id}", ("Accept", accept))).Must(200);

        Assert.StartsWith("text/html", seen.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", seen.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/ld+json", "\"@type\": \"Dataset\"")]
    [InlineData("application/vnd.citationstyles.csl+json", "\"date-parts\"")]
    [InlineData("application/x-bibtex", "@misc{lovelace")]
    [InlineData("application/x-research-info-systems", "TY  - DATA")]
    [InlineData("text/x-bibliography", "Lovelace, A.")]
    [InlineData("application/linkset+json", "\"anchor\"")]
    public async Task What_a_program_names_it_gets_at_the_same_address(string accept, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        Answer seen = (await server.Nobody.GetAsync($"/publications/{id}", ("Accept", accept + ", */*;q=0.1"))).Must(200);

        Assert.StartsWith(accept, seen.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains(expected, seen.Text, StringComparison.Ordinal);
        Assert.Equal("Accept", seen.Headers["Vary"]);
    }

    [Fact]
    public async Task Search_engines_read_every_file_with_address_size_type_and_hash()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(200);

        JsonElement data = JsonDocument.Parse(JsonLdPattern().Match(page.Text).Groups[1].Value).RootElement;
        JsonElement file = data.GetProperty("distribution").EnumerateArray().Single(
            one => one.TryGetProperty("name", out JsonElement name) && name.GetString() == "raw/frame 1.cbf");
        Assert.Equal("3", file.GetProperty("contentSize").GetString());
        Assert.Equal("chemical/x-cif", file.GetProperty("encodingFormat").GetString());
        Assert.Equal("7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", file.GetProperty("sha256").GetString());
        Assert.Equal("https://spdx.org/licenses/CC-BY-4.0.html", data.GetProperty("license").GetString());
        Answer head = await server.Nobody.HeadAsync(new Uri(file.GetProperty("contentUrl").GetString()!).PathAndQuery);
        Assert.Equal("3", head.Must(200).Headers["Content-Length"]);
    }

    [Theory]
    [InlineData("scan.h5", null, "application/x-hdf5")]
    [InlineData("table.csv", null, "text/csv")]
    [InlineData("table.csv", "application/octet-stream", "text/csv")]
    [InlineData("table.csv", "text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("page.html", null, "application/octet-stream")]
    [InlineData("page.txt", "text/html", "application/octet-stream")]
    [InlineData("unknown", null, "application/octet-stream")]
    public async Task A_file_is_sent_to_strangers_with_its_described_media_type(string name, string? stored, string expected)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/{name}", "x", stored is null ? [] : [("Content-Type", stored)])).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);

        JsonElement file = (await server.Nobody.GetAsync($"/publications/{id}?format=schema-org")).Must(200).Json
            .GetProperty("distribution").EnumerateArray().First();
        Answer sent = (await server.Nobody.GetAsync(new Uri(file.GetProperty("contentUrl").GetString()!).PathAndQuery)).Must(200);

        Assert.Equal(expected, file.GetProperty("encodingFormat").GetString());
        Assert.Equal(expected, sent.Headers["Content-Type"]);
        Assert.Equal("nosniff", sent.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task Links_lead_from_the_page_to_identifier_author_licence_metadata_and_files()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        Answer head = (await server.Nobody.HeadAsync($"/publications/{id}")).Must(200);

        string links = head.Headers["Link"];
        Assert.Contains($"/publications/{id}>; rel=\"cite-as\"", links, StringComparison.Ordinal);
        Assert.Contains("<https://orcid.org/0000-0002-1825-0097>; rel=\"author\"", links, StringComparison.Ordinal);
        Assert.Contains("<https://spdx.org/licenses/CC-BY-4.0.html>; rel=\"license\"", links, StringComparison.Ordinal);
        Assert.Contains("?format=schema-org>; rel=\"describedby\"; type=\"application/ld+json\"", links, StringComparison.Ordinal);
        Assert.Contains("rel=\"item\"; type=\"chemical/x-cif\"", links, StringComparison.Ordinal);
        Assert.Contains("?format=linkset>; rel=\"linkset\"; type=\"application/linkset+json\"", links, StringComparison.Ordinal);
        Assert.Empty(head.Bytes);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task The_archive_of_a_published_dataset_contains_its_description(string kind)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        Dictionary<string, string> whole = await UnpackAsync(server.Nobody, $"datasets/{id}/archive.{kind}");
        Dictionary<string, string> part = await UnpackAsync(server.Nobody, $"datasets/{id}/archive.{kind}?prefix=raw/");
        Dictionary<string, string> plain = await UnpackAsync(server.Nobody, $"datasets/{id}/archive.{kind}?crate=false");

        JsonElement[] graph = [.. JsonDocument.Parse(whole["ro-crate-metadata.json"]).RootElement.GetProperty("@graph").EnumerateArray()];
        JsonElement root = graph.Single(static one => one.GetProperty("@id").GetString() == "./");
        Assert.Equal("Frames of lysozyme", root.GetProperty("name").GetString());
        Assert.EndsWith($"/publications/{id}", root.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            plain.Keys.Select(static path => path.Replace(" ", "%20", StringComparison.Ordinal)).Order(),
            root.GetProperty("hasPart").EnumerateArray().Select(static one => one.GetProperty("@id").GetString()!).Order());
        Assert.DoesNotContain("ro-crate-metadata.json", part.Keys.Concat(plain.Keys));
    }

    [Theory]
    [InlineData("ro-crate-metadata.json")]
    [InlineData("RO-Crate-Metadata.JSON")]
    [InlineData("ro-crate-metadata.json/inside")]
    public async Task An_archive_never_describes_itself_over_a_file_of_the_dataset(string path)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/{path}", "mine")).Must(201);

        foreach (string kind in (string[])["tar", "zip"])
        {
            Dictionary<string, string> members = await UnpackAsync(server.Admin, $"datasets/{id}/archive.{kind}?crate=true");
            Assert.Equal([(path, "mine")], members.Select(static one => (one.Key, one.Value)));
        }
    }

    [Fact]
    public async Task The_archive_of_an_unpublished_dataset_contains_its_description_on_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/notes.txt", "one")).Must(201);

        Dictionary<string, string> plain = await UnpackAsync(server.Admin, $"datasets/{id}/archive.tar");
        Dictionary<string, string> asked = await UnpackAsync(server.Admin, $"datasets/{id}/archive.tar?crate=true");

        Assert.Equal(["notes.txt"], plain.Keys);
        Assert.Contains("\"@id\": \"notes.txt\"", asked["ro-crate-metadata.json"], StringComparison.Ordinal);
        Assert.Contains("admin/data", asked["ro-crate-metadata.json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_and_an_open_dataset_are_not_there_for_strangers()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);
        string open = await server.Admin.DatasetAsync("open");
        (await server.Admin.PutJsonAsync($"datasets/{open}/publication", Description())).Must(200);

        (await server.Admin.PostAsync($"datasets/{open}/publication/publish", new { })).MustRefuse(409, "dataset-open");
        (await server.Nobody.GetAsync($"/publications/{id}")).Must(404);
        (await server.Admin.GetAsync($"/publications/{id}")).Must(404);
        (await server.Nobody.GetAsync($"/publications/{Guid.NewGuid()}")).Must(404);
        (await server.Nobody.GetAsync("/publications/nothing")).Must(404);
        (await server.Nobody.PostAsync($"/publications/{id}", new { })).Must(405);
    }

    [Fact]
    public async Task Only_the_owner_and_managers_can_describe_or_publish_a_dataset()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller writer = await server.UserAsync("writer");
        string id = await ClosedAsync(owner, "data");
        (await owner.PutJsonAsync($"datasets/{id}/grants/user:writer", new { right = "write" })).Must(200);

        (await writer.GetAsync($"datasets/{id}/publication")).MustRefuse(403, "forbidden");
        (await writer.PutJsonAsync($"datasets/{id}/publication", Description())).MustRefuse(403, "forbidden");
        (await writer.PostAsync($"datasets/{id}/publication/publish", new { })).MustRefuse(403, "forbidden");
        (await writer.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "no" })).MustRefuse(403, "forbidden");
        (await server.Nobody.GetAsync($"datasets/{id}/publication")).Must(401);
    }

    [Fact]
    public async Task Missing_fields_are_listed_and_prevent_publication()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");

        Answer draft = (await server.Admin.PutJsonAsync(
            $"datasets/{id}/publication",
            new { title = "Frames", license = "mine", authors = new[] { new { name = "Lovelace", orcid = "0000-0002-1825-0098" } } })).Must(200);

        string[] required = [.. draft.Json.GetProperty("checklist").EnumerateArray()
            .Where(one => one.GetProperty("required").GetBoolean()).Select(one => one.GetProperty("field").GetString()!)];
        Assert.Equal(["abstract", "publisher", "license", "authors[0].orcid"], required);
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).MustRefuse(422, "unprocessable");
    }

    [Fact]
    public async Task Under_an_embargo_the_page_is_public_and_the_files_are_not()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);

        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { access = "embargoed", until = Later })).Must(200);

        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(200);
        Assert.Contains("2999-01-02", page.Text, StringComparison.Ordinal);
        Assert.Contains("c_f1cf", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("frame 1", page.Text, StringComparison.Ordinal);
        (await server.Nobody.GetAsync($"datasets/{id}/tree")).Must(401);
    }

    [Fact]
    public async Task A_dataset_shows_the_address_of_its_publication_to_all_viewers_while_it_is_published()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);
        Assert.False((await server.Admin.GetAsync($"datasets/{id}")).Must(200).Json.TryGetProperty("publication", out _));
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);

        JsonElement seen = (await server.Nobody.GetAsync($"datasets/{id}")).Must(200).Json;
        string page = seen.GetProperty("publication").GetString()!;
        Assert.EndsWith($"/publications/{id}", page, StringComparison.Ordinal);
        Assert.Contains("Lovelace", (await server.Nobody.GetAsync(new Uri(page).PathAndQuery + "?format=citation")).Must(200).Text, StringComparison.Ordinal);

        (await server.Admin.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "no" })).Must(200);
        Assert.False((await server.Admin.GetAsync($"datasets/{id}")).Must(200).Json.TryGetProperty("publication", out _));
    }

    [Fact]
    public async Task A_withdrawn_publication_leaves_a_page_with_the_reason_and_no_files()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");
        (await server.Admin.DeleteAsync($"datasets/{id}")).MustRefuse(422, "unprocessable");

        (await server.Admin.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "The <wavelength> was wrong." })).Must(200);

        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(410);
        Assert.Contains("The &lt;wavelength&gt; was wrong.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Frames of lysozyme", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("frame 1", page.Text, StringComparison.Ordinal);
        (await server.Nobody.GetAsync($"datasets/{id}/tree")).Must(401);
        (await server.Admin.DeleteAsync($"datasets/{id}")).Must(200);
        (await server.Nobody.GetAsync($"/publications/{id}")).Must(410);
    }

    [Fact]
    public async Task A_purged_dataset_leaves_its_page()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        (await server.Admin.PostAsync($"datasets/{id}/purge", new { reason = "the law" })).Must(200);

        Answer page = (await server.Nobody.GetAsync($"/publications/{id}")).Must(200);
        Assert.Contains("The files of this dataset were deleted", page.Text, StringComparison.Ordinal);
        Assert.Contains("c_14cb", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_version_is_shown_on_the_page_of_the_old_one_and_both_on_that_of_the_work()
    {
        await using TestServer server = await TestServer.StartAsync();
        string first = await PublishedAsync(server.Admin, "data");
        string second = await ClosedAsync(server.Admin, "data-2");
        (await server.Admin.PutJsonAsync($"datasets/{second}/publication", Description("Better frames of lysozyme"))).Must(200);

        Answer published = (await server.Admin.PostAsync($"datasets/{second}/publication/publish", new { newVersionOf = first })).Must(200);

        Assert.Equal(2, published.Json.GetProperty("version").GetInt64());
        Assert.Equal(first, published.Json.GetProperty("series").GetString());
        Assert.Contains("There is a newer version", (await server.Nobody.GetAsync($"/publications/{first}")).Must(200).Text, StringComparison.Ordinal);
        Answer work = (await server.Nobody.GetAsync($"/publications/{first}/versions")).Must(200);
        Assert.Contains("Better frames of lysozyme", work.Text, StringComparison.Ordinal);
        Assert.Contains($"/publications/{second}", work.Text, StringComparison.Ordinal);
        (await server.Nobody.GetAsync($"/publications/{second}/versions")).Must(302);
    }

    [Fact]
    public async Task A_version_cannot_follow_an_unpublished_dataset()
    {
        await using TestServer server = await TestServer.StartAsync();
        string first = await ClosedAsync(server.Admin, "data");
        string second = await ClosedAsync(server.Admin, "data-2");
        (await server.Admin.PutJsonAsync($"datasets/{second}/publication", Description())).Must(200);

        (await server.Admin.PostAsync($"datasets/{second}/publication/publish", new { newVersionOf = first })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync($"datasets/{second}/publication/publish", new { newVersionOf = "no-such" })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Each_description_is_kept_and_concurrent_changes_overwrite_none()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishedAsync(server.Admin, "data");

        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description("Corrected"), ("If-Match", "\"1\""))).Must(200);

        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", Description("Lost"), ("If-Match", "\"1\""))).Must(412);
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", new { title = "Nothing else" })).MustRefuse(422, "unprocessable");
        Answer history = (await server.Admin.GetAsync($"datasets/{id}/publication/history")).Must(200);
        Assert.Equal(
            ["Corrected", "Frames of lysozyme"],
            history.Json.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("description").GetProperty("title").GetString()));
        Assert.Contains("Corrected", (await server.Nobody.GetAsync($"/publications/{id}")).Must(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_field_of_the_description_and_no_name_of_a_file_becomes_part_of_the_page()
    {
        const string Evil = "</script></title></style><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/{Uri.EscapeDataString("<img src=x onerror=alert(1)>\"'.txt")}", "one", ("Content-Type", "text/html\"><script>"))).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", new
        {
            title = Evil,
            @abstract = Evil,
            publisher = Evil,
            license = "CC-BY-4.0",
            keywords = new[] { Evil },
            authors = new[] { new { name = Evil, given = Evil, affiliations = new[] { new { name = Evil } } } },
            funding = new[] { new { funder = Evil, award = Evil, title = Evil } },
            related = new[] { new { identifier = "https://example.org/\"><script>alert(1)</script>", relation = "Cites" } },
        })).Must(200);

        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);
        (await server.Admin.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "no" })).Must(200);
        string withdrawn = (await server.Nobody.GetAsync($"/publications/{id}")).Must(410).Text;
        string second = await CopyAsync(server.Admin, id);
        string page = (await server.Nobody.GetAsync($"/publications/{second}")).Must(200).Text;

        foreach (string text in (string[])[page, withdrawn])
        {
            Assert.Single(ScriptPattern().Matches(text));
            Assert.DoesNotContain("<img src=x", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("</title></style>", text, StringComparison.Ordinal);
            _ = JsonDocument.Parse(JsonLdPattern().Match(text).Groups[1].Value);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("https://user:secret@example.org/")]
    [InlineData("10.5281")]
    public async Task The_checklist_refuses_a_related_identifier_that_is_not_a_valid_address(string identifier)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await ClosedAsync(server.Admin, "data");

        Answer draft = (await server.Admin.PutJsonAsync(
            $"datasets/{id}/publication", new { related = new[] { new { identifier, relation = "Cites" } } })).Must(200);

        Assert.Contains(
            draft.Json.GetProperty("checklist").EnumerateArray(), one => one.GetProperty("field").GetString() == "related[0].identifier"
                && one.GetProperty("required").GetBoolean());
    }

    private static async Task<Dictionary<string, string>> UnpackAsync(TestCaller caller, string archive)
    {
        byte[] bytes = (await caller.GetAsync(archive)).Must(200).Bytes;
        if (archive.Contains("archive.tar", StringComparison.Ordinal))
        {
            return Blobs.ReadTar(bytes).ToDictionary(static one => one.Name, static one => Encoding.UTF8.GetString(one.Bytes));
        }

        using var zip = new ZipArchive(new MemoryStream(bytes), ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(static one => one.FullName, static one => new StreamReader(one.Open()).ReadToEnd());
    }

    [Fact]
    public async Task A_description_in_YAML_is_stored_and_a_wrong_one_refused_with_its_line()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");

        Answer wrong = await PutYamlAsync(server, id, "title: Frames\nkeywords: {a: b}\n");
        Answer stored = (await PutYamlAsync(server, id, "title: Frames\nkeywords: [2026]\n")).Must(200);

        Assert.Contains("line 2", wrong.Must(422).Text, StringComparison.Ordinal);
        Assert.Equal("2026", stored.Json.GetProperty("description").GetProperty("keywords")[0].GetString());
    }

    private static Task<Answer> PutYamlAsync(TestServer server, string id, string yaml) => server.Admin.SendAsync(
        HttpMethod.Put, $"datasets/{id}/publication", new StringContent(yaml, new MediaTypeHeaderValue("application/yaml")));

    private static async Task<string> CopyAsync(TestCaller caller, string id)
    {
        string copy = (await caller.PostAsync("datasets", new { name = "copy", parents = new[] { new { dataset = id } }, copy = true }))
            .Must(201).Json.GetProperty("id").GetString()!;
        (await caller.PostAsync($"datasets/{copy}/close", new { })).Must(200);
        JsonElement description = (await caller.GetAsync($"datasets/{id}/publication")).Must(200).Json.GetProperty("description");
        (await caller.PutJsonAsync($"datasets/{copy}/publication", description.GetRawText())).Must(200);
        (await caller.PostAsync($"datasets/{copy}/publication/publish", new { })).Must(200);
        return copy;
    }

    private static async Task<string> PublishedAsync(TestCaller caller, string name)
    {
        string id = await ClosedAsync(caller, name);
        (await caller.PutJsonAsync($"datasets/{id}/publication", Description())).Must(200);
        (await caller.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);
        return id;
    }

    private static async Task<string> ClosedAsync(TestCaller caller, string name)
    {
        string id = await caller.DatasetAsync(name);
        (await caller.PutAsync($"datasets/{id}/entries/raw/frame%201.cbf", "one")).Must(201);
        (await caller.PutAsync($"datasets/{id}/entries/notes.txt", "two")).Must(201);
        (await caller.PostAsync($"datasets/{id}/close", new { })).Must(200);
        return id;
    }

    private static object Description(string title = "Frames of lysozyme") => new
    {
        title,
        @abstract = "Frames of a crystal of lysozyme, measured for a test.",
        publisher = "Institute of Tests",
        license = "cc-by-4.0",
        keywords = new[] { "lysozyme" },
        authors = new[]
        {
            new
            {
                name = "Lovelace",
                given = "Ada",
                orcid = "https://orcid.org/0000-0002-1825-0097",
                affiliations = new[] { new { name = "KIT", ror = "04t3en479" } },
            },
        },
        related = new[] { new { identifier = "https://doi.org/10.5281/zenodo.1234", relation = "IsSupplementTo" } },
    };

    private static string Href(string html, string text) =>
        System.Net.WebUtility.HtmlDecode(Regex.Match(html, $"href=\"([^\"]+)\">{Regex.Escape(text)}</a>").Groups[1].Value);

    [GeneratedRegex("<script type=\"application/ld\\+json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex JsonLdPattern();

    [GeneratedRegex("<script", RegexOptions.IgnoreCase)]
    private static partial Regex ScriptPattern();
}
