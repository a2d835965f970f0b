using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hutch.Catalog.Postgres;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.Tests.Accounts;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Zone.Tests.Peers;

/// <summary>Two servers share a zone: what one does counts at the other, and what only one may do is done once.</summary>
public sealed class TwoServersTests(PostgresServer server)
{
    private const string Password = "correct horse battery";

    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_one_revokes_is_refused_by_the_next_request_to_the_other()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        for (int round = 0; round < 10; round++)
        {
            string token = await one.UserTokenAsync($"ada{round}");
            Caller ada = await two.LogInAsync(token);
            Assert.True((await two.TryLogInAsync(token)).IsOk);

            Assert.True((await one.Tokens.RevokeAsync(ada, ada.CredentialId!, Ct)).IsOk);

            Assert.Equal(ErrorCode.Unauthenticated, (await two.TryLogInAsync(token)).Error?.Code);
            Assert.False((await two.Services.Authenticator.RefreshAsync(ada, Ct)).IsOk);
        }
    }

    [Fact]
    public async Task A_right_that_one_gives_or_takes_counts_for_the_next_question_to_the_other()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        Caller ada = await one.UserAsync("ada");
        Caller bob = await one.UserAsync("bob");
        NameRecord data = await one.DatasetAsync(ada, "data");
        for (int round = 0; round < 10; round++)
        {
            await one.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, null, Ct);
            Assert.True((await two.MayAsync(bob, data, Operation.EntryRead)).IsOk);
            await one.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "bob", Ct);
            Assert.False((await two.MayAsync(bob, data, Operation.EntryRead)).IsOk);
        }
    }

    [Fact]
    public async Task A_session_that_is_used_at_one_does_not_rest_at_the_other()
    {
        ZoneOptions options = TestZone.Quick with { Accounts = new AccountOptions { HashIterations = 10, SessionIdleMinutes = 60, SessionHours = 24 } };
        await using TestZone one = await OpenAsync(options);
        await using TestZone two = await one.OpenOtherServerAsync(options);
        StartedSession session = await one.OpenSessionAsync("admin");
        Assert.True((await two.UseAsync(session)).IsOk);

        for (int i = 0; i < 4; i++)
        {
            one.Time.Advance(TimeSpan.FromMinutes(40));
            Assert.True((await one.UseAsync(session)).IsOk);
            await one.Services.Authenticator.FlushLastUsesAsync(Ct);
        }

        Assert.True((await two.UseAsync(session)).IsOk);
        one.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.False((await two.UseAsync(session)).IsOk);
    }

    [Fact]
    public async Task A_key_for_S3_that_one_makes_signs_at_the_other()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        IssuedToken key = (await one.Tokens.CreateAsync(await one.AdminAsync(), new TokenRequest { S3 = true }, Ct)).Value;

        Assert.Equal("admin", (await two.SignAsync(key.Token.Id, key.Secret.Reveal())).Value.Caller.Name);
        Assert.False((await two.SignAsync(key.Token.Id, "wrong")).IsOk);
        Assert.False(File.Exists(Path.Combine(one.Folder, S3Keys.FileName)));
    }

    [Fact]
    public async Task The_key_of_a_folder_goes_into_the_zone_at_the_first_start_and_stays()
    {
        string key = new('7', 64);
        await using TestZone one = await OpenAsync(
            prepare: folder => File.WriteAllText(Path.Combine(folder, S3Keys.FileName), key + "\n"));
        await using TestZone two = await one.OpenOtherServerAsync();
        IssuedToken made = (await two.Tokens.CreateAsync(
            await two.LogInAsync(one.AdminToken), new TokenRequest { S3 = true }, Ct)).Value;
        await one.ReopenAsync();

        Assert.False(File.Exists(Path.Combine(one.Folder, S3Keys.FileName)));
        Assert.True((await one.SignAsync(made.Token.Id, made.Secret.Reveal())).IsOk);
        byte[] follows = HMACSHA256.HashData(Convert.FromHexString(key), Encoding.ASCII.GetBytes($"hutch-s3-key\n{made.Token.Id}\n1"));
        Assert.Equal(Base64Url.EncodeToString(follows), made.Secret.Reveal());
    }

    [Fact]
    public async Task Failed_attempts_at_one_count_at_the_other_and_a_new_one_knows_them()
    {
        ZoneOptions options = TestZone.Quick with { Attempts = new AttemptLimits { TokenBurst = 20, TokenRefillSeconds = 10 } };
        await using TestZone one = await OpenAsync(options);
        await using TestZone two = await one.OpenOtherServerAsync(options);
        string token = await one.UserTokenAsync("ada");
        string wrong = token[..^43] + Credential.Issue(CredentialKind.Token).Secret.Reveal()[^43..];
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(ErrorCode.Unauthenticated, (await one.TryLogInAsync(wrong, Address(i))).Error?.Code);
            Assert.Equal(ErrorCode.Unauthenticated, (await two.TryLogInAsync(wrong, Address(100 + i))).Error?.Code);
        }

        await one.Services.Attempts!.ExchangeAsync(Ct);
        await two.Services.Attempts!.ExchangeAsync(Ct);
        await one.Services.Attempts.ExchangeAsync(Ct);
        await using TestZone three = await one.OpenOtherServerAsync(options);
        await three.Services.Attempts!.ExchangeAsync(Ct);

        foreach (TestZone zone in (TestZone[])[one, two, three])
        {
            Assert.Equal(ErrorCode.TooManyRequests, (await zone.TryLogInAsync(wrong, Address(200))).Error?.Code);
        }

        one.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ErrorCode.Unauthenticated, (await three.TryLogInAsync(wrong, Address(201))).Error?.Code);
    }

    [Fact]
    public async Task A_recent_successful_login_at_one_server_prevents_a_lockout_at_another_by_failures_elsewhere()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        Caller caller = (await one.UseAsync(await one.OpenSessionAsync("admin"))).Value;
        Assert.True((await one.Services.Logins.SetPasswordAsync(caller, null, Password, From, Ct)).IsOk);
        Assert.True((await one.Services.Logins.LogInAsync("admin", Password, From, Ct)).IsOk);
        for (int i = 0; i < 120; i++)
        {
            await two.Services.Logins.LogInAsync("admin", "wrong", new LoginOrigin(Address(i), null), Ct);
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await two.Services.Logins.LogInAsync("admin", Password, From, Ct)).Error?.Code);
        await KeepUpAsync(one);
        await KeepUpAsync(two);

        Assert.True((await two.Services.Logins.LogInAsync("admin", Password, From, Ct)).IsOk);
    }

    [Fact]
    public async Task Each_mail_is_sent_by_one_of_them()
    {
        var post = new Post();
        ZoneOptions options = TestZone.Quick with
        {
            Mail = new MailOptions { Host = "localhost", From = "hutch@example.org" },
            MailTransport = post,
            PublicUrl = new Uri("https://hutch.example.org"),
        };
        await using TestZone one = await OpenAsync(options);
        await using TestZone two = await one.OpenOtherServerAsync(options);
        Caller admin = await one.AdminAsync();
        const int Mails = 20;
        for (int i = 0; i < Mails; i++)
        {
            _ = (await one.Accounts.CreateUserAsync(admin, $"u{i}", null, $"u{i}@example.org", [], Ct)).Value;
            Assert.True((await one.Services.LoginLinks.RequestLinkAsync($"u{i}", new LoginOrigin(Address(i), null), Ct)).IsOk);
        }

        int[] sent = await Task.WhenAll(
            new[] { one, two, one, two }.Select(zone => Task.Run(() => zone.Services.MailSender.SendDueAsync(Ct))));

        Assert.Equal(Mails, sent.Sum());
        Assert.Equal(Mails, post.Taken.Select(mail => mail.To).Distinct().Count());
        Assert.Equal(Mails, post.Taken.Count);
    }

    [Fact]
    public async Task A_mail_that_a_server_took_and_never_sent_is_sent_by_another_one_later()
    {
        var post = new Post();
        ZoneOptions options = TestZone.Quick with
        {
            Mail = new MailOptions { Host = "localhost", From = "hutch@example.org" },
            MailTransport = post,
            PublicUrl = new Uri("https://hutch.example.org"),
        };
        var stuckPost = new Post { IsStuck = true };
        await using TestZone one = await OpenAsync(options with { MailTransport = stuckPost });
        await using TestZone two = await one.OpenOtherServerAsync(options);
        _ = (await one.Accounts.CreateUserAsync(await one.AdminAsync(), "ada", null, "ada@example.org", [], Ct)).Value;
        Assert.True((await one.Services.LoginLinks.RequestLinkAsync("ada", From, Ct)).IsOk);
        using var gone = new CancellationTokenSource();
        Task<int> stuck = one.Services.MailSender.SendDueAsync(gone.Token);
        while (stuckPost.Taken.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), Ct);
        }

        Assert.Equal(0, await two.Services.MailSender.SendDueAsync(Ct));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);

        one.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(1, await two.Services.MailSender.SendDueAsync(Ct));
    }

    [Fact]
    public async Task A_one_time_link_is_redeemed_at_one_of_them_only()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        Caller admin = await one.AdminAsync();
        for (int round = 0; round < 10; round++)
        {
            string code = (await one.Services.LoginLinks.CreateLinkAsync(admin, "admin", Ct)).Value.Code.Reveal();

            Result<StartedSession>[] redeemed = await Task.WhenAll(
                new[] { one, two }.Select(zone => Task.Run(() => zone.Services.LoginLinks.RedeemAsync(code, From, Ct).AsTask())));

            Assert.Single(redeemed, answer => answer.IsOk);
        }
    }

    [Fact]
    public async Task A_name_whose_dataset_one_may_be_making_is_not_freed_by_the_other_until_later()
    {
        await using TestZone one = await OpenAsync();
        await using TestZone two = await one.OpenOtherServerAsync();
        NameRecord name = await one.DatasetAsync(await one.AdminAsync(), "data");

        Assert.False(await two.Services.Names.ReleaseUnusedAsync(name.Dataset, Ct));
        one.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await two.Services.Names.ReleaseUnusedAsync(name.Dataset, Ct));

        Assert.DoesNotContain(await one.Services.Names.ListAllAsync(null, 10, Ct), left => left.Dataset == name.Dataset);
    }

    [Fact]
    public async Task Of_servers_that_start_first_at_the_same_time_one_makes_the_administrator_and_all_know_the_same()
    {
        TestZone[] all = await TestZone.OpenServersAsync(4, await server.CreateDatabaseAsync(Ct));

        TestZone first = Assert.Single(all, zone => zone.Services.FirstStartTokenPath is not null);
        foreach (TestZone zone in all)
        {
            Assert.Equal(first.Services.Id, zone.Services.Id);
            Assert.Equal("admin", (await zone.LogInAsync(first.AdminToken)).Name);
        }

        foreach (TestZone zone in all)
        {
            await zone.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_lost_its_turn_to_one_that_made_the_administrator_keeps_no_token_that_is_none()
    {
        string database = await server.CreateDatabaseAsync(Ct);
        PostgresAddress address = PostgresAddress.Parse(database).Value;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-zone-");
        TestZone? first = null;
        var disk = new OvertakenDisk(async () =>
        {
            await EndTurnsAsync(address);
            first = await TestZone.OpenAsync(database: database);
        });

        await using (ZoneServices late = await ZoneServices.OpenAsync(
            disk, folder.FullName, TestZone.Quick with { Postgres = new PostgresDatabase(address, PostgresPassword.From(null)) }, new ManualTime(),
            NullLoggerFactory.Instance, static () => { }, Ct))
        {
            Assert.Null(late.FirstStartTokenPath);
            Assert.False(File.Exists(Path.Combine(folder.FullName, AdminAccount.TokenFileName)));
            Assert.Equal("admin", (await late.Authenticator.AuthenticateAsync(first!.AdminToken, null, Ct)).Value.Name);
        }

        await first.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>As the database does with a server that stands still in the middle of a change.</summary>
    private static async Task EndTurnsAsync(PostgresAddress address)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host={address.Host};Port={address.Port};Username={address.User};Database={address.Database};Pooling=false");
        await using NpgsqlCommand end = source.CreateCommand(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
        await end.ExecuteScalarAsync(Ct);
    }

    /// <summary>While the file with the token is written the first time, something else happens.</summary>
    private sealed class OvertakenDisk(Func<Task> meanwhile) : WrappedDisk(LocalDisk.Instance)
    {
        private bool _isOvertaken;

        public override IDiskFile Open(string path, DiskAccess access)
        {
            if (!_isOvertaken && path.Contains(AdminAccount.TokenFileName, StringComparison.Ordinal))
            {
                _isOvertaken = true;
                Task.Run(meanwhile).GetAwaiter().GetResult();
            }

            return base.Open(path, access);
        }
    }

    /// <summary>The upkeep works once at its beginning, and once more at its end.</summary>
    private static async Task KeepUpAsync(TestZone zone)
    {
        using var end = new CancellationTokenSource();
        Task working = zone.Services.Upkeep.RunAsync(end.Token);
        await end.CancelAsync();
        await working;
    }

    private sealed class Post : IMailTransport
    {
        public ConcurrentBag<OutgoingMail> Taken { get; } = [];

        public bool IsStuck { get; init; }

        public Task SendAsync(OutgoingMail mail, CancellationToken ct)
        {
            Taken.Add(mail);
            return IsStuck ? Task.Delay(Timeout.InfiniteTimeSpan, ct) : Task.CompletedTask;
        }
    }

    private async Task<TestZone> OpenAsync(ZoneOptions? options = null, Action<string>? prepare = null) =>
        await TestZone.OpenAsync(options, null, await server.CreateDatabaseAsync(Ct), prepare);

    private static IPAddress Address(int number) => new([10, 0, 0, (byte)number]);
}
