using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Zone;
using Hutch.Zone.OpenId;

namespace Hutch.Api.Tests.OpenId;

/// <summary>Logging in with a real provider, over HTTP on both sides.</summary>
public sealed class OpenIdTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_browser_goes_to_the_provider_and_comes_back_logged_in(string algorithm)
    {
        await using RealProvider provider = await RealProvider.StartAsync(algorithm);
        await using TestServer server = await TestServer.StartAsync(zone: With(provider.Issuer));
        (await server.Admin.PostAsync("groups", new { name = "mx" })).Must(201);
        using TestBrowser browser = server.Browser();
        JsonElement method = Assert.Single((await browser.GetAsync("login/methods")).Must(200).Json.GetProperty("oidc").EnumerateArray());
        Assert.Equal("""{"id":"facility","label":"The facility"}""", method.GetRawText());

        Uri back = await ThereAsync(browser, provider, "login/oidc/facility?return=/datasets");
        Answer finished = (await browser.GetAsync(back.PathAndQuery)).Must(302);

        Assert.Equal(RealProvider.Portal + "/datasets", finished.Headers["Location"]);
        Answer me = (await browser.GetAsync("me")).Must(200);
        Assert.Equal(("ada", "Ada Lovelace", "ada@facility.example"), (Text(me, "user"), Text(me, "displayName"), Text(me, "email")));
        Assert.Equal("mx", Assert.Single(me.Json.GetProperty("groups").EnumerateArray()).GetString());
        Assert.Contains("auditor", me.Json.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("openid", (await browser.GetAsync("me/sessions")).Must(200).Json.GetProperty("items")[0].GetProperty("way").GetString());

        Answer replayed = (await browser.GetAsync(back.PathAndQuery)).Must(302);
        Assert.Equal(RealProvider.Portal + "/login?error=login-invalid", replayed.Headers["Location"]);
        Uri second = await ThereAsync(browser, provider, "login/oidc/facility?return=//evil.example");
        Assert.Equal(RealProvider.Portal + "/", (await browser.GetAsync(second.PathAndQuery)).Must(302).Headers["Location"]);
    }

    [Fact]
    public async Task A_login_cannot_be_slipped_to_another_browser()
    {
        await using RealProvider provider = await RealProvider.StartAsync("RS256");
        await using TestServer server = await TestServer.StartAsync(zone: With(provider.Issuer));
        using TestBrowser attacker = server.Browser();
        using TestBrowser victim = server.Browser();

        Uri back = await ThereAsync(attacker, provider, "login/oidc/facility");
        Answer slipped = (await victim.GetAsync(back.PathAndQuery)).Must(302);

        Assert.Equal(RealProvider.Portal + "/login?error=login-invalid", slipped.Headers["Location"]);
        Assert.Null(victim.Session);
    }

    [Fact]
    public async Task The_command_line_logs_in_while_somebody_agrees_in_a_browser_elsewhere()
    {
        await using RealProvider provider = await RealProvider.StartAsync("ES256");
        await using TestServer server = await TestServer.StartAsync(zone: With(provider.Issuer));

        Answer begun = (await server.Nobody.PostAsync("login/device", new { })).Must(200);
        var poll = new { handle = Text(begun, "handle") };
        (await server.Nobody.PostAsync("login/device/token", poll)).Must(202);
        var page = new Uri(Text(begun, "verificationUriComplete")!);
        string html = (await provider.BrowseAsync(page)).Page;
        html = await provider.SubmitAsync(page, html);
        Assert.Contains(Text(begun, "userCode")!, html, StringComparison.Ordinal);
        html = await provider.SubmitAsync(page, html);
        Assert.Contains("Sign-in Success", html, StringComparison.Ordinal);
        Answer done = await PollAsync(server, poll, begun.Json.GetProperty("interval").GetInt32());

        Assert.Equal("ada", Text(done, "user"));
        Assert.Equal("ada", Text((await server.With(Text(done, "token")!).GetAsync("me")).Must(200), "user"));
        (await server.Nobody.PostAsync("login/device/token", poll)).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_provider_that_is_down_sends_people_back_to_the_page_for_logging_in()
    {
        RealProvider provider = await RealProvider.StartAsync("RS256");
        await using TestServer server = await TestServer.StartAsync(zone: With(provider.Issuer));
        await provider.DisposeAsync();
        using TestBrowser browser = server.Browser();

        Answer answer = (await browser.GetAsync("login/oidc/facility")).Must(302);

        Assert.Equal(RealProvider.Portal + "/login?error=provider-unavailable", answer.Headers["Location"]);
        (await server.Nobody.PostAsync("login/device", new { })).MustRefuse(502, "provider-unavailable");
        (await browser.GetAsync("login/oidc/none")).Must(302);
        (await server.Nobody.PostAsync("login/device", new { provider = "none" })).MustRefuse(404, "not-found");
        (await server.Nobody.PostAsync("login/device/token", new { handle = "none" })).MustRefuse(404, "not-found");
    }

    /// <summary>Goes to the provider, where everybody is let in, and back: the address of the way back.</summary>
    private static async Task<Uri> ThereAsync(TestBrowser browser, RealProvider provider, string path)
    {
        Answer begun = (await browser.GetAsync(path)).Must(302);
        (Uri? back, string page) = await provider.BrowseAsync(new Uri(begun.Headers["Location"]));
        Assert.True(back is not null, page);
        Assert.StartsWith(RealProvider.Portal + "/api/v1/login/oidc/callback?code=", back.AbsoluteUri, StringComparison.Ordinal);
        return back;
    }

    /// <summary>Asks until somebody has agreed, as often as the provider wants.</summary>
    private static async Task<Answer> PollAsync(TestServer server, object poll, int interval)
    {
        while (true)
        {
            Answer answer = await server.Nobody.PostAsync("login/device/token", poll);
            if (answer.Status != 202)
            {
                return answer.Must(200);
            }

            await Task.Delay(TimeSpan.FromSeconds(interval) / 10, TestContext.Current.CancellationToken);
        }
    }

    private static string? Text(Answer answer, string name) => answer.Json.GetProperty(name).GetString();

    private static ZoneOptions With(string issuer) => TestServer.QuickZone with
    {
        PublicUrl = new Uri(RealProvider.Portal),
        Oidc = new OidcOptions
        {
            Providers =
            [
                new OidcProviderOptions
                {
                    Id = "facility", Label = "The facility", Issuer = issuer, ClientId = "hutch", ClientSecret = "a secret with & and +",
                    Groups = [new OidcGroup { Value = "mx-staff", Group = "mx" }], Roles = [new OidcRole { Value = "mx-staff", Role = "auditor" }],
                },
            ],
        },
    };
}
