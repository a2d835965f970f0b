using Hutch.Api.Tests.Support;

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
}
