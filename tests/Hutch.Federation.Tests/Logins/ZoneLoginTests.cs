using System.Net;
using System.Web;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Zone.Logins;

namespace Hutch.Federation.Tests.Logins;

/// <summary>A login at the zone is one at each of its sites: in a browser by a code, on the command line by an exchange of the token.</summary>
public sealed class ZoneLoginTests : IAsyncLifetime
{
    private const string ZonePortal = "https://hutch.example.org";
    private const string SitePortal = "https://archive.example.org";

    private readonly PlainBrowser _browser = new();
    private SiteServer _zone = null!;
    private SiteServer _site = null!;
    private string _ada = null!;
    private string _siteId = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync(publicUrl: new Uri(ZonePortal));
        _site = await SiteServer.StartAsync("new", publicUrl: new Uri(SitePortal));
        _siteId = (await _site.JoinAsync(_zone, "archive")).SiteId;
        await _zone.Admin.SetSitePortalAsync("archive", new SetSitePortal { Address = SitePortal }, Ct);
        _ada = (await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        await _zone.AllowAsync("ada", "archive");
        _browser.Map(ZonePortal, _zone);
        _browser.Map(SitePortal, _site);

        // Beats bring the portals to the site.
        using HttpClient http = new();
        while (!(await http.GetStringAsync(new Uri(_site.Address, "api/v1/"), Ct)).Contains(ZonePortal, StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_browser_that_is_logged_in_at_the_zone_is_in_at_a_site_with_one_address_and_reads_private_data_there()
    {
        DatasetInfo scan = await MakePrivateScanAsync();
        await _browser.LogInAsync(ZonePortal, _zone, "ada");

        (string address, int status) = await _browser.OpenAsync(SitePortal + "/api/v1/login/zone?return=/datasets/1");

        Assert.Equal((SitePortal + "/datasets/1", 302), (address, status));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/datasets/{scan.Id}/entries/private"));
    }

    [Fact]
    public async Task A_browser_at_a_site_changes_a_dataset_at_its_home_and_shares_one_through_the_zone()
    {
        DatasetInfo scan = await MakePrivateScanAsync();
        using HutchClient ada = _zone.With(_ada);
        DatasetId copied = await TwoSites.MakeAsync(ada, "copied");
        await ada.RequestCopyAsync(copied, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(ada, copied, "archive", 1);
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
        await _browser.OpenAsync(SitePortal + "/api/v1/login/zone");

        using HttpResponseMessage changed = await _browser.SendAsync(
            HttpMethod.Put, $"{SitePortal}/api/v1/datasets/{copied}/metadata", """{"sample": "mica"}""");
        using HttpResponseMessage shared = await _browser.SendAsync(
            HttpMethod.Post, $"{SitePortal}/api/v1/datasets/{scan.Id}/links", """{"right": "read"}""");

        Assert.True(changed.IsSuccessStatusCode, await changed.Content.ReadAsStringAsync(Ct));
        Assert.Contains(ZonePortal + "/s#", await shared.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_without_a_session_goes_to_the_login_page_of_the_zone_which_returns_to_the_site()
    {
        (string address, _) = await _browser.OpenAsync(SitePortal + "/api/v1/login/zone");

        string back = HttpUtility.ParseQueryString(new Uri(address).Query)["return"]!;
        Assert.StartsWith(ZonePortal + "/login?", address, StringComparison.Ordinal);
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
        Assert.Equal((SitePortal + "/", 302), await _browser.OpenAsync(ZonePortal + back));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/me"));
    }

    [Theory]
    [InlineData("logout")]
    [InlineData("account")]
    [InlineData("portal")]
    [InlineData("removal")]
    public async Task The_session_at_a_site_ends_with_that_at_the_zone_and_with_account_portal_and_membership(string what)
    {
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
        await _browser.OpenAsync(SitePortal + "/api/v1/login/zone");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/me"));

        switch (what)
        {
            case "logout":
                (await _browser.SendAsync(HttpMethod.Post, ZonePortal + "/api/v1/logout", "{}")).Dispose();
                break;
            case "account":
                await _zone.Admin.PatchUserAsync("ada", new PatchUser { Disabled = true }, Ct);
                break;
            case "portal":
                await _zone.Admin.SetSitePortalAsync("archive", new SetSitePortal(), Ct);
                break;
            default:
                await _zone.Admin.RemoveSiteAsync("archive", force: true, Ct);
                Assert.Equal("login-invalid", await ErrorOfNextLoginAsync());
                return;
        }

        while (await StatusAsync("/me") == HttpStatusCode.OK)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/me"));
    }

    [Fact]
    public async Task A_code_works_once_for_its_site_its_browser_and_its_verifier()
    {
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
        string atZone = await _browser.FindRedirectAsync(SitePortal + "/api/v1/login/zone");
        string callback = await _browser.FindRedirectAsync(atZone);
        var query = HttpUtility.ParseQueryString(new Uri(callback).Query);
        var stolen = new SiteLoginCode(query["code"]!, "a-guess", SitePortal + SiteLoginAuthorizer.CallbackPath);

        // A thief with the code but without the verifier uses it up and gets nothing.
        Assert.Equal(ErrorCode.LoginInvalid, (await _zone.Zone.SiteLoginAuthorizer.RedeemAsync(_siteId, stolen, Ct)).Error?.Code);
        Assert.EndsWith("/login?error=login-invalid", (await _browser.OpenAsync(callback)).Address, StringComparison.Ordinal);

        callback = await _browser.FindRedirectAsync(await _browser.FindRedirectAsync(SitePortal + "/api/v1/login/zone"));
        using var other = new PlainBrowser();
        other.Map(SitePortal, _site);
        Assert.EndsWith("/login?error=login-invalid", (await other.OpenAsync(callback)).Address, StringComparison.Ordinal);
        Assert.EndsWith("/login?error=login-invalid", (await _browser.OpenAsync(callback)).Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_zone_sends_no_code_to_an_address_that_is_not_approved_and_without_a_challenge()
    {
        (string Field, string Value)[] changes =
        [
            ("redirect_uri", "https://evil.example.org/api/v1/login/zone/callback"),
            ("redirect_uri", "https://archive.example.org.evil.org/api/v1/login/zone/callback"),
            ("redirect_uri", "https://archive.example.org/api/v1/login/zone/callback?x=1"),
            ("client_id", "0000000000000000"),
            ("code_challenge_method", "plain"),
            ("code_challenge", "short"),
            ("response_type", "token"),
        ];
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
        string right = await _browser.FindRedirectAsync(SitePortal + "/api/v1/login/zone");

        foreach ((string field, string value) in changes)
        {
            var address = new UriBuilder(right);
            var query = HttpUtility.ParseQueryString(address.Query);
            query[field] = value;
            address.Query = query.ToString();
            Assert.Equal(ZonePortal + "/login?error=login-invalid", await _browser.FindRedirectAsync(address.Uri.AbsoluteUri));
        }
    }

    [Fact]
    public async Task An_exchanged_token_works_at_its_site_alone_without_roles_and_ends_with_the_token_that_was_exchanged()
    {
        DatasetInfo scan = await MakePrivateScanAsync();
        using HutchClient atZone = _zone.With(_ada);
        ExchangedTokenInfo made = await atZone.ExchangeTokenAsync(SitePortal, Ct);
        using HutchClient there = _site.With(made.Token);
        using HutchClient back = _zone.With(made.Token);
        CallerInfo caller = await there.GetCallerAsync(Ct);

        Assert.Equal(("archive", SitePortal, "ada"), (made.Site, made.Address, caller.User));
        Assert.Equal(["read", "write", "manage"], caller.Token!.Scopes);
        Assert.Equal("scan", (await there.GetDatasetAsync(scan.Id, Ct)).Slug);
        Assert.Equal(ErrorCode.Unauthenticated, (await SiteServer.UntilRefusedAsync(back)).Code);

        await _zone.Admin.RevokeTokenAsync((await atZone.GetCallerAsync(Ct)).Token!.Id, Ct);

        Assert.Equal(ErrorCode.Unauthenticated, (await SiteServer.UntilRefusedAsync(there)).Code);
    }

    [Fact]
    public async Task An_exchange_never_widens_and_is_bounded()
    {
        using HutchClient full = _zone.With(_ada);
        CreatedToken reader = await full.CreateTokenAsync(new CreateToken { Scopes = ["read"], ExpiresIn = 3600 }, Ct);
        using HutchClient narrow = _zone.With(reader.Token!);

        ExchangedTokenInfo made = await narrow.ExchangeTokenAsync("archive", Ct);
        using HutchClient there = _site.With(made.Token);
        Assert.Equal(["read"], (await there.GetCallerAsync(Ct)).Token!.Scopes);
        Assert.True(made.Expires <= reader.Expires);

        // A token of a site is not exchanged again, and unknown sites are not found.
        Assert.Equal(ErrorCode.Unauthenticated, (await Assert.ThrowsAsync<HutchException>(
            () => _zone.With(made.Token).ExchangeTokenAsync("archive", Ct))).Error.Code);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<HutchException>(
            () => full.ExchangeTokenAsync("https://evil.example.org", Ct))).Error.Code);

        for (int i = 0; i < 21; i++)
        {
            await _zone.Zone.SiteLoginAuthorizer.ExchangeAsync(
                (await _zone.Zone.Authenticator.AuthenticateAsync(reader.Token, null, Ct)).Value, "archive", null, Ct);
        }

        Assert.Equal(ErrorCode.Unauthenticated, (await SiteServer.UntilRefusedAsync(there)).Code);
    }

    private async Task<DatasetInfo> MakePrivateScanAsync()
    {
        using HutchClient ada = _site.With((await _zone.With(_ada).ExchangeTokenAsync("archive", Ct)).Token);
        DatasetInfo scan = await ada.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await ada.PutEntryAsync(scan.Id, "private", new byte[1000], ct: Ct);
        return scan;
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using HttpResponseMessage answer = await _browser.SendAsync(HttpMethod.Get, SitePortal + "/api/v1" + path);
        return answer.StatusCode;
    }

    private async Task<string> ErrorOfNextLoginAsync()
    {
        (string address, _) = await _browser.OpenAsync(SitePortal + "/api/v1/login/zone");
        return HttpUtility.ParseQueryString(new Uri(address).Query)["error"] ?? address;
    }
}
