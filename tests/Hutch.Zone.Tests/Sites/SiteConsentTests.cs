using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;
using Hutch.Zone.Names;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Sites;

public sealed class EmbeddedSiteConsentTests() : SiteConsentTests(null);

/// <summary>C1: a site logs in only people who have allowed it, and with what they have allowed.</summary>
public abstract class SiteConsentTests(PostgresServer? server) : OnBothEngines(server)
{
    private const string Address = "https://archive.example.org";

    private static readonly TokenScope Narrow = TokenScope.Parse("read held").Value;
    private static readonly TokenScope Wide = TokenScope.Parse("read write manage").Value;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_exchanged_for_what_its_person_has_allowed_in_a_browser_and_for_nothing_before()
    {
        await using TestZone zone = await ZoneAsync();
        Caller ada = await zone.UserAsync("ada");

        HutchError refusal = await RefusedAsync(zone, ada);
        Assert.Equal(ErrorCode.ConsentRequired, refusal.Code);
        Assert.Equal("https://hutch.example.org/consent?site=archive", refusal.Details!["page"]);
        Assert.Contains(refusal.Details["page"], refusal.Code.Advice, StringComparison.Ordinal);

        // A token agrees to nothing in the place of its person.
        Assert.Equal(ErrorCode.Forbidden, (await zone.Services.SiteConsents.GiveAsync(ada, "archive", Wide, Ct)).Error?.Code);

        await AllowAsync(zone, "ada", Narrow);
        Assert.Equal("read held", Scopes(await ExchangeAsync(zone, ada)));
        await AllowAsync(zone, "ada", Wide);
        Assert.Equal("read write manage", Scopes(await ExchangeAsync(zone, ada)));
        Assert.Equal(ErrorCode.ConsentRequired, (await RefusedAsync(zone, await zone.UserAsync("bob"))).Code);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("write")]
    [InlineData("read dataset:00000000-0000-0000-0000-000000000001")]
    [InlineData("read site:0123456789abcdef")]
    public async Task A_consent_is_to_reading_at_least_and_to_no_role(string scope)
    {
        await using TestZone zone = await ZoneAsync();
        await zone.UserAsync("ada");
        Caller browser = (await zone.UseAsync(await zone.OpenSessionAsync("ada"))).Value;

        Result<Done> given = await zone.Services.SiteConsents.GiveAsync(browser, "archive", TokenScope.Parse(scope).Value, Ct);

        Assert.Equal(ErrorCode.BadRequest, given.Error?.Code);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("origin")]
    [InlineData("certificate")]
    [InlineData("portal")]
    [InlineData("distrust")]
    [InlineData("narrower")]
    public async Task Logins_at_a_site_end_with_the_consent_for_them(string how)
    {
        await using TestZone zone = await ZoneAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller browser = await AllowAsync(zone, "ada", Wide);
        TokenRecord login = (await ExchangeAsync(zone, ada)).Token.Token;

        SitePortal? changed = how switch
        {
            "origin" => new SitePortal("https://elsewhere.example.org", null),
            "certificate" => new SitePortal(Address, new string('a', 64)),
            _ => null,
        };
        Assert.True(how switch
        {
            "ended" => (await zone.Services.SiteConsents.EndAsync(browser, "archive", Ct)).IsOk,
            "distrust" => (await zone.Services.SiteConsents.TrustAsync(admin, "archive", false, Ct)).IsOk,
            "narrower" => (await zone.Services.SiteConsents.GiveAsync(browser, "archive", Narrow, Ct)).IsOk,
            _ => (await zone.Services.SiteLoginAuthorizer.SetPortalAsync(admin, "archive", changed, null, Ct)).IsOk,
        });

        Assert.False((await zone.Services.SiteReaders.FindAsync(login.Scope.Site!, login.Id, Ct)).IsOk);
        if (how != "narrower" && how != "portal")
        {
            Assert.Equal(ErrorCode.ConsentRequired, (await RefusedAsync(zone, ada)).Code);
            Assert.Empty((await zone.Services.SiteConsents.ListAsync(browser, Ct)).Value);
        }
    }

    [Fact]
    public async Task The_operator_and_the_suggested_rights_depend_on_the_zone_and_wider_rights_require_a_new_consent()
    {
        await using TestZone zone = await ZoneAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller browser = await AllowAsync(zone, "ada", Narrow);

        ConsentOffer offer = (await zone.Services.SiteConsents.FindAsync(browser, "archive", Ct)).Value;
        Assert.Equal(("read held", "The library", "read held"), (offer.Suggested.ToString(), offer.Site.RunBy, offer.Given?.Scope.ToString()));

        Assert.True((await zone.Services.SiteConsents.TrustAsync(admin, "archive", true, Ct)).IsOk);
        Assert.Equal("read write manage", (await zone.Services.SiteConsents.FindAsync(browser, "archive", Ct)).Value.Suggested.ToString());

        // The mark alone widens nothing.
        Assert.Equal("read held", Scopes(await ExchangeAsync(zone, ada)));
        Result<ExchangedToken> wider = await zone.Services.SiteLoginAuthorizer.ExchangeAsync(ada, "archive", TokenScope.Parse("read write").Value, Ct);
        Assert.Equal(ErrorCode.ConsentRequired, wider.Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Services.SiteConsents.TrustAsync(ada, "archive", false, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_code_of_a_site_needs_the_consent_when_it_is_made_and_when_it_is_redeemed()
    {
        await using TestZone zone = await ZoneAsync();
        await zone.UserAsync("ada");
        Caller browser = (await zone.UseAsync(await zone.OpenSessionAsync("ada"))).Value;
        SiteRecord site = (await zone.Services.SiteConsents.FindAsync(browser, "archive", Ct)).Value.Site;
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var asked = new SiteLoginRequest(
            site.Id, Address + SiteLoginAuthorizer.CallbackPath, "state", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        Assert.Equal(ErrorCode.ConsentRequired, (await zone.Services.SiteLoginAuthorizer.AuthorizeAsync(browser, asked, Ct)).Error?.Code);

        Assert.True((await zone.Services.SiteConsents.GiveAsync(browser, site.Id, Narrow, Ct)).IsOk);
        Result<Uri> wider = await zone.Services.SiteLoginAuthorizer.AuthorizeAsync(browser, asked with { Scope = Wide }, Ct);
        Assert.Equal(ErrorCode.ConsentRequired, wider.Error?.Code);
        string first = Code((await zone.Services.SiteLoginAuthorizer.AuthorizeAsync(browser, asked, Ct)).Value);
        string second = Code((await zone.Services.SiteLoginAuthorizer.AuthorizeAsync(browser, asked, Ct)).Value);
        Result<SiteLogin> redeemed = await zone.Services.SiteLoginAuthorizer.RedeemAsync(site.Id, new SiteLoginCode(first, Verifier, asked.Redirect), Ct);
        Caller there = (await zone.Services.SiteReaders.FindAsync(site.Id, redeemed.Value.TokenId, Ct)).Value;
        Assert.Equal($"read held site:{site.Id}", there.Scope.ToString());

        Assert.True((await zone.Services.SiteConsents.EndAsync(browser, "archive", Ct)).IsOk);
        Result<SiteLogin> late = await zone.Services.SiteLoginAuthorizer.RedeemAsync(site.Id, new SiteLoginCode(second, Verifier, asked.Redirect), Ct);
        Assert.Equal(ErrorCode.ConsentRequired, late.Error?.Code);
    }

    [Fact]
    public async Task A_user_is_notified_of_each_new_consent_and_sees_it_in_the_list()
    {
        await using TestZone zone = await ZoneAsync();
        await zone.UserAsync("ada");
        Caller browser = await AllowAsync(zone, "ada", Narrow);
        await AllowAsync(zone, "ada", Narrow);
        await AllowAsync(zone, "ada", Wide);

        MailRecord[] mails = [.. (await zone.Services.Mailbox.ListAsync(browser, null, 10, Ct)).Value];
        Assert.Equal(2, mails.Length);
        Assert.Contains("read, write and manage all your data", zone.Services.Mailbox.Read(mails[0]).Body, StringComparison.Ordinal);
        Assert.Contains("read your data that are at this site", zone.Services.Mailbox.Read(mails[1]).Body, StringComparison.Ordinal);
        GivenConsent listed = Assert.Single((await zone.Services.SiteConsents.ListAsync(browser, Ct)).Value);
        Assert.Equal(("archive", "read write manage"), (listed.Site.Name, listed.Consent.Scope.ToString()));
    }

    [Fact]
    public async Task Consents_and_marks_survive_a_restore_of_the_zone_and_are_sent_to_no_site()
    {
        await using TestZone zone = await ZoneAsync();
        Caller admin = await zone.AdminAsync();
        Assert.True((await zone.Services.SiteConsents.TrustAsync(admin, "archive", true, Ct)).IsOk);
        Caller ada = await zone.UserAsync("ada");
        Caller browser = await AllowAsync(zone, "ada", Narrow);
        string site = (await zone.Services.SiteConsents.FindAsync(browser, "archive", Ct)).Value.Site.Id;

        FeedBatch fed = (await zone.Services.Feed.ReadAsync(site, null, Ct))!;
        Assert.DoesNotContain(fed.Items, static item => item.Table.Contains("consent", StringComparison.Ordinal));
        Assert.DoesNotContain("The library", string.Join(' ', fed.Items.SelectMany(static item => item.Row ?? [])), StringComparison.Ordinal);

        string copy = Path.Combine(Directory.CreateTempSubdirectory("hutch-zone-").FullName, "zone.db");
        await zone.Services.CopyToAsync(LocalDisk.Instance, copy, Ct);
        await using TestZone restored = await TestZone.OpenAsync(
            WithPortal, zone.Time,
            prepare: folder =>
            {
                File.Copy(copy, Path.Combine(folder, "zone.db"));
                File.Copy(Path.Combine(zone.Folder, AdminAccount.TokenFileName), Path.Combine(folder, AdminAccount.TokenFileName));
            });
        await restored.Services.BeginIncarnationAsync(Ct);

        Caller again = (await restored.UseAsync(await restored.OpenSessionAsync("ada"))).Value;
        ConsentOffer offer = (await restored.Services.SiteConsents.FindAsync(again, "archive", Ct)).Value;
        Assert.Equal(("read held", true), (offer.Given?.Scope.ToString(), offer.Site.TrustedAt is not null));
        Assert.Equal(ada.UserId, again.UserId);
    }

    [Fact]
    public async Task Of_a_login_for_what_a_site_has_nothing_reaches_beyond_that_site()
    {
        await using TestZone zone = await ZoneAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord elsewhere = await zone.DatasetAsync(ada, "elsewhere");
        NameRecord copied = await zone.DatasetAsync(ada, "copied");
        await AllowAsync(zone, "ada", TokenScope.Parse("read write manage held").Value);
        Assert.True((await zone.Services.Copies.RequestAsync(ada, copied.Dataset, "archive", ownName: null, Ct)).IsOk);
        TokenRecord token = (await ExchangeAsync(zone, ada)).Token.Token;
        string site = token.Scope.Site!;

        // As a home: another site forwards the request, and names the token that was used there.
        Caller there = (await zone.Services.SiteReaders.FindAsync(site, token.Id, Ct)).Value;
        Assert.True((await zone.MayAsync(there, copied, Operation.EntryRead)).IsOk);
        Assert.True((await zone.MayAsync(there, copied, Operation.EntryWrite)).IsOk);
        foreach (Operation operation in (Operation[])[Operation.DatasetView, Operation.EntryRead, Operation.EntryWrite, Operation.DatasetDelete])
        {
            Assert.Equal(ErrorCode.ScopeMissing, (await zone.MayAsync(there, elsewhere, operation)).Error?.Code);
        }

        Assert.Equal(
            ["copied"], (await zone.Services.Names.ListAsync(there, new VisibleNamesFilter { Limit = 10 }, Ct)).Value.Select(static one => one.Slug));
        foreach (Operation operation in (Operation[])[Operation.GroupCreate, Operation.DatasetCreate, Operation.OfferAnswer, Operation.TokenNarrow])
        {
            Assert.Equal(ErrorCode.ScopeMissing, Authorizer.Authorize(there, operation).Error?.Code);
        }

        // What a site asks of the zone is no way to another site either.
        Assert.False((await zone.Services.SiteLoginAuthorizer.ExchangeAsync(there, "archive", null, Ct)).IsOk);

        // Everyone may read a public dataset. The end of a copy also ends the access through it.
        Assert.True((await zone.Services.Sharing.SetVisibilityAsync(ada, elsewhere.Dataset, Visibility.Public, Ct)).IsOk);
        Assert.True((await zone.MayAsync(there, elsewhere, Operation.EntryRead)).IsOk);
        Assert.Equal(ErrorCode.ScopeMissing, (await zone.MayAsync(there, elsewhere, Operation.EntryWrite)).Error?.Code);
        Assert.True((await zone.Services.Sites.RemoveAsync(admin, "archive", isForced: true, Ct)).IsOk);
    }

    private static readonly ZoneOptions WithPortal = TestZone.Quick with { PublicUrl = new Uri("https://hutch.example.org") };

    private async Task<TestZone> ZoneAsync()
    {
        TestZone zone = await OpenAsync(WithPortal);
        Caller admin = await zone.AdminAsync();
        IssuedSiteInvite invite = (await zone.Services.Sites.InviteAsync(admin, new SiteInvitation("archive", SiteLabels.Empty, null, null), "facility", Ct)).Value;
        Assert.True((await zone.Services.Sites.JoinAsync(invite.Secret.Reveal(), BlobHash.Compute("archive"u8), Ct)).IsOk);
        Assert.True((await zone.Services.SiteLoginAuthorizer.SetPortalAsync(admin, "archive", new SitePortal(Address, null), "The library", Ct)).IsOk);
        return zone;
    }

    private static async Task<Caller> AllowAsync(TestZone zone, string user, TokenScope scope)
    {
        Caller browser = (await zone.UseAsync(await zone.OpenSessionAsync(user))).Value;
        Assert.True((await zone.Services.SiteConsents.GiveAsync(browser, "archive", scope, Ct)).IsOk);
        return browser;
    }

    private static async Task<ExchangedToken> ExchangeAsync(TestZone zone, Caller caller) =>
        (await zone.Services.SiteLoginAuthorizer.ExchangeAsync(caller, "archive", null, Ct)).Value;

    private static async Task<HutchError> RefusedAsync(TestZone zone, Caller caller) =>
        (await zone.Services.SiteLoginAuthorizer.ExchangeAsync(caller, "archive", null, Ct)).Error!;

    private static string Scopes(ExchangedToken made) => made.Token.Token.Scope.At(null).ToString();

    private static string Code(Uri address) => System.Web.HttpUtility.ParseQueryString(address.Query)["code"]!;
}
