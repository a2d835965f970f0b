using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>An identity provider creates, describes and disables accounts by SCIM.</summary>
public sealed class ScimTests
{
    [Fact]
    public async Task A_provider_creates_finds_describes_disables_and_enables_an_account()
    {
        await using TestServer server = await TestServer.StartAsync();
        object ada = new
        {
            schemas = new[] { "urn:ietf:params:scim:schemas:core:2.0:User" },
            userName = "Ada",
            name = new { formatted = "Ada Lovelace", givenName = "Ada" },
            emails = new object[] { new { value = "old@example.org" }, new { value = "ada@example.org", primary = true } },
            externalId = "4711",
            active = true,
        };

        Answer made = (await server.Admin.PostAsync("scim/Users", ada)).Must(201);
        Assert.Equal(("ada", "ada", true), (Text(made.Json, "id"), Text(made.Json, "userName"), made.Json.GetProperty("active").GetBoolean()));
        Assert.Equal("/api/v1/scim/Users/ada", Text(made.Json.GetProperty("meta"), "location"));
        Answer again = (await server.Admin.PostAsync("scim/Users", ada)).Must(409);
        Assert.Equal(("409", "uniqueness"), (Text(again.Json, "status"), Text(again.Json, "scimType")));
        JsonElement found = (await server.Admin.GetAsync("scim/Users?filter=USERNAME%20Eq%20%22ADA%22")).Must(200).Json;
        Assert.Equal((1, "Ada Lovelace"), (found.GetProperty("totalResults").GetInt32(), Text(found.GetProperty("Resources")[0], "displayName")));
        Assert.DoesNotContain("ada", (await server.Admin.GetAsync("audit?action=token.create")).Must(200).Text, StringComparison.Ordinal);

        // As two kinds of providers write it.
        (await PatchAsync(server, "ada", new { op = "Replace", path = "active", value = "False" })).Must(200);
        Assert.True((await server.Admin.GetAsync("users/ada")).Must(200).Json.GetProperty("disabled").GetBoolean());
        (await PatchAsync(server, "ada", new { op = "replace", value = new { active = true, nickName = "A" } })).Must(200);
        Assert.False((await server.Admin.GetAsync("users/ada")).Must(200).Json.GetProperty("disabled").GetBoolean());
        JsonElement replaced = (await server.Admin.PutJsonAsync("scim/Users/ada", new { userName = "ada", displayName = "A. Lovelace" }))
            .Must(200).Json;
        Assert.Equal("A. Lovelace", Text(replaced, "displayName"));
        Assert.False(replaced.TryGetProperty("emails", out _));
    }

    [Fact]
    public async Task A_provider_gets_at_no_account_that_it_has_not_created()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("bob");
        (await server.Admin.PostAsync("groups", new { name = "crystals" })).Must(201);
        (await server.Admin.PostAsync("scim/Users", new { userName = "ada" })).Must(201);

        foreach (string name in (string[])["bob", "admin", "crystals", "no-such"])
        {
            (await server.Admin.GetAsync("scim/Users/" + name)).Must(404);
            (await server.Admin.PutJsonAsync("scim/Users/" + name, new { userName = name, emails = new[] { new { value = "eve@example.org" } } }))
                .Must(404);
            (await PatchAsync(server, name, new { op = "replace", path = "active", value = false })).Must(404);
        }

        (await server.Admin.PostAsync("scim/Users", new { userName = "bob" })).Must(409);
        (await server.Admin.PostAsync("scim/Users", new { userName = "crystals" })).Must(409);
        JsonElement all = (await server.Admin.GetAsync("scim/Users?count=1&startIndex=0")).Must(200).Json;
        Assert.Equal((1, "ada"), (all.GetProperty("totalResults").GetInt32(), Text(all.GetProperty("Resources")[0], "id")));
        Assert.Equal(0, (await server.Admin.GetAsync("scim/Users?startIndex=2")).Must(200).Json.GetProperty("itemsPerPage").GetInt32());
        Assert.Equal(0, (await server.Admin.GetAsync("scim/Users?filter=userName%20eq%20%22bob%22")).Must(200).Json.GetProperty("totalResults").GetInt32());
    }

    /// <summary>C2: the stable id by which the provider's people are recognized when they log in.</summary>
    [Fact]
    public async Task A_provider_gives_its_accounts_stable_ids_that_are_unique_and_finds_them_by_these()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.Admin.PostAsync("scim/Users", new { userName = "ada", externalId = "4711" })).Must(201);
        (await server.Admin.PostAsync("scim/Users", new { userName = "eve", externalId = "4711" })).Must(409);
        (await server.Admin.GetAsync("scim/Users/eve")).Must(404);
        (await server.Admin.PostAsync("scim/Users", new { userName = "eve" })).Must(201);

        JsonElement found = (await server.Admin.GetAsync("scim/Users?filter=externalId%20eq%20%224711%22")).Must(200).Json;
        Assert.Equal(("ada", "4711"), (Text(found.GetProperty("Resources")[0], "id"), Text(found.GetProperty("Resources")[0], "externalId")));
        (await PatchAsync(server, "eve", new { op = "add", path = "externalId", value = "4711" })).Must(409);
        (await PatchAsync(server, "ada", new { op = "replace", path = "externalId", value = "4712" })).Must(200);
        (await PatchAsync(server, "eve", new { op = "add", path = "externalId", value = "4711" })).Must(200);
        Assert.Equal(0, (await server.Admin.GetAsync("scim/Users?filter=externalId%20eq%20%22none%22")).Must(200).Json.GetProperty("totalResults").GetInt32());
        (await server.Admin.PostAsync("scim/Users", new { userName = "lan", externalId = new string('x', 256) })).Must(400);
    }

    /// <summary>C2: the sign for kelvin becomes a k in lower case, and is another name.</summary>
    [Fact]
    public async Task A_name_beyond_ASCII_is_refused_and_not_changed_until_it_fits()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.Admin.PostAsync("scim/Users", new { userName = "\u212Aate" })).Must(400);
        (await server.Admin.GetAsync("scim/Users/kate")).Must(404);
    }

    /// <summary>C11: the client of an identity provider gets a token that can do nothing else.</summary>
    [Fact]
    public async Task A_token_with_the_scope_scim_manages_the_accounts_of_the_provider_and_nothing_else()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller bob = await server.UserAsync("bob");
        Assert.Equal(403, (await bob.PostAsync("tokens", new { scopes = new[] { "scim" } })).Status);
        Assert.Equal(400, (await server.Admin.PostAsync("tokens", new { scopes = new[] { "scim", "read" } })).Status);
        TestCaller scim = server.With(
            (await server.Admin.PostAsync("tokens", new { name = "provider", scopes = new[] { "scim" } })).Must(201).Json.GetProperty("token").GetString()!);

        (await scim.PostAsync("scim/Users", new { userName = "ada", externalId = "1" })).Must(201);
        (await scim.PutJsonAsync("scim/Users/ada", new { userName = "ada", active = false })).Must(200);
        (await scim.GetAsync("scim/Users")).Must(200);
        (await scim.DeleteAsync("scim/Users/ada")).Must(204);
        foreach (string path in (string[])["users", "users/bob", "audit", "tokens", "datasets", "sites", "groups/x"])
        {
            Assert.InRange((await scim.GetAsync(path)).Status, 403, 404);
        }

        Assert.Equal(403, (await scim.PostAsync("users", new { name = "eve" })).Status);
        Assert.Equal(403, (await scim.PostAsync("tokens", new { scopes = new[] { "scim" } })).Status);
        Assert.Equal(403, (await scim.PostAsync("me/login-link", new { })).Status);
    }

    [Fact]
    public async Task A_deletion_disables_the_account_whose_name_is_not_free()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("bob");
        (await server.Admin.PostAsync("scim/Users", new { userName = "ada" })).Must(201);

        (await server.Admin.DeleteAsync("scim/Users/ada")).Must(204);
        (await server.Admin.DeleteAsync("scim/Users/ada")).Must(204);
        Answer refused = (await server.Admin.DeleteAsync("scim/Users/bob")).Must(404);

        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", refused.Json.GetProperty("schemas")[0].GetString());
        Assert.False((await server.Admin.GetAsync("scim/Users/ada")).Must(200).Json.GetProperty("active").GetBoolean());
        Assert.True((await server.Admin.GetAsync("users/ada")).Must(200).Json.GetProperty("disabled").GetBoolean());
        (await server.Admin.PostAsync("scim/Users", new { userName = "ada" })).Must(409);
    }

    [Fact]
    public async Task An_administrator_changes_its_own_mail_address_in_its_profile_only()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.Admin.PostAsync("scim/Users", new { userName = "ops", emails = new[] { new { value = "ops@example.org" } } })).Must(201);
        (await server.Admin.PatchAsync("users/ops", new { roles = new[] { "administrator" } })).Must(200);
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("ops")).Must(200);
        object other = new { userName = "ops", emails = new[] { new { value = "eve@example.org" } } };
        object patch = new { Operations = new[] { new { op = "replace", value = new Dictionary<string, object> { ["emails"] = new[] { new { value = "eve@example.org" } } } } } };

        Assert.Contains("profile", (await browser.PutAsync("scim/Users/ops", other)).Must(403).Text, StringComparison.Ordinal);
        Assert.Contains("profile", (await browser.PatchAsync("scim/Users/ops", patch)).Must(403).Text, StringComparison.Ordinal);

        Assert.Contains("ops@example.org", (await server.Admin.GetAsync("scim/Users/ops")).Must(200).Text, StringComparison.Ordinal);
        (await server.Admin.PutJsonAsync("scim/Users/ops", other)).Must(200);
    }

    [Theory]
    [InlineData("""{"userName": "ada@example.org"}""")]
    [InlineData("""{"userName": 7}""")]
    [InlineData("""{"displayName": "Ada"}""")]
    [InlineData("""{"userName": "ada", "active": "maybe"}""")]
    [InlineData("""{"userName": "ada", "emails": "ada@example.org"}""")]
    [InlineData("""{"userName": "ada", "emails": [{"value": "no address"}]}""")]
    [InlineData("""{"userName": "ada", "displayName": "a\nb"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Bad_users_are_refused_in_the_form_of_SCIM_and_make_no_account(string user)
    {
        await using TestServer server = await TestServer.StartAsync();

        Answer refused = (await server.Admin.SendAsync(
            HttpMethod.Post, "scim/Users", new StringContent(user, System.Text.Encoding.UTF8, "application/scim+json"))).Must(400);

        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", refused.Json.GetProperty("schemas")[0].GetString());
        (await server.Admin.GetAsync("users/ada")).Must(404);
    }

    [Fact]
    public async Task Operations_and_filters_that_are_not_known_are_refused_and_change_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        (await server.Admin.PostAsync("scim/Users", new { userName = "ada", displayName = "Ada" })).Must(201);

        foreach (object operation in new object[]
        {
            new { op = "move", path = "active", value = true }, new { op = "replace", path = "roles", value = "admin" },
            new { op = "remove" }, new { op = "remove", path = "active" }, new { op = "replace", path = "emails", value = "x" },
        })
        {
            (await PatchAsync(server, "ada", new { op = "replace", path = "displayName", value = "Eve" }, operation)).Must(400);
        }

        (await server.Admin.PutJsonAsync("scim/Users/ada", new { userName = "eve" })).Must(400);
        (await server.Admin.GetAsync("scim/Users?filter=userName%20sw%20%22a%22")).Must(400);
        (await server.Admin.PatchAsync("scim/Users/ada", new { Operations = Enumerable.Repeat(new { op = "add" }, 101) })).Must(400);
        Assert.Equal("Ada", Text((await server.Admin.GetAsync("scim/Users/ada")).Must(200).Json, "displayName"));
    }

    private static Task<Answer> PatchAsync(TestServer server, string name, params object[] operations) =>
        server.Admin.PatchAsync("scim/Users/" + name, new { Operations = operations });

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
