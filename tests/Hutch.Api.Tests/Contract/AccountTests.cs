using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Users, groups, tokens, grants and links over HTTP.</summary>
public sealed class AccountTests
{
    [Fact]
    public async Task A_revoked_token_is_refused_at_its_next_request()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        Answer made = (await ada.PostAsync("tokens", new { name = "laptop", scopes = new[] { "read" } })).Must(201);
        TestCaller laptop = server.With(made.Json.GetProperty("token").GetString()!);
        (await laptop.GetAsync("datasets")).Must(200);

        (await ada.DeleteAsync("tokens/" + made.Json.GetProperty("id").GetString())).Must(204);

        Answer refused = (await laptop.GetAsync("datasets")).MustRefuse(401, "unauthenticated");
        Assert.StartsWith("Bearer", refused.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task A_refusal_names_the_scope_that_a_narrow_token_lacks()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("narrow");
        string other = await ada.DatasetAsync("other");
        Answer made = (await ada.PostAsync("tokens", new { scopes = new[] { "read" }, dataset = "narrow", expiresIn = 60 })).Must(201);
        TestCaller narrow = server.With(made.Json.GetProperty("token").GetString()!);

        Assert.Equal("write", (await narrow.PutAsync($"datasets/{id}/entries/a", "1")).MustRefuse(403, "scope-missing").Json.GetProperty("missingScope").GetString());
        (await narrow.GetAsync($"datasets/{id}")).Must(200);
        (await narrow.GetAsync($"datasets/{other}")).MustRefuse(404, "not-found");
        Assert.Equal(id, (await narrow.GetAsync("me")).Must(200).Json.GetProperty("token").GetProperty("dataset").GetString());
    }

    [Fact]
    public async Task A_grant_counts_from_its_answer_and_ends_with_its_withdrawal()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("shared");
        (await ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        (await bob.GetAsync($"datasets/{id}")).MustRefuse(404, "not-found");

        (await ada.PutJsonAsync($"datasets/{id}/grants/user:bob", new { right = "read" })).Must(200);
        Assert.Equal("1", (await bob.GetAsync($"datasets/{id}/entries/a")).Must(200).Text);
        Assert.Equal("write", (await bob.PutAsync($"datasets/{id}/entries/a", "2")).MustRefuse(403, "forbidden").Json.GetProperty("missingRight").GetString());
        Assert.Equal("user:bob", (await ada.GetAsync($"datasets/{id}/grants")).Must(200).Json.GetProperty("items")[0].GetProperty("principal").GetString());
        Assert.Equal("ada/shared", (await bob.GetAsync("datasets?shared=true")).Must(200).Json.GetProperty("items")[0].GetProperty("name").GetString());

        (await ada.DeleteAsync($"datasets/{id}/grants/user:bob")).Must(204);
        (await bob.GetAsync($"datasets/{id}/entries/a")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_grant_to_a_group_applies_to_its_members()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string id = await ada.DatasetAsync("lab-data");
        (await ada.PostAsync("groups", new { name = "lab" })).Must(201);
        (await ada.PutJsonAsync("groups/lab/members/bob", new { manager = false })).Must(200);
        (await ada.PutJsonAsync($"datasets/{id}/grants/group:lab", new { right = "write" })).Must(200);

        (await bob.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        (await bob.DeleteAsync("groups/lab/members/ada")).MustRefuse(403, "forbidden");
        (await bob.DeleteAsync("groups/lab/members/bob")).Must(204);
        (await bob.GetAsync($"datasets/{id}")).MustRefuse(404, "not-found");
        (await ada.DeleteAsync("groups/lab")).Must(204);
    }

    [Fact]
    public async Task A_link_opens_only_its_own_dataset_to_its_holder()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("linked");
        string other = await ada.DatasetAsync("unlinked");
        (await ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        Answer made = (await ada.PostAsync($"datasets/{id}/links", new { right = "read", expiresIn = 3600 })).Must(201);
        TestCaller holder = server.With(made.Json.GetProperty("token").GetString()!);

        Assert.Equal("1", (await holder.GetAsync($"datasets/{id}/entries/a")).Must(200).Text);
        (await holder.PutAsync($"datasets/{id}/entries/a", "2")).Must(403);
        (await holder.GetAsync($"datasets/{other}")).MustRefuse(404, "not-found");
        (await holder.PostAsync("datasets", new { name = "mine" })).Must(403);
        Assert.Equal("ada/linked", Assert.Single((await holder.GetAsync("datasets")).Must(200).Json.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
        JsonElement listed = (await ada.GetAsync($"datasets/{id}/links")).Must(200).Json.GetProperty("items")[0];
        Assert.False(listed.TryGetProperty("token", out _));

        (await ada.DeleteAsync($"datasets/{id}/links/{made.Json.GetProperty("id").GetString()}")).Must(204);
        (await holder.GetAsync($"datasets/{id}")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_public_dataset_is_readable_without_a_token_until_it_becomes_private_again()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("open-data");
        (await server.Admin.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        (await server.Nobody.GetAsync($"datasets/{id}/entries/a")).MustRefuse(401, "unauthenticated");

        (await server.Admin.PutJsonAsync($"datasets/{id}/grants/public", new { right = "read" })).Must(200);
        Assert.Equal("1", (await server.Nobody.GetAsync($"datasets/{id}/entries/a")).Must(200).Text);
        (await server.Nobody.PutAsync($"datasets/{id}/entries/a", "2")).MustRefuse(401, "unauthenticated");

        (await server.Admin.DeleteAsync($"datasets/{id}/grants/public")).Must(204);
        (await server.Nobody.GetAsync($"datasets/{id}/entries/a")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_disabled_account_is_refused_and_accounts_are_listed_in_pages()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        await server.UserAsync("bob");

        (await server.Admin.PatchAsync("users/ada", new { disabled = true, displayName = "Ada L." })).Must(200);

        (await ada.GetAsync("me")).MustRefuse(401, "unauthenticated");
        JsonElement first = (await server.Admin.GetAsync("users?limit=2")).Must(200).Json;
        Assert.Equal(["ada", "admin"], first.GetProperty("items").EnumerateArray().Select(user => user.GetProperty("name").GetString()));
        Assert.True(first.GetProperty("items")[0].GetProperty("disabled").GetBoolean());
        JsonElement second = (await server.Admin.GetAsync("users?limit=2&cursor=" + first.GetProperty("next").GetString())).Must(200).Json;
        Assert.Equal("bob", Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Guessing_tokens_is_slowed_down()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller guesser = server.With(server.Admin.Token![..^1] + (server.Admin.Token[^1] == 'A' ? 'Q' : 'A'));
        Answer last = await guesser.GetAsync("me");
        for (int i = 0; i < 20 && last.Status != 429; i++)
        {
            last = await guesser.GetAsync("me");
        }

        last.MustRefuse(429, "too-many-requests");
        Assert.True(int.Parse(last.Headers["Retry-After"]) > 0);
    }

    [Fact]
    public async Task A_list_of_tokens_says_at_once_when_each_was_used()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        Answer made = (await ada.PostAsync("tokens", new { name = "unused", scopes = new[] { "read" } })).Must(201);

        JsonElement[] tokens = [.. (await ada.GetAsync("tokens")).Must(200).Json.GetProperty("items").EnumerateArray()];

        string unused = made.Json.GetProperty("id").GetString()!;
        Assert.Equal(2, tokens.Length);
        Assert.All(tokens, token => Assert.Equal(token.GetProperty("id").GetString() != unused, token.TryGetProperty("lastUsed", out _)));
    }

    [Fact]
    public async Task Only_operators_of_the_site_can_start_jobs()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        (await ada.PostAsync("jobs", new { kind = "checkpoint" })).MustRefuse(403, "forbidden");

        string id = (await server.Admin.PostAsync("jobs", new { kind = "checkpoint" })).Must(202).Json.GetProperty("id").GetString()!;

        await server.Server.Site.Jobs.WaitAsync(Guid.Parse(id), TestContext.Current.CancellationToken);
        JsonElement job = (await server.Admin.GetAsync("jobs/" + id)).Must(200).Json;
        Assert.Equal("done", job.GetProperty("state").GetString());
        long record = job.GetProperty("result").GetProperty("record").GetInt64();
        Assert.Equal($"A rebuild now starts after record {record}.", job.GetProperty("message").GetString());
        Assert.Equal(id, (await server.Admin.GetAsync("jobs")).Must(200).Json.GetProperty("items")[0].GetProperty("id").GetString());
    }
}
