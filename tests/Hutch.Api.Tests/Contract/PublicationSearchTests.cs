using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Contract;

public sealed class PublicationSearchTests
{
    /// <summary>mission 1.2: what a publication says is found, without a login too; a draft and a withdrawn one are not.</summary>
    [Fact]
    public async Task A_publication_is_found_by_words_of_its_description()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/notes.txt", "two")).Must(201);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        object description = new
        {
            title = "Harvested frames",
            @abstract = "Of a crystal of thaumatin.",
            publisher = "Institute of Tests",
            license = "CC0-1.0",
            keywords = new[] { "cryoprotectant" },
            authors = new[] { new { name = "Lovelace", given = "Ada", affiliations = new[] { new { name = "Polytechnic" } } } },
            funding = new[] { new { funder = "Hidden Fund", award = "AB-77" } },
            related = new[] { new { identifier = "10.5281/zenodo.1234", relation = "IsSupplementTo" } },
        };
        string[] words = ["harvested", "thaumatin", "cryoprotectant", "Lovelace", "Ada", "polytechnic", "AB-77", "10.5281/zenodo.1234"];
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", description)).Must(200);
        Assert.All(words, word => Assert.Empty(Found(server.Admin, word)));

        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", new { })).Must(200);

        Assert.All(words, word => Assert.Equal(id, Assert.Single(Found(server.Nobody, word))));
        (await server.Admin.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "Wrong sample." })).Must(200);
        Assert.All(words, word => Assert.Empty(Found(server.Admin, word)));

        static string[] Found(TestCaller caller, string word) =>
        [
            .. caller.GetAsync($"search?q={Uri.EscapeDataString(word)}").GetAwaiter().GetResult().Must(200).Json.GetProperty("items")
                .EnumerateArray().Select(static one => one.GetProperty("id").GetString()!),
        ];
    }

    /// <summary>What the page of an embargoed publication says is found by everyone, and nothing else of its dataset.</summary>
    [Theory]
    [InlineData("embargoed")]
    [InlineData("restricted")]
    public async Task A_publication_of_a_hidden_dataset_is_found_by_its_page_and_not_by_its_data(string access)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishAsync(server, access);
        string[] words =
        [
            "thaumatin", "harvested", "Lovelace", "ada", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "cryoprotectant",
            "Hidden Fund", "author:\"Lovelace, Ada\"", "keyword:cryoprotectant", "funder:\"Hidden Fund\"", "license:CC0-1.0",
            "published>2000", "10.5281/zenodo.1234", "https://doi.org/10.5281/zenodo.1234",
        ];
        (TestCaller other, TestCaller viewer) = (await server.UserAsync("other"), await server.UserAsync("viewer"));
        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/user:viewer", new { right = "view" })).Must(200);

        Assert.All(words, word => AssertPublication(server.Nobody, word));
        Assert.All(words, word => AssertPublication(other, word));
        Assert.All(words, word => Assert.Equal(id, Assert.Single(Items(server.Admin, word))));
        Assert.All(words, word => Assert.Empty(Publications(server.Admin, word)));
        Assert.Empty(Publications(server.Admin, ""));
        Assert.All(words, word => Assert.Equal(id, Assert.Single(Items(viewer, word))));
        Assert.All(words, word => Assert.Empty(Publications(viewer, word)));

        string[] hidden = ["notes", "secretsauce", "hiddenslug", "owner:admin", "state:closed", "kind:original", "type:generic"];
        Assert.All(hidden, word => Assert.Empty(Publications(server.Nobody, word)));
        Assert.All(hidden, word => Assert.Empty(Items(server.Nobody, word)));
        Answer facets = (await server.Nobody.GetAsync("search/facets?q=thaumatin")).Must(200);
        Assert.Equal(1, facets.Json.GetProperty("found").GetInt32());
        Assert.Equal(
            ["visibility", "published", "author", "license"],
            facets.Json.GetProperty("facets").EnumerateArray().Select(static one => one.GetProperty("name").GetString()));

        (await server.Admin.PostAsync($"datasets/{id}/publication/withdraw", new { reason = "Wrong sample." })).Must(200);
        Assert.All(words, word => Assert.Empty(Publications(server.Nobody, word)));

        void AssertPublication(TestCaller caller, string word)
        {
            Assert.Empty(Items(caller, word));
            JsonElement found = Assert.Single(Publications(caller, word));
            Assert.EndsWith($"/publications/{id}", found.GetProperty("page").GetString(), StringComparison.Ordinal);
            Assert.Equal("Harvested frames", found.GetProperty("title").GetString());
            Assert.Equal(access, found.GetProperty("access").GetString());
        }
    }

    /// <summary>The end of an embargo comes without an event; an index that is made anew has the same publications.</summary>
    [Fact]
    public async Task An_ended_embargo_shows_the_dataset_itself_and_a_new_index_finds_the_same()
    {
        var time = new ShiftedTime();
        await using TestServer server = await TestServer.StartAsync(time: time);
        string id = await PublishAsync(server, "embargoed");
        Assert.Single(Publications(server.Nobody, "thaumatin"));
        await server.RestartAsync(() => File.Delete(Path.Combine(server.Folder, "search.db")));
        Assert.Single(Publications(server.Nobody, "thaumatin"));

        time.Jump(TimeSpan.FromDays(400));

        Assert.Equal(id, Assert.Single(Items(server.Nobody, "thaumatin")));
        Assert.Empty(Publications(server.Nobody, "thaumatin"));
        await server.RestartAsync(() => File.Delete(Path.Combine(server.Folder, "search.db")));
        Assert.Equal(id, Assert.Single(Items(server.Nobody, "thaumatin")));
    }

    /// <summary>Its page remains without its files, and is found; a name of a file is not any more.</summary>
    [Fact]
    public async Task A_publication_whose_files_were_purged_is_found_by_its_page()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await PublishAsync(server, "open");
        Assert.Equal(id, Assert.Single(Items(server.Nobody, "thaumatin")));
        (await server.Admin.PostAsync($"datasets/{id}/purge", new { reason = "It must go." })).Must(200);

        Assert.Empty(Items(server.Nobody, "thaumatin"));
        Assert.Equal("metadata-only", Assert.Single(Publications(server.Nobody, "thaumatin")).GetProperty("access").GetString());
        Assert.Empty(Publications(server.Nobody, "secretsauce"));
    }

    private static async Task<string> PublishAsync(TestServer server, string access)
    {
        string id = await server.Admin.DatasetAsync("hiddenslug");
        (await server.Admin.PutAsync($"datasets/{id}/entries/notes.txt", "two")).Must(201);
        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", new { comment = "secretsauce" })).Must(204);
        (await server.Admin.PostAsync($"datasets/{id}/close", new { })).Must(200);
        (await server.Admin.PutJsonAsync($"datasets/{id}/publication", new
        {
            title = "Harvested frames",
            @abstract = "Of a crystal of thaumatin.",
            publisher = "Institute of Tests",
            license = "CC0-1.0",
            keywords = new[] { "cryoprotectant" },
            authors = new[] { new { name = "Lovelace", given = "Ada", orcid = "0000-0002-1825-0097" } },
            funding = new[] { new { funder = "Hidden Fund", award = "AB-77" } },
            related = new[] { new { identifier = "10.5281/zenodo.1234", relation = "IsSupplementTo" } },
        })).Must(200);
        object wanted = access == "embargoed" ? new { access, until = DateTimeOffset.UtcNow.AddYears(1) } : new { access };
        (await server.Admin.PostAsync($"datasets/{id}/publication/publish", wanted)).Must(200);
        return id;
    }

    private static string[] Items(TestCaller caller, string word) =>
        [.. Found(caller, word).GetProperty("items").EnumerateArray().Select(static one => one.GetProperty("id").GetString()!)];

    private static JsonElement[] Publications(TestCaller caller, string word) =>
        Found(caller, word).TryGetProperty("publications", out JsonElement found) ? [.. found.EnumerateArray()] : [];

    private static JsonElement Found(TestCaller caller, string word) =>
        caller.GetAsync($"search?q={Uri.EscapeDataString(word)}").GetAwaiter().GetResult().Must(200).Json;
}
