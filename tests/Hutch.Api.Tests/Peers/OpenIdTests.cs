using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Peers.OpenId;
using Hutch.Zone;
using Hutch.Zone.OpenId;

namespace Hutch.Api.Tests.Peers;

/// <summary>Logging in with a real provider, over HTTP on both sides.</summary>
public sealed class OpenIdTests(OpenIdProvider provider)
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_browser_goes_to_the_provider_and_comes_back_logged_in(string algorithm)
    {
        using var person = new ProviderBrowser(await provider.IssuerAsync());
        await using TestServer server = await TestServer.StartAsync(zone: With(await provider.IssuerAsync(), algorithm));
        (await server.Admin.PostAsync("groups", new { name = "mx" })).Must(201);
        using TestBrowser browser = server.Browser();
        JsonElement method = Assert.Single((await browser.GetAsync("login/methods")).Must(200).Json.GetProperty("oidc").EnumerateArray());
        Assert.Equal("""{"id":"facility","label":"The facility"}""", method.GetRawText());

        Uri back = await ThereAsync(browser, person, "login/oidc/facility?return=/datasets");
        Answer finished = (await browser.GetAsync(back.PathAndQuery)).Must(302);

        Assert.Equal(OpenIdProvider.Portal + "/datasets", finished.Headers["Location"]);
        Answer me = (await browser.GetAsync("me")).Must(200);
        Assert.Equal(("ada", "Ada Lovelace", "ada@facility.example"), (Text(me, "user"), Text(me, "displayName"), Text(me, "email")));
        Assert.Equal("mx", Assert.Single(me.Json.GetProperty("groups").EnumerateArray()).GetString());
        Assert.Contains("auditor", me.Json.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("openid", (await browser.GetAsync("me/sessions")).Must(200).Json.GetProperty("items")[0].GetProperty("way").GetString());

        Answer replayed = (await browser.GetAsync(back.PathAndQuery)).Must(302);
        Assert.Equal(OpenIdProvider.Portal + "/login?error=login-invalid", replayed.Headers["Location"]);
        Uri second = await ThereAsync(browser, person, "login/oidc/facility?return=//evil.example");
        Assert.Equal(OpenIdProvider.Portal + "/", (await browser.GetAsync(second.PathAndQuery)).Must(302).Headers["Location"]);
    }

    [Fact]
    public async Task A_login_cannot_be_slipped_to_another_browser()
    {
        using var person = new ProviderBrowser(await provider.IssuerAsync());
        await using TestServer server = await TestServer.StartAsync(zone: With(await provider.IssuerAsync(), "RS256"));
        using TestBrowser attacker = server.Browser();
        using TestBrowser victim = server.Browser();

        Uri back = await ThereAsync(attacker, person, "login/oidc/facility");
        Answer slipped = (await victim.GetAsync(back.PathAndQuery)).Must(302);

        Assert.Equal(OpenIdProvider.Portal + "/login?error=login-invalid", slipped.Headers["Location"]);
        Assert.Null(victim.Session);
    }

    [Fact]
    public async Task The_command_line_logs_in_with_a_code_that_a_person_types_after_a_login_with_the_provider()
    {
        using var person = new ProviderBrowser(await provider.IssuerAsync());
        await using TestServer server = await TestServer.StartAsync(zone: With(await provider.IssuerAsync(), "ES256"));
        Answer begun = (await server.Nobody.PostAsync("login/device", new { })).Must(200);
        var poll = new { handle = Text(begun, "handle") };
        Assert.Equal(OpenIdProvider.Portal + "/device", Text(begun, "verificationUri"));
        (await server.Nobody.PostAsync("login/device/token", poll)).Must(202);
        using TestBrowser browser = server.Browser();
        Uri back = await ThereAsync(browser, person, "login/oidc/facility");
        (await browser.GetAsync(back.PathAndQuery)).Must(302);

        Answer asking = (await browser.PostAsync("login/device/answer", new { code = Text(begun, "userCode") })).Must(200);
        Assert.Equal("127.0.0.1", Text(asking, "address"));
        (await server.Admin.PostAsync("login/device/answer", new { code = Text(begun, "userCode"), approve = true })).MustRefuse(403, "forbidden");
        (await browser.PostAsync("login/device/answer", new { code = Text(begun, "userCode"), approve = true })).Must(200);
        Answer done = (await server.Nobody.PostAsync("login/device/token", poll)).Must(200);

        Assert.Equal("ada", Text(done, "user"));
        Assert.Equal("ada", Text((await server.With(Text(done, "token")!).GetAsync("me")).Must(200), "user"));
        (await server.Nobody.PostAsync("login/device/token", poll)).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_provider_that_is_down_sends_people_back_to_the_page_for_logging_in()
    {
        await using var ended = new OpenIdProvider();
        await using TestServer server = await TestServer.StartAsync(zone: With(await ended.IssuerAsync(), "RS256"));
        await ended.DisposeAsync();
        using TestBrowser browser = server.Browser();

        Answer answer = (await browser.GetAsync("login/oidc/facility")).Must(302);

        Assert.Equal(OpenIdProvider.Portal + "/login?error=provider-unavailable", answer.Headers["Location"]);
        (await browser.GetAsync("login/oidc/none")).Must(302);
        (await server.Nobody.PostAsync("login/device/token", new { handle = "none" })).MustRefuse(404, "not-found");
    }

    /// <summary>Goes to the provider, where everybody is let in, and back: the address of the way back.</summary>
    private static async Task<Uri> ThereAsync(TestBrowser browser, ProviderBrowser person, string path)
    {
        Answer begun = (await browser.GetAsync(path)).Must(302);
        (Uri? back, string page) = await person.BrowseAsync(new Uri(begun.Headers["Location"]));
        Assert.True(back is not null, page);
        Assert.StartsWith(OpenIdProvider.Portal + "/api/v1/login/oidc/callback?code=", back.AbsoluteUri, StringComparison.Ordinal);
        return back;
    }

    private static string? Text(Answer answer, string name) => answer.Json.GetProperty(name).GetString();

    private static ZoneOptions With(string issuer, string algorithm) => TestServer.QuickZone with
    {
        PublicUrl = new Uri(OpenIdProvider.Portal),
        Oidc = new OidcOptions
        {
            Providers =
            [
                new OidcProviderOptions
                {
                    Id = "facility", Label = "The facility", Issuer = issuer, ClientId = OpenIdProvider.Client(algorithm), ClientSecret = OpenIdProvider.Secret,
                    Groups = [new OidcGroup { Value = "mx-staff", Group = "mx" }], Roles = [new OidcRole { Value = "mx-staff", Role = "auditor" }],
                },
            ],
        },
    };
}
