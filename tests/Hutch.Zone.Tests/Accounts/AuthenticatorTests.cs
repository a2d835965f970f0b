using System.Net;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>; there, nothing is asked that is known.</summary>
public sealed class EmbeddedAuthenticatorTests() : AuthenticatorTests(null)
{
    [Fact]
    public async Task A_repeated_token_needs_no_database()
    {
        await using TestZone zone = await OpenAsync();
        string token = zone.AdminToken;
        Caller admin = await zone.LogInAsync(token);
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        await zone.LogInAsync(token);
        await zone.MayAsync(admin, dataset, Operation.EntryRead);

        await zone.Services.DisposeAsync();

        Assert.Equal("admin", (await zone.LogInAsync(token)).Name);
        Assert.True((await zone.MayAsync(admin, dataset, Operation.EntryWrite)).IsOk);
    }
}

public abstract class AuthenticatorTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("198.51.100.9");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_without_a_token_is_anonymous()
    {
        await using TestZone zone = await OpenAsync();

        Assert.Equal(CallerKind.Anonymous, (await zone.LogInAsync(null)).Kind);
        Assert.Equal(CallerKind.Anonymous, (await zone.LogInAsync("")).Kind);
    }

    [Fact]
    public async Task A_malformed_token_is_refused_with_the_expected_format()
    {
        await using TestZone zone = await OpenAsync();

        HutchError? error = (await zone.TryLogInAsync("my password")).Error;

        Assert.Equal(ErrorCode.Unauthenticated, error?.Code);
        Assert.Equal("This is not a Hutch token, which looks like hutch_ZONE_ID_SECRET. Copy the whole token and nothing else.", error!.Message);
    }

    [Fact]
    public async Task An_unknown_token_and_a_wrong_secret_get_the_same_answer()
    {
        await using TestZone zone = await OpenAsync();
        string unknown = Credential.Issue(CredentialKind.Token).Secret.Reveal();

        HutchError? first = (await zone.TryLogInAsync(unknown)).Error;
        HutchError? second = (await zone.TryLogInAsync(WithAnotherSecret(zone.AdminToken))).Error;

        Assert.Equal(ErrorCode.Unauthenticated, first?.Code);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_token_names_its_zone_and_another_zone_says_that_it_is_another()
    {
        await using TestZone zone = await OpenAsync();
        await using TestZone other = await OpenAsync();
        string link = (await other.Services.Sharing.CreateLinkAsync(
            await other.AdminAsync(), (await other.DatasetAsync(await other.AdminAsync(), "data")).Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();

        Assert.NotEqual(zone.Services.Id, other.Services.Id);
        foreach (string token in (string[])[other.AdminToken, await other.UserTokenAsync("ada"), link])
        {
            Assert.Equal(other.Services.Id, TokenText.ZoneOf(token).ToString());
            HutchError? error = (await zone.TryLogInAsync(token)).Error;
            Assert.Equal(ErrorCode.Unauthenticated, error?.Code);
            Assert.StartsWith($"This token belongs to another Hutch installation (zone {other.Services.Id}); this one is zone {zone.Services.Id}.", error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_from_before_zones_had_ids_is_good_and_the_zone_keeps_its_id()
    {
        await using TestZone zone = await OpenAsync();
        string id = zone.Services.Id;
        string older = zone.AdminToken.Replace(id + "_", "", StringComparison.Ordinal);

        Assert.Equal("admin", (await zone.LogInAsync(older)).Name);
        await zone.ReopenAsync();
        Assert.Equal(id, zone.Services.Id);
        Assert.Equal("admin", (await zone.LogInAsync(older)).Name);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_by_the_next_request()
    {
        await using TestZone zone = await OpenAsync();
        string token = await zone.UserTokenAsync("ada");
        Caller ada = await zone.LogInAsync(token);

        Assert.True((await zone.Tokens.RevokeAsync(ada, ada.CredentialId!, Ct)).IsOk);

        HutchError? error = (await zone.TryLogInAsync(token)).Error;
        Assert.Equal(ErrorCode.Unauthenticated, error?.Code);
        Assert.Equal("This token was revoked on 2026-11-20 08:00 UTC.", error!.Message);
        Assert.False((await zone.Services.Authenticator.RefreshAsync(ada, Ct)).IsOk);
    }

    [Fact]
    public async Task A_revocation_counts_for_every_one_of_many_requests_that_come_after_it()
    {
        await using TestZone zone = await OpenAsync();
        for (int round = 0; round < 20; round++)
        {
            IPAddress address = IPAddress.Parse($"203.0.113.{round}");
            string token = await zone.UserTokenAsync($"ada{round}");
            Caller ada = await zone.LogInAsync(token, address);
            bool revoked = false;
            Task[] readers =
            [
                .. Enumerable.Range(0, 4).Select(_ => Task.Run(
                    async () =>
                    {
                        for (int i = 0; i < 200; i++)
                        {
                            bool was = Volatile.Read(ref revoked);
                            bool ok = (await zone.TryLogInAsync(token, address)).IsOk;
                            Assert.False(was && ok, "a request that began after the revocation was answered was let in");
                        }
                    },
                    Ct)),
            ];
            await zone.Tokens.RevokeAsync(ada, ada.CredentialId!, Ct);
            Volatile.Write(ref revoked, true);
            await Task.WhenAll(readers);
        }
    }

    [Fact]
    public async Task A_disabled_account_is_refused_by_the_next_request_and_taken_again_when_enabled()
    {
        await using TestZone zone = await OpenAsync();
        string token = await zone.UserTokenAsync("ada");
        Caller ada = await zone.LogInAsync(token);
        Caller admin = await zone.AdminAsync();

        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Disabled = true }, Ct);
        HutchError? error = (await zone.TryLogInAsync(token)).Error;
        Assert.Equal("The account 'ada' is disabled.", error?.Message);
        Assert.False((await zone.Services.Authenticator.ForWorkAsync(ada.UserId, TokenScope.Full, Ct)).IsOk);

        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Disabled = false }, Ct);
        Assert.Equal("ada", (await zone.LogInAsync(token)).Name);
    }

    [Fact]
    public async Task A_token_ends_at_its_time()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        string token = (await zone.Tokens.CreateAsync(admin, new TokenRequest { Life = TimeSpan.FromHours(1) }, Ct)).Value.Secret.Reveal();

        zone.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.True((await zone.TryLogInAsync(token)).IsOk);
        zone.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("This token expired on 2026-11-20 09:00 UTC.", (await zone.TryLogInAsync(token)).Error?.Message);
    }

    [Fact]
    public async Task A_change_of_groups_and_roles_is_seen_by_the_next_request()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        string token = await zone.UserTokenAsync("ada");
        Assert.Empty((await zone.LogInAsync(token)).Groups);

        await zone.Groups.CreateAsync(admin, "lab", null, Ct);
        await zone.Groups.PutMemberAsync(admin, "lab", "ada", manager: false, Ct);
        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Roles = [Role.Operator] }, Ct);

        Caller ada = await zone.LogInAsync(token);
        Assert.Equal("lab", Assert.Single(ada.Groups).GroupName);
        Assert.Equal([Role.User, Role.Operator], ada.Roles.ToList());
    }

    [Fact]
    public async Task Too_many_failures_must_wait_and_the_answer_says_how_long()
    {
        await using TestZone zone = await OpenAsync();
        string wrong = WithAnotherSecret(zone.AdminToken);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(ErrorCode.Unauthenticated, (await zone.TryLogInAsync(wrong)).Error?.Code);
        }

        HutchError? error = (await zone.TryLogInAsync(wrong)).Error;
        Assert.Equal(ErrorCode.TooManyRequests, error?.Code);
        Assert.Equal("6", error!.Details!["retryAfterSeconds"]);
    }

    [Fact]
    public async Task Texts_that_are_no_tokens_are_limited_too()
    {
        await using TestZone zone = await OpenAsync();
        for (int i = 0; i < 10; i++)
        {
            await zone.TryLogInAsync($"guess {i}");
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await zone.TryLogInAsync("guess")).Error?.Code);
    }

    [Fact]
    public async Task Failed_attempts_elsewhere_do_not_block_a_token_at_an_address_where_it_was_valid()
    {
        await using TestZone zone = await OpenAsync();
        await zone.AdminAsync();
        string wrong = WithAnotherSecret(zone.AdminToken);
        for (int i = 0; i < 300; i++)
        {
            await zone.TryLogInAsync(wrong, Elsewhere);
            await zone.TryLogInAsync(wrong, IPAddress.Parse($"203.0.113.{i % 250}"));
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await zone.TryLogInAsync(zone.AdminToken, Elsewhere)).Error?.Code);
        Assert.True((await zone.TryLogInAsync(zone.AdminToken)).IsOk);
    }

    [Fact]
    public async Task Many_wrong_tokens_from_an_address_make_wrong_ones_wait_and_never_a_right_one()
    {
        await using TestZone zone = await OpenAsync();
        string ada = await zone.UserTokenAsync("ada");
        for (int i = 0; i < 130; i++)
        {
            Assert.False((await zone.TryLogInAsync(Credential.Issue(CredentialKind.Token).Secret.Reveal())).IsOk);
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await zone.TryLogInAsync(Credential.Issue(CredentialKind.Token).Secret.Reveal())).Error?.Code);
        Assert.Equal("ada", (await zone.LogInAsync(ada)).Name);
    }

    [Fact]
    public async Task A_client_that_repeats_its_revoked_token_does_not_stop_its_neighbours_behind_the_same_address()
    {
        await using TestZone zone = await OpenAsync();
        string revoked = await zone.UserTokenAsync("ada");
        Caller ada = await zone.LogInAsync(revoked);
        await zone.Tokens.RevokeAsync(ada, ada.CredentialId!, Ct);
        string neighbour = await zone.UserTokenAsync("bob");

        for (int i = 0; i < 1000; i++)
        {
            Assert.False((await zone.TryLogInAsync(revoked)).IsOk);
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await zone.TryLogInAsync(revoked)).Error?.Code);
        Assert.Equal("bob", (await zone.LogInAsync(neighbour)).Name);
    }

    [Fact]
    public async Task A_wrong_secret_is_not_let_in_because_the_right_one_was()
    {
        await using TestZone zone = await OpenAsync();
        await zone.AdminAsync();

        Assert.Equal(ErrorCode.Unauthenticated, (await zone.TryLogInAsync(WithAnotherSecret(zone.AdminToken))).Error?.Code);
    }

    [Fact]
    public async Task A_link_is_not_a_token_and_a_token_is_not_a_link()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        string link = (await zone.Services.Sharing.CreateLinkAsync(admin, dataset.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();

        Assert.Equal(CallerKind.Link, (await zone.LogInAsync(link)).Kind);
        Assert.False((await zone.TryLogInAsync(link.Replace("hutchlink_", "hutch_", StringComparison.Ordinal))).IsOk);
        Assert.False((await zone.TryLogInAsync(zone.AdminToken.Replace("hutch_", "hutchlink_", StringComparison.Ordinal))).IsOk);
    }

    [Fact]
    public async Task The_last_use_is_noted_once_a_minute_and_survives_a_restart()
    {
        await using TestZone zone = await OpenAsync();
        await zone.AdminAsync();
        DateTimeOffset first = zone.Time.GetUtcNow();
        await zone.Services.Authenticator.FlushLastUsesAsync(Ct);
        Assert.Equal(first, await LastUseAsync(zone));

        zone.Time.Advance(TimeSpan.FromSeconds(59));
        await zone.AdminAsync();
        await zone.Services.Authenticator.FlushLastUsesAsync(Ct);
        Assert.Equal(first, await LastUseAsync(zone));

        zone.Time.Advance(TimeSpan.FromSeconds(1));
        await zone.AdminAsync();
        await zone.ReopenAsync();
        Assert.Equal(first + TimeSpan.FromMinutes(1), await LastUseAsync(zone));
    }

    [Fact]
    public async Task Noting_a_use_makes_nothing_be_asked_again()
    {
        await using TestZone zone = await OpenAsync();
        Caller before = await zone.AdminAsync();
        await zone.Services.Authenticator.FlushLastUsesAsync(Ct);

        Assert.Same(before, await zone.AdminAsync());
    }

    [Fact]
    public async Task No_secret_is_in_the_database()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        string link = (await zone.Services.Sharing.CreateLinkAsync(admin, dataset.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();
        string[] secrets = [zone.AdminToken[^43..], link[^43..]];
        await zone.Services.DisposeAsync();

        string everything = await zone.ReadEverythingAsync();
        Assert.Contains("admin", everything, StringComparison.Ordinal);
        foreach (string secret in secrets)
        {
            byte[] bytes = System.Buffers.Text.Base64Url.DecodeFromChars(secret);
            Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
            Assert.DoesNotContain(System.Text.Encoding.Latin1.GetString(bytes), everything, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(bytes), everything, StringComparison.Ordinal);
        }
    }

    private static async Task<DateTimeOffset?> LastUseAsync(TestZone zone)
    {
        Caller admin = await zone.AdminAsync();
        return Assert.Single((await zone.Tokens.ListAsync(admin, null, 10, Ct)).Value).LastUsedAt;
    }

    private static string WithAnotherSecret(string token) =>
        token[..^43] + Credential.Issue(CredentialKind.Token).Secret.Reveal()[^43..];
}
