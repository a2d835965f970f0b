using Hutch.Api.Tests.Support;
using Hutch.Zone.Limits;

namespace Hutch.Api.Tests.Contract;

public sealed class InviteTests
{
    [Fact]
    public async Task Accepting_an_invite_to_a_dataset_grants_its_right()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller guest = await server.UserAsync("guest");
        string id = await owner.DatasetAsync("data");

        Answer made = (await owner.PostAsync($"datasets/{id}/invites", new { right = "write", note = "Welcome" })).Must(201);
        string code = made.Json.GetProperty("code").GetString()!;
        Assert.Equal($"{server.Address}invite#code={code}", made.Json.GetProperty("url").GetString());
        Answer seen = (await server.Nobody.PostAsync("invites/lookup", new { code })).Must(200);
        Assert.Equal("owner/data", seen.Json.GetProperty("name").GetString());
        Assert.Equal("Welcome", seen.Json.GetProperty("note").GetString());
        Assert.True(seen.Json.GetProperty("open").GetBoolean());
        (await guest.GetAsync($"datasets/{id}")).MustRefuse(404, "not-found");

        Answer accepted = (await guest.PostAsync("invites/accept", new { code })).Must(200);

        Assert.Equal("write", accepted.Json.GetProperty("right").GetString());
        Assert.Equal("write", (await guest.GetAsync($"datasets/{id}")).Must(200).Json.GetProperty("yourRight").GetString());
        Answer list = (await owner.GetAsync($"datasets/{id}/invites")).Must(200);
        Assert.Equal(1, Assert.Single(list.Json.GetProperty("items").EnumerateArray()).GetProperty("used").GetInt32());
        Assert.DoesNotContain(code, list.Text, StringComparison.Ordinal);
        TestCaller late = await server.UserAsync("late");
        (await late.PostAsync("invites/accept", new { code })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Accepting_again_uses_nothing_up_and_does_not_bring_back_what_was_taken()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller guest = await server.UserAsync("guest");
        string id = await owner.DatasetAsync("data");
        string code = await InviteAsync(owner, $"datasets/{id}/invites", new { uses = 2 });
        (await guest.PostAsync("invites/accept", new { code })).Must(200);

        Assert.Equal(1, (await guest.PostAsync("invites/accept", new { code })).Must(200).Json.GetProperty("used").GetInt32());
        (await owner.DeleteAsync($"datasets/{id}/grants/user:guest")).Must(204);
        (await guest.PostAsync("invites/accept", new { code })).Must(200);

        (await guest.GetAsync($"datasets/{id}")).MustRefuse(404, "not-found");
        Assert.Equal(1, (await owner.PostAsync("invites/accept", new { code })).Must(200).Json.GetProperty("used").GetInt32());
    }

    [Fact]
    public async Task An_invite_is_never_accepted_more_often_than_it_may_be()
    {
        const int Guests = 12;
        const int Uses = 5;
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        string id = await owner.DatasetAsync("data");
        string code = await InviteAsync(owner, $"datasets/{id}/invites", new { uses = Uses });
        var guests = new List<TestCaller>();
        for (int i = 0; i < Guests; i++)
        {
            guests.Add(await server.UserAsync("guest" + i));
        }

        Answer[] answers = await Task.WhenAll(guests.Select(guest => guest.PostAsync("invites/accept", new { code })));

        Assert.Equal(Uses, answers.Count(answer => answer.Status == 200));
        Assert.Equal(Guests - Uses, answers.Count(answer => answer.Code == "not-found"));
        Answer grants = (await owner.GetAsync($"datasets/{id}/grants")).Must(200);
        Assert.Equal(Uses, grants.Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_invite_to_a_group_makes_members_and_ends_when_it_is_withdrawn()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller manager = await server.UserAsync("manager");
        TestCaller guest = await server.UserAsync("guest");
        TestCaller other = await server.UserAsync("other");
        (await manager.PostAsync("groups", new { name = "lab" })).Must(201);
        Answer made = (await manager.PostAsync("groups/lab/invites", new { uses = 5 })).Must(201);
        string code = made.Json.GetProperty("code").GetString()!;
        string path = "invites/" + made.Json.GetProperty("id").GetString();

        (await guest.PostAsync("invites/accept", new { code })).Must(200);

        Assert.Contains("guest", (await guest.GetAsync("groups/lab")).Must(200).Text, StringComparison.Ordinal);
        (await guest.PostAsync("groups/lab/invites", new { })).MustRefuse(403, "forbidden");
        (await guest.DeleteAsync(path)).MustRefuse(404, "not-found");
        (await server.Nobody.DeleteAsync(path)).MustRefuse(401, "unauthenticated");
        (await manager.DeleteAsync(path)).Must(204);
        (await manager.DeleteAsync(path)).MustRefuse(404, "not-found");
        Answer refused = (await other.PostAsync("invites/accept", new { code })).MustRefuse(404, "not-found");
        Assert.Contains("revoked", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await guest.GetAsync("groups/lab")).Must(200);
        (await manager.DeleteAsync("groups/lab")).Must(204);
        (await other.PostAsync("invites/accept", new { code })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Only_managers_of_a_dataset_can_create_invites_to_it()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller writer = await server.UserAsync("writer");
        string id = await owner.DatasetAsync("data");
        (await owner.PutJsonAsync($"datasets/{id}/grants/user:writer", new { right = "write" })).Must(200);

        (await writer.PostAsync($"datasets/{id}/invites", new { })).MustRefuse(403, "forbidden");
        (await writer.GetAsync($"datasets/{id}/invites")).MustRefuse(403, "forbidden");
        (await server.Nobody.PostAsync("invites/accept", new { code = "x" })).MustRefuse(401, "unauthenticated");
        foreach (object bad in (object[])[new { right = "own" }, new { uses = 0 }, new { expiresIn = -1 }, new { email = "nobody" }, new { note = "a\nb" }])
        {
            (await owner.PostAsync($"datasets/{id}/invites", bad)).Must(400);
        }
    }

    [Fact]
    public async Task A_code_cannot_be_guessed()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        string id = await owner.DatasetAsync("data");
        string code = await InviteAsync(owner, $"datasets/{id}/invites", new { uses = 2 });
        string wrong = code[..^1] + (code[^1] == 'A' ? 'B' : 'A');

        int[] statuses = [.. (await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => server.Nobody.PostAsync("invites/lookup", new { code = wrong })))).Select(a => a.Status)];

        Assert.Contains(404, statuses);
        Assert.Contains(429, statuses);
        Assert.All(statuses, status => Assert.True(status is 404 or 429));
    }

    [Fact]
    public async Task An_invite_makes_an_account_only_where_the_server_allows_it()
    {
        await using TestServer closed = await TestServer.StartAsync();
        TestCaller admin = closed.Admin;
        string id = await admin.DatasetAsync("data");
        string code = await InviteAsync(admin, $"datasets/{id}/invites", new { });
        using TestBrowser stranger = closed.Browser();
        (await stranger.PostAsync("invites/accept", new { code, user = "eve", password = "a good long password" })).MustRefuse(403, "forbidden");

        await using TestServer open = await TestServer.StartAsync(
            zone: TestServer.QuickZone with { Accounts = new AccountOptions { HashIterations = 10, InvitesMakeAccounts = true } });
        id = await open.Admin.DatasetAsync("data");
        code = await InviteAsync(open.Admin, $"datasets/{id}/invites", new { right = "read" });
        using TestBrowser eve = open.Browser();
        (await eve.PostAsync("invites/accept", new { code, user = "admin", password = "a good long password" })).MustRefuse(409, "already-exists");
        (await eve.PostAsync("invites/accept", new { code, user = "eve", password = "short" })).MustRefuse(422, "unprocessable");

        (await eve.PostAsync("invites/accept", new { code, user = "eve", password = "a good long password" })).Must(200);

        Assert.Equal("eve", (await eve.GetAsync("me")).Must(200).Json.GetProperty("user").GetString());
        (await eve.GetAsync($"datasets/{id}")).Must(200);
        using TestBrowser next = open.Browser();
        (await next.PostAsync("invites/accept", new { code, user = "mallory", password = "a good long password" })).MustRefuse(404, "not-found");
        (await open.Admin.GetAsync("users/mallory")).MustRefuse(404, "not-found");
    }

    private static async Task<string> InviteAsync(TestCaller caller, string path, object body) =>
        (await caller.PostAsync(path, body)).Must(201).Json.GetProperty("code").GetString()!;
}
