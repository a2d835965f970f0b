using System.Diagnostics;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class LeaverTests
{
    [Fact]
    public async Task A_disabled_account_loses_its_tokens_sessions_and_open_streams_at_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller leaver = await server.UserAsync("leaver");
        string id = await leaver.DatasetAsync("data");
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("leaver")).Must(200);
        using HttpResponseMessage all = await leaver.OpenAsync("events");
        using HttpResponseMessage one = await leaver.OpenAsync($"events?dataset={id}");
        Answer unused = (await server.Admin.PostAsync("users/leaver/login-link", new { })).Must(201);
        long start = Stopwatch.GetTimestamp();

        (await server.Admin.PatchAsync("users/leaver", new { disabled = true })).Must(200);

        (await leaver.GetAsync("me")).MustRefuse(401, "unauthenticated");
        (await browser.GetAsync("me")).MustRefuse(401, "unauthenticated");
        using TestBrowser again = server.Browser();
        (await again.PostAsync("login/link", new { code = TestBrowser.CodeOf(unused) })).MustRefuse(401, "unauthenticated");
        // No heartbeat, no event: the streams end by themselves, or this waits for ever.
        await all.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await one.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"took {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    [Fact]
    public async Task A_stream_ends_with_its_token_and_those_of_others_go_on()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        Answer made = (await ada.PostAsync("tokens", new { scopes = new[] { "read" } })).Must(201);
        TestCaller narrow = server.With(made.Json.GetProperty("token").GetString()!);
        using HttpResponseMessage ending = await narrow.OpenAsync("events");
        using HttpResponseMessage staying = await ada.OpenAsync("events");
        await using Stream stream = await staying.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        (await ada.DeleteAsync("tokens/" + made.Json.GetProperty("id").GetString())).Must(204);

        await ending.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string id = await ada.DatasetAsync("after");
        using var reader = new StreamReader(stream);
        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line?.Contains(id, StringComparison.Ordinal) == false);
        Assert.NotNull(line);
    }

    [Fact]
    public async Task Everything_of_a_leaver_goes_to_the_heir_and_nothing_is_ownerless()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller leaver = await server.UserAsync("leaver");
        TestCaller heir = await server.UserAsync("heir");
        TestCaller other = await server.UserAsync("other");
        string mine = await leaver.DatasetAsync("data");
        string plain = await leaver.DatasetAsync("plain");
        await heir.DatasetAsync("data");
        string theirs = await other.DatasetAsync("theirs");
        (await other.PutJsonAsync($"datasets/{theirs}/grants/user:leaver", new { right = "manage" })).Must(200);
        (await other.PutJsonAsync($"datasets/{theirs}/grants/user:heir", new { right = "view" })).Must(200);
        string shared = await other.DatasetAsync("shared");
        (await other.PutJsonAsync($"datasets/{shared}/grants/user:leaver", new { right = "read" })).Must(200);
        Assert.Equal(0, (await heir.GetAsync("search?q=shared")).Must(200).Json.GetProperty("items").GetArrayLength());
        (await leaver.PostAsync($"datasets/{mine}/links", new { right = "read" })).Must(201);
        (await leaver.PostAsync($"datasets/{mine}/invites", new { })).Must(201);
        (await leaver.PostAsync("groups", new { name = "lab" })).Must(201);
        (await server.Admin.PatchAsync("users/leaver", new { disabled = true })).Must(200);
        Assert.Equal(2, (await server.Admin.GetAsync("users/leaver")).Must(200).Json.GetProperty("datasets").GetInt32());

        // N12: what would be handed over, before it is.
        Answer plan = (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "heir", dryRun = true })).Must(200);
        Assert.Equal(plan.Json.GetProperty("datasets").GetInt32(), plan.Json.GetProperty("items").GetArrayLength());
        Assert.All(
            plan.Json.GetProperty("items").EnumerateArray(),
            static item => Assert.StartsWith("leaver/", item.GetProperty("name").GetString(), StringComparison.Ordinal));

        Answer done = (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "heir" })).Must(200);

        Assert.Equal("""{"datasets":2,"grants":2,"links":1,"invites":1,"groups":1}""", done.Text);
        Assert.Equal(1, (await heir.GetAsync("search?q=shared")).Must(200).Json.GetProperty("items").GetArrayLength());
        Assert.Equal("heir/data-2", (await heir.GetAsync($"datasets/{mine}")).Must(200).Json.GetProperty("name").GetString());
        Assert.Equal("heir/plain", (await heir.GetAsync($"datasets/{plain}")).Must(200).Json.GetProperty("name").GetString());
        Assert.Equal("manage", (await heir.GetAsync($"datasets/{theirs}")).Must(200).Json.GetProperty("yourRight").GetString());
        JsonElement link = Assert.Single((await heir.GetAsync($"datasets/{mine}/links")).Must(200).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("heir", link.GetProperty("by").GetString());
        JsonElement invite = Assert.Single((await heir.GetAsync($"datasets/{mine}/invites")).Must(200).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("heir", invite.GetProperty("by").GetString());
        (await heir.PutJsonAsync("groups/lab/members/other", new { manager = false })).Must(200);
        Assert.Equal(0, (await server.Admin.GetAsync("users/leaver")).Must(200).Json.GetProperty("datasets").GetInt32());
        Answer mails = (await heir.GetAsync("me/mails")).Must(200);
        Assert.Contains("what belonged to leaver", mails.Json.GetProperty("items")[0].GetProperty("subject").GetString(), StringComparison.Ordinal);
        await server.RestartAsync();
        Assert.Equal("heir/data-2", (await heir.GetAsync($"datasets/{mine}")).Must(200).Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_group_can_be_the_heir_and_is_not_removed_while_it_owns()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller leaver = await server.UserAsync("leaver");
        TestCaller manager = await server.UserAsync("manager");
        (await manager.PostAsync("groups", new { name = "lab" })).Must(201);
        string id = await leaver.DatasetAsync("data");
        (await leaver.PostAsync($"datasets/{id}/links", new { right = "read" })).Must(201);

        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "@lab" })).Must(200);

        Assert.Equal("lab/data", (await manager.GetAsync($"datasets/{id}")).Must(200).Json.GetProperty("name").GetString());
        (await leaver.GetAsync($"datasets/{id}")).MustRefuse(404, "not-found");
        (await manager.DeleteAsync("groups/lab")).MustRefuse(422, "unprocessable");
        (await manager.PutJsonAsync($"datasets/{id}/owner", new { owner = "manager" })).Must(200);
        (await manager.DeleteAsync("groups/lab")).Must(204);
        JsonElement link = Assert.Single((await manager.GetAsync($"datasets/{id}/links")).Must(200).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("manager", link.GetProperty("by").GetString());
    }

    [Fact]
    public async Task A_handover_is_refused_when_the_new_owner_lacks_space_for_all_datasets()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller leaver = await server.UserAsync("leaver");
        await server.UserAsync("heir");
        foreach (string name in new[] { "one", "two" })
        {
            string id = await leaver.DatasetAsync(name);
            (await leaver.PutAsync($"datasets/{id}/entries/a.bin", new string('x', 6000))).Must(201);
        }

        (await server.Admin.PutJsonAsync("owners/heir/quota", new { bytes = 10_000 })).Must(200);
        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "heir" })).MustRefuse(507, "insufficient-storage");
        Assert.Equal(2, (await server.Admin.GetAsync("users/leaver")).Must(200).Json.GetProperty("datasets").GetInt32());
        (await server.Admin.PutJsonAsync("owners/heir/quota", new { bytes = 12_000 })).Must(200);

        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "heir" })).Must(200);
    }

    [Fact]
    public async Task A_handover_to_an_owner_that_cannot_act_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller leaver = await server.UserAsync("leaver");
        TestCaller gone = await server.UserAsync("gone");
        (await gone.PostAsync("groups", new { name = "empty" })).Must(201);
        (await server.Admin.PatchAsync("users/gone", new { disabled = true })).Must(200);

        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "gone" })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "@empty" })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "leaver" })).MustRefuse(422, "unprocessable");
        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "nobody" })).MustRefuse(404, "not-found");
        (await server.Admin.PostAsync("users/leaver/hand-over", new { to = "@nobody" })).MustRefuse(404, "not-found");
        (await leaver.PostAsync("users/leaver/hand-over", new { to = "admin" })).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task A_group_keeps_at_least_one_active_manager()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller first = await server.UserAsync("first");
        await server.UserAsync("second");
        (await first.PostAsync("groups", new { name = "lab" })).Must(201);
        (await first.PutJsonAsync("groups/lab/members/second", new { manager = true })).Must(200);
        (await server.Admin.PatchAsync("users/second", new { disabled = true })).Must(200);

        (await first.DeleteAsync("groups/lab/members/first")).MustRefuse(422, "unprocessable");
        (await first.PutJsonAsync("groups/lab/members/second", new { manager = true })).MustRefuse(422, "unprocessable");
    }
}
