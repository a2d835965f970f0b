using System.Net.Http.Headers;
using System.Text;
using Hutch.Api.Tests.Support;
using Hutch.Zone.Partners;

namespace Hutch.Api.Tests.Security;

public sealed class PartnerDoorTests
{
    [Fact]
    public async Task A_token_of_a_partner_reads_the_same_by_REST_and_WebDAV_and_the_audit_names_it()
    {
        using var partner = new TestPartner(new PartnerRule { Path = "/run3", Gives = "admin/raw" });
        await using TestServer server = await TestServer.StartAsync(zone: partner.Zone);
        string raw = await server.Admin.DatasetAsync("raw");
        string other = await server.Admin.DatasetAsync("other");
        string open = await server.Admin.DatasetAsync("open");
        foreach (string id in (string[])[raw, other, open])
        {
            (await server.Admin.PutAsync($"datasets/{id}/entries/a", "hello")).Must(201);
        }

        (await server.Admin.PatchAsync($"datasets/{open}", new { visibility = "public" })).Must(200);
        TestCaller caller = server.With(partner.Token("storage.read:/run3"));

        Assert.Equal("hello", (await caller.GetAsync($"datasets/{raw}/entries/a")).Must(200).Text);
        Assert.Equal([raw], IdsOf((await caller.GetAsync("datasets")).Must(200)));
        Assert.Equal([raw], IdsOf((await caller.GetAsync("search?q=")).Must(200)));
        Assert.Equal("hello", (await caller.GetAsync("/dav/admin/raw/a")).Must(200).Text);
        Assert.Equal("hello", (await WithPasswordAsync(server, caller.Token!, "dav/admin/raw/a")).Text);
        foreach (string closed in (string[])[other, open])
        {
            (await caller.GetAsync($"datasets/{closed}/entries/a")).Must(404);
        }

        (await caller.GetAsync("/dav/admin/other/a")).Must(404);
        (await caller.PutAsync($"datasets/{raw}/entries/b", "no")).Must(403);
        (await caller.SendAsync(HttpMethod.Put, "/dav/admin/raw/b", new StringContent("no"))).Must(403);
        (await caller.PostAsync("datasets", new { name = "mine" })).Must(403);
        (await caller.PostAsync("tokens", new { })).Must(403);

        (await caller.GetAsync($"datasets/{raw}/archive.tar")).Must(200);
        await server.RestartAsync(); // a server that stops writes what it has gathered
        Answer audit = (await server.Admin.GetAsync("audit?limit=1000")).Must(200);
        Assert.Contains("partner:robot-7@https://iam.example.org/", audit.Text, StringComparison.Ordinal);
    }

    private static string[] IdsOf(Answer answer) =>
        [.. answer.Json.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("id").GetString()!)];

    private static Task<Answer> WithPasswordAsync(TestServer server, string token, string path) => server.Nobody.SendAsync(
        HttpMethod.Get, "/" + path, null,
        ("Authorization", new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("any:" + token))).ToString()));
}
