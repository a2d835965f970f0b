using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Names;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedSessionTests() : SessionTests(null);

public abstract class SessionTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_idle_session_ends_and_an_active_one_lasts_until_its_maximum_age()
    {
        await using TestZone zone = await OpenAsync(With(new AccountOptions { HashIterations = 10, SessionIdleMinutes = 60, SessionHours = 24 }));
        StartedSession used = await zone.OpenSessionAsync("admin");
        StartedSession resting = await zone.OpenSessionAsync("admin");

        for (int i = 0; i < 40; i++)
        {
            zone.Time.Advance(TimeSpan.FromMinutes(35));
            Assert.True((await zone.UseAsync(used)).IsOk);
        }

        Result<Caller> rested = await zone.UseAsync(resting);
        Assert.Contains("after 1 h without use", rested.Error?.Message, StringComparison.Ordinal);
        zone.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Contains("expired", (await zone.UseAsync(used)).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_use_of_a_session_survives_a_restart()
    {
        await using TestZone zone = await OpenAsync();
        StartedSession session = await zone.OpenSessionAsync("admin");
        zone.Time.Advance(TimeSpan.FromHours(20));
        Caller caller = (await zone.UseAsync(session)).Value;

        await zone.ReopenAsync();

        zone.Time.Advance(TimeSpan.FromHours(20));
        SessionRecord record = Assert.Single((await zone.Services.Logins.ListSessionsAsync(caller, Ct)).Value);
        Assert.Equal(zone.Time.GetUtcNow() - TimeSpan.FromHours(20), record.LastUsedAt);
        Assert.True((await zone.UseAsync(session)).IsOk);
    }

    [Fact]
    public async Task One_session_too_many_ends_the_oldest()
    {
        await using TestZone zone = await OpenAsync(With(new AccountOptions { HashIterations = 10, MaxSessionsPerUser = 2 }));
        StartedSession first = await zone.OpenSessionAsync("admin");
        zone.Time.Advance(TimeSpan.FromMinutes(1));
        StartedSession second = await zone.OpenSessionAsync("admin");
        zone.Time.Advance(TimeSpan.FromMinutes(1));

        StartedSession third = await zone.OpenSessionAsync("admin");

        Assert.False((await zone.UseAsync(first)).IsOk);
        Assert.True((await zone.UseAsync(second)).IsOk);
        Assert.True((await zone.UseAsync(third)).IsOk);
    }

    [Fact]
    public async Task A_one_time_link_ends_with_its_time_and_is_used_once_even_by_many_at_once()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        string late = (await zone.Services.LoginLinks.CreateLinkAsync(admin, "admin", Ct)).Value.Code.Reveal();
        zone.Time.Advance(TimeSpan.FromHours(72));
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.Services.LoginLinks.RedeemAsync(late, From, Ct)).Error?.Code);
        string code = (await zone.Services.LoginLinks.CreateLinkAsync(admin, "admin", Ct)).Value.Code.Reveal();

        Result<StartedSession>[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => zone.Services.LoginLinks.RedeemAsync(code, From, Ct).AsTask(), Ct)));

        Assert.Single(all, result => result.IsOk);
    }

    [Fact]
    public async Task A_share_session_ends_with_its_link()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        IssuedLink link = (await zone.Services.Sharing.CreateLinkAsync(admin, dataset.Dataset, Rights.Read, TimeSpan.FromHours(2), Ct)).Value;

        StartedSession session = (await zone.Services.Logins.OpenShareAsync(link.Secret.Reveal(), From, Ct)).Value;

        Assert.Equal(link.Link.ExpiresAt, session.Session.ExpiresAt);
        Assert.True((await zone.MayAsync((await zone.UseAsync(session)).Value, dataset, Operation.EntryRead)).IsOk);
        zone.Time.Advance(TimeSpan.FromHours(2));
        Assert.False((await zone.UseAsync(session)).IsOk);
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.Services.Logins.OpenShareAsync(link.Secret.Reveal(), From, Ct)).Error?.Code);
    }

    [Fact]
    public async Task An_embargo_ends_by_the_clock_at_the_next_question()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        DateTimeOffset from = zone.Time.GetUtcNow() + TimeSpan.FromDays(30);
        Assert.True((await zone.Services.Sharing.SetVisibilityAsync(admin, dataset.Dataset, Visibility.PublicAfter(from), Ct)).IsOk);

        Assert.False((await zone.MayAsync(Caller.Anonymous, dataset, Operation.EntryRead)).IsOk);
        zone.Time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromTicks(1));
        Assert.False((await zone.MayAsync(Caller.Anonymous, dataset, Operation.EntryRead)).IsOk);
        zone.Time.Advance(TimeSpan.FromTicks(1));

        Assert.True((await zone.MayAsync(Caller.Anonymous, dataset, Operation.EntryRead)).IsOk);
        var filter = new VisibleNamesFilter { IncludePublic = true };
        Assert.Single((await zone.Services.Names.ListAsync(Caller.Anonymous, filter, Ct)).Value);
    }

    [Fact]
    public async Task Waiting_for_the_end_of_a_session_completes_only_when_that_session_ends()
    {
        await using TestZone zone = await OpenAsync();
        StartedSession session = await zone.OpenSessionAsync("admin");
        Caller caller = (await zone.UseAsync(session)).Value;
        Task waiting = zone.Services.Authenticator.WaitForEndAsync(caller, Ct);

        await zone.UserAsync("ada");
        Assert.False(waiting.IsCompleted);
        Assert.True((await zone.Services.Logins.EndSessionAsync(caller, session.Session.Id, Ct)).IsOk);

        while (!waiting.IsCompleted)
        {
            await Task.Yield();
            zone.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        await waiting;
    }

    [Fact]
    public async Task Passwords_are_compared_as_they_are_read_whatever_the_keyboard_made()
    {
        await using TestZone zone = await OpenAsync();
        Caller caller = (await zone.UseAsync(await zone.OpenSessionAsync("admin"))).Value;

        Assert.True((await zone.Services.Logins.SetPasswordAsync(caller, null, "cafe\u0301 au lait, \u00fcber alles", From, Ct)).IsOk);

        Assert.True((await zone.Services.Logins.LogInAsync("admin", "caf\u00e9 au lait, u\u0308ber alles", From, Ct)).IsOk);
        Assert.False((await zone.Services.Logins.LogInAsync("admin", "cafe au lait, uber alles", From, Ct)).IsOk);
    }

    [Fact]
    public async Task A_password_is_hashed_anew_when_the_hash_is_made_stronger()
    {
        await using TestZone zone = await OpenAsync();
        Caller caller = (await zone.UseAsync(await zone.OpenSessionAsync("admin"))).Value;
        Assert.True((await zone.Services.Logins.SetPasswordAsync(caller, null, "correct horse battery", From, Ct)).IsOk);
        await zone.ReopenAsync(With(new AccountOptions { HashIterations = 5000 }));
        Assert.True((await zone.Services.Logins.LogInAsync("admin", "correct horse battery", From, Ct)).IsOk);
        await zone.Services.DisposeAsync();

        string database = await zone.ReadEverythingAsync();

        // The head of the platform's third format: HMAC-SHA-512, then the iterations, big-endian.
        Assert.Contains(Convert.ToBase64String([1, 0, 0, 0, 2, 0, 0, 0x13, 0x88])[..12], database, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_logins_elsewhere_do_not_lock_out_an_address_with_a_recent_successful_login()
    {
        await using TestZone zone = await OpenAsync();
        LoginService logins = zone.Services.Logins;
        Caller caller = (await zone.UseAsync(await zone.OpenSessionAsync("admin"))).Value;
        const string Password = "correct horse battery";
        Assert.True((await logins.SetPasswordAsync(caller, null, Password, From, Ct)).IsOk);
        Assert.True((await logins.LogInAsync("admin", Password, From, Ct)).IsOk);

        for (int i = 0; i < 200; i++)
        {
            var elsewhere = new LoginOrigin(new System.Net.IPAddress([10, 0, (byte)(i / 100), (byte)(i % 100)]), null);
            await logins.LogInAsync("admin", "wrong", elsewhere, Ct);
        }

        var stranger = new LoginOrigin(System.Net.IPAddress.Parse("198.51.100.7"), null);
        Assert.Equal(ErrorCode.TooManyRequests, (await logins.LogInAsync("admin", Password, stranger, Ct)).Error?.Code);
        Assert.True((await logins.LogInAsync("admin", Password, From, Ct)).IsOk);
    }

    [Fact]
    public async Task No_secret_is_in_the_database_or_the_audit()
    {
        await using TestZone zone = await OpenAsync();
        LoginService logins = zone.Services.Logins;
        string code = (await zone.Services.LoginLinks.CreateLinkAsync(await zone.AdminAsync(), "admin", Ct)).Value.Code.Reveal();
        StartedSession session = (await zone.Services.LoginLinks.RedeemAsync(code, From, Ct)).Value;
        Caller caller = (await zone.UseAsync(session)).Value;
        Assert.True((await logins.SetPasswordAsync(caller, null, "correct horse battery", From, Ct)).IsOk);
        string audit = string.Join('\n', await zone.AuditAsync());
        await zone.Services.DisposeAsync();

        string database = await zone.ReadEverythingAsync();

        foreach (string secret in (string[])[code[^43..], session.Secret.Reveal()[^43..], "correct horse"])
        {
            Assert.DoesNotContain(secret, audit, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, database, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hutch", session.Secret.ToString(), StringComparison.Ordinal);
    }

    private static ZoneOptions With(AccountOptions accounts) => TestZone.Quick with { Accounts = accounts };
}
