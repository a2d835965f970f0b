using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class LoginTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task A_one_time_link_logs_in_once_and_lets_one_set_a_password()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        using TestBrowser browser = server.Browser();
        Assert.False((await server.Admin.GetAsync("users/ada")).Must(200).Json.TryGetProperty("lastLogin", out _));
        Answer link = (await server.Admin.PostAsync("users/ada/login-link", new { })).Must(201);
        Assert.StartsWith(server.Address + "login#code=hutchlogin_", link.Json.GetProperty("url").GetString(), StringComparison.Ordinal);

        Answer begun = (await browser.PostAsync("login/link", new { code = TestBrowser.CodeOf(link) })).Must(200);

        Assert.Equal("ada", begun.Json.GetProperty("user").GetString());
        Assert.True((await server.Admin.GetAsync("users/ada")).Must(200).Json.TryGetProperty("lastLogin", out _));
        Assert.True(begun.Json.GetProperty("mustSetPassword").GetBoolean());
        Assert.Equal("ada", (await browser.GetAsync("me")).Must(200).Json.GetProperty("user").GetString());
        using TestBrowser second = server.Browser();
        (await second.PostAsync("login/link", new { code = TestBrowser.CodeOf(link) })).MustRefuse(401, "unauthenticated");

        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).Must(204);
        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password + "s" })).MustRefuse(403, "forbidden");
        Answer login = (await second.PostAsync("login", new { user = "ada", password = Password })).Must(200);
        Assert.False(login.Json.TryGetProperty("mustSetPassword", out var must) && must.GetBoolean());
    }

    [Fact]
    public async Task A_token_logs_in_in_a_browser_and_gives_the_account_not_away()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        using TestBrowser browser = server.Browser();
        Answer link = (await ada.PostAsync("me/login-link", new { })).Must(201);

        Answer begun = (await browser.PostAsync("login/link", new { code = TestBrowser.CodeOf(link) })).Must(200);

        Assert.Equal("ada", begun.Json.GetProperty("user").GetString());
        Assert.False(begun.Json.GetProperty("mustSetPassword").GetBoolean());
        (await browser.GetAsync("tokens")).Must(200);
        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).MustRefuse(403, "forbidden");
        (await browser.PatchAsync("me", new { email = "thief@example.org" })).MustRefuse(403, "forbidden");
        (await browser.PostAsync("login/link", new { code = TestBrowser.CodeOf(link) })).MustRefuse(401, "unauthenticated");
        (await browser.PostAsync("me/login-link", new { })).MustRefuse(409, "conflict");
    }

    /// <summary>C11: who sends a request chooses its Host, and the code must not go where that leads.</summary>
    [Fact]
    public async Task A_link_of_ones_own_names_no_host_that_the_server_does_not_know()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");

        string url = (await ada.PostAsync("me/login-link", new { })).Must(201).Json.GetProperty("url").GetString()!;

        Assert.StartsWith("login#code=hutchlogin_", url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"scopes":["read","write","manage"]}""")]
    [InlineData("""{"scopes":["read","write","manage","admin"],"expiresIn":600}""")]
    public async Task A_token_with_less_than_all_rights_or_a_near_end_logs_in_in_no_browser(string token)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string narrow = (await ada.PostAsync("tokens", System.Text.Json.Nodes.JsonNode.Parse(token)!)).Must(201).Json.GetProperty("token").GetString()!;

        Assert.Equal(403, (await server.With(narrow).PostAsync("me/login-link", new { })).Status);
    }

    [Fact]
    public async Task The_cookie_is_for_the_server_alone()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();

        Answer begun = (await browser.OpenLinkAsync("admin")).Must(200);

        string cookie = begun.Headers["Set-Cookie"];
        Assert.StartsWith("hutch_session=hutchsession_", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hutchsession_", begun.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_may_what_its_account_may_and_a_token_made_with_it_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);

        string id = (await browser.PostAsync("datasets", new { name = "mine" })).Must(201).Json.GetProperty("id").GetString()!;
        (await browser.GetAsync("users")).Must(200);
        string token = (await browser.PostAsync("tokens", new { scopes = new[] { "read" } })).Must(201).Json.GetProperty("token").GetString()!;

        (await server.With(token).GetAsync($"datasets/{id}")).Must(200);
        (await server.With(browser.Session!).GetAsync("me")).MustRefuse(401, "unauthenticated");
        using TestBrowser other = server.Browser();
        other.Cookies.Add(server.Address, new System.Net.Cookie("hutch_session", token));
        (await other.GetAsync("me")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_that_is_nobodys_get_the_same_answer()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        await server.UserAsync("without");
        await SetPasswordAsync(server, "ada");
        using TestBrowser browser = server.Browser();

        Answer[] answers =
        [
            await browser.PostAsync("login", new { user = "ada", password = "wrong" }),
            await browser.PostAsync("login", new { user = "nobody", password = "wrong" }),
            await browser.PostAsync("login", new { user = "without", password = "wrong" }),
            await browser.PostAsync("login", new { user = "NOT A NAME", password = "wrong" }),
            await browser.PostAsync("login", new { user = "ada", password = "" }),
            await browser.PostAsync("login", new { user = "ada", password = new string('x', 100_000) }),
            await browser.PostAsync("login", new { user = "ada", password = "\ud800" }),
        ];

        Assert.All(answers, answer => answer.MustRefuse(401, "unauthenticated"));
        Assert.Single(answers.Select(answer => answer.Json.GetProperty("detail").GetString()).Distinct());
        (await browser.PostAsync("login", new { user = "ada", password = Password })).Must(200);
    }

    [Fact]
    public async Task A_thousand_wrong_passwords_are_slowed_down_and_do_not_lock_the_owner_out_elsewhere()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        await SetPasswordAsync(server, "ada");
        using TestBrowser browser = server.Browser();

        int[] statuses = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
            (await browser.PostAsync("login", new { user = "ada", password = "guess number " + i })).Status));

        // Ten at once, and one more every 6 s.
        Assert.InRange(statuses.Count(status => status == 401), 10, 50);
        Assert.Equal(1000, statuses.Count(status => status is 401 or 429));
        Answer last = await browser.PostAsync("login", new { user = "ada", password = Password });
        last.MustRefuse(429, "too-many-requests");
        Assert.InRange(int.Parse(last.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 600);
        Answer audit = (await server.Admin.GetAsync("audit?limit=1000")).Must(200);
        int lines = audit.Json.GetProperty("items").EnumerateArray().Count(line => line.GetProperty("action").GetString() == "session.refused");
        Assert.Equal(statuses.Count(status => status == 401), lines);
    }

    [Fact]
    public async Task Another_site_cannot_use_the_session()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);
        var body = new { name = "evil" };
        string origin = server.Address.GetLeftPart(UriPartial.Authority);

        (await browser.SendAsync(HttpMethod.Post, "datasets", body)).Must(201);
        (string, string)[][] foreign =
        [
            [("X-None", "x")],
            [("X-Hutch-Request", "portal")],
            [("Sec-Fetch-Site", "same-origin")],
            [("X-Hutch-Request", "portal"), ("Sec-Fetch-Site", "cross-site")],
            [("X-Hutch-Request", "portal"), ("Sec-Fetch-Site", "same-site")],
            [("X-Hutch-Request", "portal"), ("Sec-Fetch-Site", "none")],
            [("X-Hutch-Request", "portal"), ("Origin", "https://evil.example")],
            [("X-Hutch-Request", "portal"), ("Origin", "null")],
            [("X-Hutch-Request", "portal"), ("Sec-Fetch-Site", "cross-site"), ("Origin", origin)],
        ];
        foreach ((string, string)[] headers in foreign)
        {
            (await browser.SendAsync(HttpMethod.Post, "datasets", body, headers)).MustRefuse(403, "csrf");
            (await browser.SendAsync(HttpMethod.Delete, "tokens/0000000000000000", null, headers)).MustRefuse(403, "csrf");
        }

        (await browser.SendAsync(HttpMethod.Post, "datasets", new { name = "good" }, ("X-Hutch-Request", "portal"), ("Origin", origin))).Must(201);
        (await browser.SendAsync(HttpMethod.Get, "datasets", null, ("Sec-Fetch-Site", "cross-site"))).Must(200);
    }

    [Fact]
    public async Task Another_site_cannot_log_a_browser_in()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();
        Answer link = (await server.Admin.PostAsync("users/admin/login-link", new { })).Must(201);
        var body = new { code = TestBrowser.CodeOf(link) };

        (await browser.SendAsync(HttpMethod.Post, "login/link", body, ("Sec-Fetch-Site", "cross-site"))).MustRefuse(403, "csrf");
        (await browser.SendAsync(HttpMethod.Post, "login/link", body, ("Origin", "https://evil.example"))).MustRefuse(403, "csrf");

        (await browser.PostAsync("login/link", body)).Must(200);
    }

    [Fact]
    public async Task A_session_that_was_ended_is_refused_and_its_cookie_taken_back()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser desk = server.Browser();
        using TestBrowser phone = server.Browser();
        (await desk.OpenLinkAsync("admin")).Must(200);
        (await phone.OpenLinkAsync("admin")).Must(200);
        Answer sessions = (await desk.GetAsync("me/sessions")).Must(200);
        var other = Assert.Single(sessions.Json.GetProperty("items").EnumerateArray(), s => !s.TryGetProperty("current", out var c) || !c.GetBoolean());

        (await desk.DeleteAsync("me/sessions/" + other.GetProperty("id").GetString())).Must(204);

        Answer refused = (await phone.GetAsync("datasets")).MustRefuse(401, "unauthenticated");
        Assert.Contains("closed", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(phone.Session);
        (await phone.GetAsync("login/methods")).Must(200);
        (await desk.PostAsync("logout", new { })).Must(204);
        Assert.Null(desk.Session);
        (await desk.GetAsync("me")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_a_disabled_account_loses_all()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.UserAsync("ada");
        using TestBrowser desk = server.Browser();
        using TestBrowser phone = server.Browser();
        (await phone.OpenLinkAsync("ada")).Must(200);
        (await desk.OpenLinkAsync("ada")).Must(200);

        (await desk.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).Must(204);
        (await phone.GetAsync("me")).MustRefuse(401, "unauthenticated");
        (await desk.GetAsync("me")).Must(200);

        (await server.Admin.PatchAsync("users/ada", new { disabled = true })).Must(200);
        (await desk.GetAsync("me")).MustRefuse(401, "unauthenticated");
        Answer refused = (await phone.PostAsync("login", new { user = "ada", password = Password })).MustRefuse(401, "unauthenticated");
        Assert.Contains("disabled", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await server.Admin.PatchAsync("users/ada", new { disabled = false })).Must(200);
        (await desk.GetAsync("me")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_share_link_opens_its_dataset_and_nothing_else_until_it_is_withdrawn()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        string id = await owner.DatasetAsync("shared");
        string hidden = await owner.DatasetAsync("hidden");
        Answer link = (await owner.PostAsync($"datasets/{id}/links", new { right = "read" })).Must(201);
        using TestBrowser browser = server.Browser();

        Answer begun = (await browser.PostAsync("login/share", new { token = link.Json.GetProperty("token").GetString() })).Must(200);

        Assert.False(begun.Json.TryGetProperty("user", out _));
        Assert.Equal(id, begun.Json.GetProperty("dataset").GetString());
        (await browser.GetAsync($"datasets/{id}")).Must(200);
        (await browser.GetAsync($"datasets/{id}/tree")).Must(200);
        (await browser.GetAsync($"datasets/{hidden}")).MustRefuse(404, "not-found");
        (await browser.PostAsync("datasets", new { name = "mine" })).MustRefuse(403, "forbidden");
        (await browser.GetAsync("me/sessions")).MustRefuse(403, "forbidden");

        (await owner.DeleteAsync($"datasets/{id}/links/{link.Json.GetProperty("id").GetString()}")).Must(204);
        (await browser.GetAsync($"datasets/{id}")).MustRefuse(401, "unauthenticated");
        (await browser.PostAsync("login/share", new { token = link.Json.GetProperty("token").GetString() })).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_profile_is_changed_by_its_owner_and_an_address_cannot_smuggle_lines()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);

        Answer changed = (await browser.PatchAsync("me", new { displayName = "Ada L", email = "ada@example.org" })).Must(200);

        Assert.Equal("ada@example.org", changed.Json.GetProperty("email").GetString());
        Assert.Equal("Ada L", changed.Json.GetProperty("displayName").GetString());
        foreach (string bad in (string[])["ada", "a@b\r\nBcc: x@y", "a b@c", "a@b,c@d", "<a@b>", "a@b\0", "@b", "a@", "a@-b", new string('a', 300) + "@b"])
        {
            (await browser.PatchAsync("me", new { email = bad })).MustRefuse(400, "bad-request");
        }

        Answer cleared = (await browser.PatchAsync("me", new { email = "" })).Must(200);
        Assert.False(cleared.Json.TryGetProperty("email", out _));
    }

    [Fact]
    public async Task A_stolen_token_or_session_cannot_change_the_mail_address_of_an_account_with_a_password()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("ada")).Must(200);

        // Without a password: a token is not enough, a session is.
        (await ada.PatchAsync("me", new { email = "eve@example.org" })).MustRefuse(403, "forbidden");
        (await browser.PatchAsync("me", new { email = "ada@example.org" })).Must(200);
        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).Must(204);

        // With one: nothing is, but the password.
        (await browser.PatchAsync("me", new { email = "eve@example.org" })).MustRefuse(403, "forbidden");
        (await browser.PatchAsync("me", new { email = "eve@example.org", current = Password + "s" })).MustRefuse(403, "forbidden");
        (await ada.PatchAsync("me", new { email = "" })).MustRefuse(403, "forbidden");
        (await server.Admin.PatchAsync("users/admin", new { email = "eve@example.org" })).MustRefuse(403, "forbidden");
        (await browser.PatchAsync("me", new { displayName = "Ada", email = "ada@example.org" })).Must(200);
        Answer moved = (await ada.PatchAsync("me", new { email = "new@example.org", current = Password })).Must(200);
        Assert.Equal("new@example.org", moved.Json.GetProperty("email").GetString());
    }

    [Fact]
    public async Task Weak_passwords_are_refused_and_never_repeated()
    {
        await using TestServer server = await TestServer.StartAsync();
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync("admin")).Must(200);

        foreach (string weak in (string[])["", "tiny", "aaaaaaaaaaaaaaaa", "adminadminadmin1", new string('x', 300), "with\u0007bell in it all"])
        {
            Answer refused = (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = weak })).MustRefuse(422, "unprocessable");
            Assert.True(weak.Length == 0 || !refused.Text.Contains(weak, StringComparison.Ordinal));
        }

        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).Must(204);
    }

    private static async Task SetPasswordAsync(TestServer server, string user)
    {
        using TestBrowser browser = server.Browser();
        (await browser.OpenLinkAsync(user)).Must(200);
        (await browser.PutAsync("me/password", new Dictionary<string, string> { ["new"] = Password })).Must(204);
    }
}
