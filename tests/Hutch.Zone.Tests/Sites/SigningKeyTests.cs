using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Signatures;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Sites;

/// <summary>The signing keys that the zone derives for a site, and how the site keeps them.</summary>
public sealed class SigningKeyTests : IAsyncLifetime
{
    private TestZone _zone = null!;
    private TestZone _site = null!;
    private SiteRecord _archive = null!;
    private SiteRecord _compute = null!;
    private Caller _ada = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SigningKeys Kept => _site.Services.SigningKeys;

    private string KeyFile => Path.Combine(_site.Folder, SigningKeys.FileName);

    public async ValueTask InitializeAsync()
    {
        _zone = await TestZone.OpenAsync();
        _site = await TestZone.OpenAsync(clock: _zone.Time);
        _archive = await JoinAsync("archive");
        _compute = await JoinAsync("compute");
        _ada = await _zone.UserAsync("ada");
        var joined = new JoinedZoneRecord(
            _zone.Services.Id, _archive.Id, "archive", "zone.example.org:8473", BlobHash.Compute("zone"u8), _zone.Time.GetUtcNow());
        Assert.True((await _site.Services.Sites.PinAsync(await _site.AdminAsync(), joined, null, new Dictionary<string, string>(), Ct)).IsOk);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task A_site_gets_the_keys_of_its_region_for_ten_days_and_no_other_key_verifies_them()
    {
        IssuedToken key = await KeyAsync("archive", "compute");

        IssuedSigningKeys issued = await IssueAsync(_archive, key);

        DerivedKey derived = Assert.Single(issued.Keys);
        Assert.Equal(("archive", key.Token.Id), (issued.Region, derived.Key));
        DateOnly today = DateOnly.FromDateTime(_zone.Time.GetUtcNow().UtcDateTime);
        Assert.Equal(today.AddDays(-7), derived.First);
        for (int day = -8; day <= 3; day++)
        {
            string date = DerivedKey.Format(today.AddDays(day));
            byte[] expected = day is < -7 or > 2 ? [] : SigV4.SigningKey(key.Secret.Reveal(), date, "archive", "s3");
            Assert.Equal(expected, derived.Find(today.AddDays(day)).ToArray());
        }
    }

    [Fact]
    public async Task Nothing_comes_for_tokens_of_another_site_for_the_key_itself_and_for_other_tokens()
    {
        IssuedToken key = await KeyAsync("archive", "compute");
        IssuedToken lone = await KeyAsync();
        IssuedToken bound = (await _zone.Tokens.CreateAsync(_ada, new TokenRequest { Site = "archive" }, Ct)).Value;
        string[] asked = [await TokenAtAsync(_compute, key), key.Token.Id, lone.Token.Id, bound.Token.Id, "0000000000000000", "", "x"];

        Result<IssuedSigningKeys> issued = await _zone.Services.SigningKeyIssuer.IssueAsync(_archive.Id, asked, Ct);

        Assert.Empty(issued.Value.Keys);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("disabled")]
    [InlineData("removed")]
    public async Task A_key_that_has_ended_gives_no_more_signing_keys(string how)
    {
        IssuedToken key = await KeyAsync("archive");
        string token = await TokenAtAsync(_archive, key);
        Caller admin = await _zone.AdminAsync();

        switch (how)
        {
            case "revoked":
                Assert.True((await _zone.Tokens.RevokeAsync(_ada, key.Token.Id, Ct)).IsOk);
                break;
            case "expired":
                _zone.Time.Advance(TimeSpan.FromDays(30));
                break;
            case "disabled":
                await _zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Disabled = true }, Ct);
                break;
            default:
                Assert.True((await _zone.Services.Sites.RemoveAsync(admin, "archive", isForced: true, Ct)).IsOk);
                break;
        }

        Result<IssuedSigningKeys> issued = await _zone.Services.SigningKeyIssuer.IssueAsync(_archive.Id, [token], Ct);
        Assert.Empty(issued.IsOk ? issued.Value.Keys : []);
    }

    [Fact]
    public async Task A_withdrawn_portal_ends_logins_in_browsers_and_no_key()
    {
        IssuedToken key = await KeyAsync("archive");
        Caller admin = await _zone.AdminAsync();

        Assert.True((await _zone.Services.SiteLoginAuthorizer.SetPortalAsync(admin, "archive", new SitePortal("https://a.example.org", null), null, Ct)).IsOk);
        Assert.True((await _zone.Services.SiteLoginAuthorizer.SetPortalAsync(admin, "archive", null, null, Ct)).IsOk);

        Assert.Single((await IssueAsync(_archive, key)).Keys);
    }

    [Fact]
    public async Task A_region_is_never_given_again_and_none_is_what_clients_or_the_zone_use_themselves()
    {
        Caller admin = await _zone.AdminAsync();
        Assert.True((await _zone.Services.Sites.RemoveAsync(admin, "archive", isForced: true, Ct)).IsOk);

        SiteRecord again = await JoinAsync("archive", "another key");
        SiteRecord number = await JoinAsync("42");
        SiteRecord usual = await JoinAsync("us-east-1");

        Assert.Equal("archive", _archive.Region);
        Assert.Equal("archive-" + again.Id, again.Region);
        Assert.Equal("42-" + number.Id, number.Region);
        Assert.Equal("us-east-1-" + usual.Id, usual.Region);
    }

    [Fact]
    public async Task A_zone_that_was_restored_gives_no_plain_names_as_regions_because_it_may_have_forgotten_sites()
    {
        await _zone.Services.BeginIncarnationAsync(Ct);

        SiteRecord later = await JoinAsync("later");

        Assert.Equal("later-" + later.Id, later.Region);
    }

    [Fact]
    public async Task A_zone_does_not_start_with_the_region_of_a_former_site_as_its_own()
    {
        Assert.True((await _zone.Services.Sites.RemoveAsync(await _zone.AdminAsync(), "archive", isForced: true, Ct)).IsOk);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _zone.ReopenAsync(TestZone.Quick with { S3Region = "archive" }));

        Assert.Contains("'s3.region' is 'archive'", refused.Message, StringComparison.Ordinal);
        await _zone.ReopenAsync();
    }

    [Fact]
    public async Task A_key_names_its_sites_when_it_is_made_and_has_no_roles_there()
    {
        Caller admin = await _zone.AdminAsync();
        IssuedToken all = (await _zone.Tokens.CreateAsync(
            admin, new TokenRequest { S3 = true, Sites = ["all"], Scopes = TokenScopes.Read | TokenScopes.Admin }, Ct)).Value;

        Assert.Equal(["archive", "compute"], all.Sites.Select(site => site.Name));
        Assert.Equal(
            new[] { _archive.Id, _compute.Id }.Order().Select(id => $"read opens:{id} site:{id}"),
            (await _zone.Services.Feed.ReadAsync(_archive.Id, null, Ct))!.Items.Where(ZoneFeed.IsOfS3Keys)
                .Select(item => FeedTable.Column(item, "scope")!).Order());
        Assert.Equal("not-found", await ErrorAsync(new TokenRequest { S3 = true, Sites = ["nowhere"] }));
        Assert.Equal("bad-request", await ErrorAsync(new TokenRequest { Sites = ["archive"] }));
        Assert.Equal("bad-request", await ErrorAsync(new TokenRequest { S3 = true, Site = "archive" }));

        async Task<string?> ErrorAsync(TokenRequest request) => (await _zone.Tokens.CreateAsync(_ada, request, Ct)).Error?.Code.Name;
    }

    [Fact]
    public async Task A_site_keeps_signing_keys_over_a_restart_in_a_file_for_its_owner_alone_and_forgets_them_with_the_key()
    {
        IssuedToken key = await KeyAsync("archive");
        await FollowAsync();
        string token = Assert.Single(await Kept.FindLackingAsync(Ct));
        Kept.Take("archive", (await IssueAsync(_archive, key)).Keys);

        await _site.ReopenAsync();

        string today = DerivedKey.Format(Kept.Today());
        Assert.Equal(("archive", token), (Kept.Region, Kept.FindToken(key.Token.Id)));
        Assert.Equal(SigV4.SigningKey(key.Secret.Reveal(), today, "archive", "s3"), Kept.Find(token, today).ToArray());
        Assert.Empty(await Kept.FindLackingAsync(Ct));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }

        await _zone.Tokens.RevokeAsync(_ada, key.Token.Id, Ct);
        await FollowAsync();
        Assert.Empty(await Kept.FindLackingAsync(Ct));
        Assert.Null(Kept.FindToken(key.Token.Id));
        Assert.DoesNotContain(token, await File.ReadAllTextAsync(KeyFile, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_new_day_a_site_lacks_the_newest_keys_and_drops_the_oldest()
    {
        IssuedToken key = await KeyAsync("archive");
        await FollowAsync();
        Kept.Take("archive", (await IssueAsync(_archive, key)).Keys);
        string token = await TokenAtAsync(_archive, key);
        string oldest = DerivedKey.Format(Kept.Today().AddDays(-7));

        _zone.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal([token], await Kept.FindLackingAsync(Ct));
        Assert.True(Kept.Find(token, oldest).IsEmpty);
        Assert.False(Kept.Find(token, DerivedKey.Format(Kept.Today())).IsEmpty);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("hutch-signing-keys-1 0000000000000000 archive\n")]
    [InlineData("hutch-signing-keys-1 SITE archive\nx y 20260101 AAAA\n")]
    public async Task A_file_that_is_damaged_or_of_another_site_is_ignored(string text)
    {
        await File.WriteAllTextAsync(KeyFile, text.Replace("SITE", _archive.Id, StringComparison.Ordinal), Ct);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await _site.ReopenAsync();

        Assert.Null(Kept.Region);
    }

    [Fact]
    public async Task A_file_that_others_may_read_stops_the_start_with_advice()
    {
        await File.WriteAllTextAsync(KeyFile, $"hutch-signing-keys-1 {_archive.Id} archive\n", Ct);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => _site.ReopenAsync());

        Assert.Contains("revoke the S3 keys that open this site", refused.Message, StringComparison.Ordinal);
        File.Delete(KeyFile);
        await _site.ReopenAsync();
    }

    private async Task<IssuedToken> KeyAsync(params string[] sites) => (await _zone.Tokens.CreateAsync(
        _ada, new TokenRequest { S3 = true, Sites = sites, Life = TimeSpan.FromDays(20) }, Ct)).Value;

    private async Task<IssuedSigningKeys> IssueAsync(SiteRecord site, IssuedToken key) =>
        (await _zone.Services.SigningKeyIssuer.IssueAsync(site.Id, [await TokenAtAsync(site, key)], Ct)).Value;

    /// <summary>The token that the zone made of a key for a site.</summary>
    private async Task<string> TokenAtAsync(SiteRecord site, IssuedToken key)
    {
        FeedItem[] all = [.. (await _zone.Services.Feed.ReadAsync(site.Id, null, Ct))!.Items.Where(ZoneFeed.IsOfS3Keys)];
        Assert.NotNull(key.AccessKey);
        return Assert.Single(
            all, item => TokenScope.Parse(FeedTable.Column(item, "scope")!).Value.Site == site.Id).Key;
    }

    private async Task FollowAsync()
    {
        FeedBatch batch = (await _zone.Services.Feed.ReadAsync(_archive.Id, null, Ct))!;
        FeedPosition? from = await _site.Services.View.PositionAsync(Ct);
        Assert.True((await _site.Services.View.ApplyAsync(batch.Items, isWhole: true, from, batch.To, Ct)).IsOk);
    }

    private async Task<SiteRecord> JoinAsync(string name, string? key = null)
    {
        IssuedSiteInvite invite = (await _zone.Services.Sites.InviteAsync(
            await _zone.AdminAsync(), new SiteInvitation(name, SiteLabels.Empty, null, null), "facility", Ct)).Value;
        return (await _zone.Services.Sites.JoinAsync(
            invite.Secret.Reveal(), BlobHash.Compute(System.Text.Encoding.ASCII.GetBytes(key ?? name)), Ct)).Value;
    }
}
