using System.Net;
using System.Text.Json;
using System.Web;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;

namespace Hutch.Federation.Tests.Logins;

/// <summary>
/// C1: a hostile site of the zone, with an approved portal and a challenge of its own, gets nothing of a person who follows its link. What a
/// person allows a site is what it gets, at every home.
/// </summary>
public sealed class ConsentTests : IAsyncLifetime
{
    private const string ZonePortal = "https://hutch.example.org";
    private const string HostilePortal = "https://mallory.example.org";

    // The verifier and challenge of RFC 7636, appendix B: the hostile site chooses them.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly PlainBrowser _browser = new();
    private SiteServer _zone = null!;
    private SiteServer _hostile = null!;
    private string _ada = null!;
    private string _siteId = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Link => $"{ZonePortal}/api/v1/login/authorize?response_type=code&client_id={_siteId}&redirect_uri="
        + Uri.EscapeDataString(HostilePortal + SiteLoginAuthorizer.CallbackPath) + $"&state=x&code_challenge={Challenge}&code_challenge_method=S256";

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync(publicUrl: new Uri(ZonePortal));
        _hostile = await SiteServer.StartAsync("new", publicUrl: new Uri(HostilePortal));
        _siteId = (await _hostile.JoinAsync(_zone, "mallory")).SiteId;
        await _zone.Admin.SetSitePortalAsync("mallory", new SetSitePortal { Address = HostilePortal, RunBy = "Mallory" }, Ct);
        _ada = (await _zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!;
        _browser.Map(ZonePortal, _zone);
        await _browser.LogInAsync(ZonePortal, _zone, "ada");
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _hostile.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_link_of_a_hostile_site_leads_to_a_page_of_the_zone_and_gives_no_code()
    {
        using HttpResponseMessage followed = await _browser.SendAsync(HttpMethod.Get, Link, from: "cross-site", isPortal: false);
        string page = followed.Headers.Location!.OriginalString;

        Assert.StartsWith(ZonePortal + "/consent?", page, StringComparison.Ordinal);
        Assert.DoesNotContain("&code=", page, StringComparison.Ordinal);
        using HttpResponseMessage shown = await _browser.SendAsync(HttpMethod.Get, page);
        Assert.Contains("frame-ancestors 'none'", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        using HttpResponseMessage told = await _browser.SendAsync(HttpMethod.Get, $"{ZonePortal}/api/v1/login/consent?site={_siteId}");
        JsonElement offer = JsonDocument.Parse(await told.Content.ReadAsStringAsync(Ct)).RootElement;
        Assert.Equal(
            ("mallory", "Mallory", "read held"),
            (offer.GetProperty("site").GetString(), offer.GetProperty("runBy").GetString(),
                string.Join(' ', offer.GetProperty("suggested").EnumerateArray().Select(static word => word.GetString()))));
        using HttpResponseMessage listed = await _browser.SendAsync(HttpMethod.Get, ZonePortal + "/api/v1/me/consents");
        Assert.Contains("\"items\":[]", await listed.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-site", true)]
    [InlineData("same-site", true)]
    [InlineData("same-origin", false)]
    [InlineData(null, true)]
    public async Task No_other_page_agrees_in_the_name_of_a_person(string? from, bool isPortal)
    {
        const string Body = """{"site":"mallory","scopes":["read","write","manage"]}""";

        using HttpResponseMessage answer = await _browser.SendAsync(
            HttpMethod.Post, ZonePortal + "/api/v1/login/consent", Body, from, isPortal);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("\"csrf\"", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using HttpResponseMessage followed = await _browser.SendAsync(HttpMethod.Get, Link);
        Assert.StartsWith(ZonePortal + "/consent?", followed.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_was_made_to_show_another_site_allows_nothing()
    {
        string query = JsonSerializer.Serialize(new Uri(Link).Query);

        using HttpResponseMessage answer = await _browser.SendAsync(
            HttpMethod.Post, ZonePortal + "/api/v1/login/consent", $$"""{"site":"facility","scopes":["read"],"query":{{query}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using HttpResponseMessage followed = await _browser.SendAsync(HttpMethod.Get, Link);
        Assert.StartsWith(ZonePortal + "/consent?", followed.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_a_consent_gets_the_address_of_the_page_and_no_token()
    {
        using HutchClient atZone = _zone.With(_ada);

        HutchError refusal = (await Assert.ThrowsAsync<HutchException>(() => atZone.ExchangeTokenAsync("mallory", Ct))).Error;

        Assert.Equal(ErrorCode.ConsentRequired, refusal.Code);
        Assert.Contains(ZonePortal + "/consent?site=mallory", refusal.Code.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_consent_page_returns_to_the_site_and_the_login_reads_only_data_that_the_site_stores()
    {
        using HutchClient ada = _zone.With(_ada);
        DatasetInfo atZone = await ada.CreateDatasetAsync(new CreateDataset { Name = "private" }, Ct);
        await ada.PutEntryAsync(atZone.Id, "secret", new byte[10], ct: Ct);
        string query = JsonSerializer.Serialize(new Uri(Link).Query);

        using HttpResponseMessage given = await _browser.SendAsync(
            HttpMethod.Post, ZonePortal + "/api/v1/login/consent", $$"""{"site":"mallory","scopes":["read","held"],"query":{{query}}}""");
        Uri back = new(JsonDocument.Parse(await given.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("location").GetString()!);
        Assert.StartsWith(HostilePortal + SiteLoginAuthorizer.CallbackPath, back.AbsoluteUri, StringComparison.Ordinal);
        SiteLogin login = (await _zone.Zone.SiteLoginAuthorizer.RedeemAsync(
            _siteId,
            new SiteLoginCode(HttpUtility.ParseQueryString(back.Query)["code"]!, Verifier, HostilePortal + SiteLoginAuthorizer.CallbackPath), Ct)).Value;

        // With the key of the site: what the doors of homes ask of a token that was used there.
        foreach (Operation operation in (Operation[])[Operation.EntryRead, Operation.EntryWrite, Operation.DatasetDelete])
        {
            Result<NameRecord> admitted = await _zone.Zone.SiteReaders.AdmitAsync(_siteId, login.TokenId, atZone.Id, operation, Ct);
            Assert.Equal(ErrorCode.ScopeMissing, admitted.Error?.Code);
        }

        // The same as a program, which the site reads on and writes on for.
        ExchangedTokenInfo made = await ada.ExchangeTokenAsync("mallory", Ct);
        using HutchClient there = _hostile.With(made.Token);
        await SiteServer.UntilKnownAsync(there);
        Assert.Equal(ErrorCode.ScopeMissing, await RefusalAsync(() => there.GetDatasetAsync(atZone.Id, Ct)));
        Assert.Equal(ErrorCode.ScopeMissing, await RefusalAsync(() => there.PutEntryAsync(atZone.Id, "planted", new byte[10], ct: Ct)));

        // A copy brings it within reach, for reading.
        await ada.RequestCopyAsync(atZone.Id, new AskCopy { Site = "mallory" }, Ct);
        while (await RefusalAsync(() => there.GetDatasetAsync(atZone.Id, Ct)) is not null)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal(ErrorCode.ScopeMissing, await RefusalAsync(() => there.PutEntryAsync(atZone.Id, "planted", new byte[10], ct: Ct)));
    }

    /// <summary>C1: the home enforces the limits itself, and a hostile site with its own key at the home's door gets no further.</summary>
    [Fact]
    public async Task A_home_at_a_third_site_gives_no_more_than_was_allowed()
    {
        await using SiteServer home = await SiteServer.StartAsync("home");
        await home.JoinAsync(_zone, "home");
        using HutchClient ada = _zone.With(_ada);
        using HutchClient atHome = home.With((await ada.CreateTokenAsync(new CreateToken { Site = "home" }, Ct)).Token!);
        await SiteServer.UntilKnownAsync(atHome);
        DatasetInfo secret = await atHome.CreateDatasetAsync(new CreateDataset { Name = "private" }, Ct);
        await atHome.PutEntryAsync(secret.Id, "secret", new byte[10], ct: Ct);
        await atHome.CreateSnapshotAsync(secret.Id, new CreateSnapshot(), Ct);
        using var hostile = new Intruder(await _zone.InviteAsync("other"), _hostile.KeyFile);
        using SiteClient door = await hostile.DialAsync(_zone, "home");

        await _zone.AllowAsync("ada", "mallory", "read held");
        string narrow = (await ada.ExchangeTokenAsync("mallory", Ct)).Id;
        ErrorCode? refused = await HistoryAsync(narrow);
        await _zone.AllowAsync("ada", "mallory", "read");
        string wide = (await ada.ExchangeTokenAsync("mallory", Ct)).Id;

        Assert.Equal(ErrorCode.ScopeMissing, refused);
        Assert.Null(await HistoryAsync(wide));

        async Task<ErrorCode?> HistoryAsync(string token) =>
            (await new HomeClient(door, TimeProvider.System, new Reader { Token = token }).HistoryAsync(secret.Id, null, Ct)).Error?.Code;
    }

    private static async Task<ErrorCode?> RefusalAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return null;
        }
        catch (HutchException e)
        {
            return e.Error.Code;
        }
    }
}
