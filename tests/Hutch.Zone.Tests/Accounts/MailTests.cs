using System.Text.RegularExpressions;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Delivery;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedMailTests() : MailTests(null);

public abstract partial class MailTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_forgotten_password_is_reset_with_the_link_in_the_mail()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        Caller admin = await WithAddressAsync(zone, "admin@example.org");

        Assert.True((await zone.Services.LoginLinks.RequestLinkAsync("admin", From, Ct)).IsOk);
        Assert.Equal(1, await zone.Services.MailSender.SendDueAsync(Ct));

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Equal(("admin@example.org", "Log in to hutch.example.org"), (mail.To, mail.Subject));
        string code = Code().Match(mail.Body).Groups[1].Value;
        Assert.True((await zone.Services.LoginLinks.RedeemAsync(code, From, Ct)).IsOk);
        MailRecord kept = Assert.Single((await zone.Services.Mailbox.ListAsync(admin, null, 100, Ct)).Value);
        Assert.Equal(MailState.Sent, kept.State);
        string shown = zone.Services.Mailbox.Read(kept).Body;
        Assert.DoesNotContain(code, shown, StringComparison.Ordinal);
        Assert.Contains("the link is only in the email", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_for_login_links_reveal_no_accounts_and_send_a_limited_number_of_mails()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        await WithAddressAsync(zone, "admin@example.org");

        for (int i = 0; i < 50; i++)
        {
            Assert.True((await zone.Services.LoginLinks.RequestLinkAsync("admin", From, Ct)).IsOk);
            Assert.True((await zone.Services.LoginLinks.RequestLinkAsync("nobody", From, Ct)).IsOk);
            Assert.True((await zone.Services.LoginLinks.RequestLinkAsync("NOT A NAME\r\n", From, Ct)).IsOk);
        }

        await zone.Services.MailSender.SendDueAsync(Ct);
        Assert.Equal(3, post.Taken.Count);
    }

    [Fact]
    public async Task A_mail_that_fails_is_tried_again_after_growing_waits_and_given_up_at_last()
    {
        var post = new FakeTransport { Failure = new IOException("The mail server is not there.\r\n" + new string('x', 100_000)) };
        await using TestZone zone = await OpenAsync(post);
        Caller admin = await WithAddressAsync(zone, "admin@example.org");
        await GrantAsync(zone, admin, "ada", "ada@example.org");
        var times = new List<double>();
        DateTimeOffset start = zone.Time.GetUtcNow();

        for (int minute = 0; minute < 73 * 60; minute++)
        {
            int before = post.Attempts;
            await zone.Services.MailSender.SendDueAsync(Ct);
            if (post.Attempts > before)
            {
                times.Add((zone.Time.GetUtcNow() - start).TotalMinutes);
            }

            zone.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 1, 2, 4, 8, 16, 32, 64, 124], times.Take(9));
        Assert.InRange(times[^1], 70 * 60, 72 * 60);
        Caller ada = await zone.LogInAsync(_adaToken);
        MailRecord kept = Assert.Single((await zone.Services.Mailbox.ListAsync(ada, null, 100, Ct)).Value);
        Assert.Equal(MailState.Failed, kept.State);
        Assert.Contains("not there", kept.Failure, StringComparison.Ordinal);
        Assert.InRange(kept.Failure!.Length, 1, 700); // the words of a mail server may be long
    }

    [Fact]
    public async Task A_mail_server_that_was_away_gets_the_mail_when_it_is_back()
    {
        var post = new FakeTransport { Failure = new IOException("away") };
        await using TestZone zone = await OpenAsync(post);
        await GrantAsync(zone, await zone.AdminAsync(), "ada", "ada@example.org");
        await zone.Services.MailSender.SendDueAsync(Ct);
        post.Failure = null;
        await zone.ReopenAsync(Options(post));

        zone.Time.Advance(TimeSpan.FromMinutes(1));
        await zone.Services.MailSender.SendDueAsync(Ct);

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Equal("admin shared admin/data with you", mail.Subject);
        Assert.Contains("https://hutch.example.org/portal/datasets/", mail.Body, StringComparison.Ordinal);
        Assert.Equal(0, await zone.Services.MailSender.SendDueAsync(Ct));
    }

    [Fact]
    public async Task An_address_that_the_server_refuses_is_not_tried_again()
    {
        var post = new FakeTransport { Failure = new MailRefusedException("There is no such mailbox.", null) };
        await using TestZone zone = await OpenAsync(post);
        await GrantAsync(zone, await zone.AdminAsync(), "ada", "ada@example.org");

        await zone.Services.MailSender.SendDueAsync(Ct);
        zone.Time.Advance(TimeSpan.FromHours(2));
        await zone.Services.MailSender.SendDueAsync(Ct);

        Assert.Equal(1, post.Attempts);
    }

    [Fact]
    public async Task A_link_that_could_not_be_sent_in_time_is_not_sent_days_later()
    {
        var post = new FakeTransport { Failure = new IOException("away") };
        await using TestZone zone = await OpenAsync(post);
        await WithAddressAsync(zone, "admin@example.org");
        await zone.Services.LoginLinks.RequestLinkAsync("admin", From, Ct);
        await zone.Services.MailSender.SendDueAsync(Ct);

        zone.Time.Advance(TimeSpan.FromHours(2));
        post.Failure = null;
        await zone.Services.MailSender.SendDueAsync(Ct);

        Assert.Empty(post.Taken);
    }

    [Fact]
    public async Task An_invite_by_mail_has_a_code_of_its_own()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        var request = new InviteRequest { Email = "guest@example.org", Note = "Look at this\u2028", MaxUses = 2 };
        string shown = (await zone.Services.Invites.CreateAsync(admin, dataset.Dataset, request with { Note = "Look" }, Ct)).Value.Code.Reveal();

        await zone.Services.MailSender.SendDueAsync(Ct);

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Equal("admin invites you to the dataset admin/data", mail.Subject);
        string mailed = Code().Match(mail.Body).Groups[1].Value;
        Assert.NotEqual(shown, mailed);
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Assert.True((await zone.Services.InviteLogins.AcceptAsync(ada, mailed, From, Ct)).IsOk);
        Assert.True((await zone.Services.InviteLogins.AcceptAsync(bob, shown, From, Ct)).IsOk);
        MailRecord kept = Assert.Single((await zone.Services.Mailbox.ListAsync(admin, null, 100, Ct)).Value);
        Assert.DoesNotContain(mailed, zone.Services.Mailbox.Read(kept).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_person_has_so_many_invites_mailed_a_day_and_any_number_without_mail()
    {
        var time = new ManualTime();
        var post = new FakeTransport();
        ZoneOptions few = Options(post) with { Accounts = new AccountOptions { HashIterations = 10, MailedInvitesPerDay = 2 } };
        await using TestZone zone = await OpenAsync(few, time);
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        async Task<ErrorCode?> InviteAsync(string? email) =>
            (await zone.Services.Invites.CreateAsync(admin, dataset.Dataset, new InviteRequest { Email = email, Right = Rights.Read }, Ct)).Error?.Code;

        Assert.Null(await InviteAsync("one@example.org"));
        Assert.Null(await InviteAsync("two@example.org"));
        Assert.Equal(ErrorCode.TooManyRequests, await InviteAsync("three@example.org"));
        Assert.Null(await InviteAsync(null));
        time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        Assert.Null(await InviteAsync("three@example.org"));
    }

    [Fact]
    public async Task Words_of_ones_own_take_the_place_of_those_in_the_program()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-mail-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "shared.txt"), "{by} teilt {dataset} mit Ihnen\r\nRecht: {right}\r\n\r\n{page}\r\n", Ct);
        MailTemplates templates = MailTemplates.Open(LocalDisk.Instance, folder);
        Directory.Delete(folder, recursive: true);
        var facts = new Dictionary<string, string> { ["by"] = "Ada", ["dataset"] = "ada/data", ["right"] = "read", ["page"] = "https://x" };

        MailText text = templates.Render(MailTemplates.Shared, facts);

        Assert.Equal(new MailText("Ada teilt ada/data mit Ihnen", "Recht: read\n\nhttps://x\n"), text);
        Assert.Equal(MailTemplates.Default.Render(MailTemplates.Invite, facts), templates.Render(MailTemplates.Invite, facts));
    }

    [Theory]
    [InlineData("invte.txt", "Subject\nBody", "unknown template; known are access-denied.txt")]
    [InlineData("shared.txt", "\nBody", "the first line is the subject")]
    [InlineData("shared.txt", "Only a subject", "a text must follow it")]
    [InlineData("shared.txt", "Subject\n{password}", "{password} is unknown in this mail; known are {by}")]
    [InlineData("login-link.txt", "Subject\nCome in, {user}", "{link} is missing")]
    public async Task Words_that_would_make_a_useless_mail_stop_the_start(string name, string text, string fault)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-mail-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, name), text, Ct);
        ZoneOptions options = Options(new FakeTransport());

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(
            () => OpenAsync(options with { Mail = new MailOptions { Host = "localhost", From = "hutch@example.org", TemplateFolder = folder } }));

        Directory.Delete(folder, recursive: true);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_says_of_a_dataset_goes_to_its_owner_and_to_the_addresses_that_it_names()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        NameRecord dataset = await zone.DatasetAsync(await WithAddressAsync(zone, "admin@example.org"), "data");
        var end = new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);

        Result<int> told = await zone.Services.Notices.NotifyOwnerAsync(
            dataset.Dataset, DatasetNotice.RetentionReminder(end, "7d"), ["Admin@example.org", "ada@example.org", "nobody"], Ct);
        await zone.Services.MailSender.SendDueAsync(Ct);

        Assert.Equal(2, told.Value);
        Assert.Equal(["admin@example.org", "ada@example.org"], post.Taken.Select(mail => mail.To).Skip(post.Taken.Count - 2));
        Assert.Equal("The files of admin/data stay at the facility until 2027-01-31 00:00", post.Taken[^1].Subject);
        Assert.EndsWith($"\n\nhttps://hutch.example.org/portal/datasets/{dataset.Dataset}\n", post.Taken[^1].Body, StringComparison.Ordinal);
        Assert.Contains(
            $"hutch dataset.notice dataset:{dataset.Dataset} retention-reminder to 2, not to 1 that are no addresses", await zone.AuditAsync());
    }

    [Fact]
    public async Task The_same_notice_about_a_dataset_is_sent_only_once_to_each_recipient()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        NameRecord other = await zone.DatasetAsync(admin, "other");
        var end = new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);

        async Task<int> TellAsync(DatasetId about, DatasetNotice notice) =>
            (await zone.Services.Notices.NotifyOwnerAsync(about, notice, ["ada@example.org"], Ct)).Value;

        Assert.Equal(2, await TellAsync(dataset.Dataset, DatasetNotice.RetentionReminder(end, "7d")));
        Assert.Equal(0, await TellAsync(dataset.Dataset, DatasetNotice.RetentionReminder(end, "7d")));
        Assert.Equal(2, await TellAsync(dataset.Dataset, DatasetNotice.RetentionReminder(end, "1d")));
        Assert.Equal(2, await TellAsync(dataset.Dataset, DatasetNotice.RetentionReminder(end.AddDays(1), "7d")));
        Assert.Equal(2, await TellAsync(dataset.Dataset, DatasetNotice.RetentionEnded(end, "Nothing was deleted.")));
        Assert.Equal(0, await TellAsync(dataset.Dataset, DatasetNotice.RetentionEnded(end, "In other words.")));
        Assert.Equal(2, await TellAsync(other.Dataset, DatasetNotice.RetentionReminder(end, "7d")));
    }

    [Fact]
    public async Task A_mail_about_a_new_dataset_has_its_page_and_an_invite()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        Caller admin = await zone.AdminAsync();
        NameRecord dataset = await zone.DatasetAsync(admin, "data");
        InviteRecord invite = (await zone.Services.Invites.CreateAsync(admin, dataset.Dataset, new InviteRequest(), Ct)).Value.Invite;

        Assert.Equal(1, (await zone.Services.Notices.NotifyAsync(dataset.Dataset, DatasetNotice.Published(invite), ["ada@example.org"], Ct)).Value);
        await zone.Services.MailSender.SendDueAsync(Ct);

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Contains($"https://hutch.example.org/portal/datasets/{dataset.Dataset}", mail.Body, StringComparison.Ordinal);
        Caller ada = await zone.UserAsync("ada");
        Assert.True((await zone.Services.InviteLogins.AcceptAsync(ada, Code().Match(mail.Body).Groups[1].Value, From, Ct)).IsOk);
    }

    [Fact]
    public async Task The_end_of_an_acquisition_is_reported_with_the_number_and_size_of_its_files()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        NameRecord dataset = await zone.DatasetAsync(await zone.AdminAsync(), "data");
        var notice = DatasetNotice.AcquisitionEnded(new DateTimeOffset(2027, 1, 31, 9, 5, 0, TimeSpan.Zero), 812, 1_230_000_000_000);

        await zone.Services.Notices.NotifyAsync(dataset.Dataset, notice, ["ada@example.org"], Ct);
        await zone.Services.MailSender.SendDueAsync(Ct);

        Assert.Contains("ended on 2027-01-31 09:05 UTC, with 812 files (1.23 TB).", Assert.Single(post.Taken).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_the_email_address_is_reported_to_the_old_address()
    {
        var post = new FakeTransport();
        await using TestZone zone = await OpenAsync(post);
        await WithAddressAsync(zone, "old@example.org");
        await WithAddressAsync(zone, "new@example.org");
        await WithAddressAsync(zone, "new@example.org");

        await zone.Services.MailSender.SendDueAsync(Ct);

        OutgoingMail mail = Assert.Single(post.Taken);
        Assert.Equal(("old@example.org", "Your email address at hutch.example.org was changed"), (mail.To, mail.Subject));
    }

    [Fact]
    public async Task Without_mail_everything_is_still_to_be_read()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await WithAddressAsync(zone, "admin@example.org");
        await GrantAsync(zone, admin, "ada", "ada@example.org");

        MailRecord kept = Assert.Single((await zone.Services.Mailbox.ListAsync(await zone.LogInAsync(_adaToken), null, 100, Ct)).Value);

        Assert.Equal(MailState.Kept, kept.State);
        Assert.Equal("admin shared admin/data with you", zone.Services.Mailbox.Read(kept).Subject);
        Assert.Empty((await zone.Services.Mailbox.ListAsync(admin, null, 100, Ct)).Value);
    }

    [Fact]
    public void What_fills_a_gap_begins_no_line_and_opens_no_gap()
    {
        MailText text = MailTemplates.Default.Render(
            MailTemplates.Shared,
            new Dictionary<string, string>
            {
                ["by"] = "Eve\r\nBcc: everybody@example.org\r\n\r\n<html>",
                ["dataset"] = "{link}{right}",
                ["right"] = "read\u0000\u2029",
                ["site"] = new string('x', 5000),
            });

        Assert.Equal("EveBcc: everybody@example.org<html> shared {link}{right} with you", text.Subject);
        Assert.DoesNotContain('\r', text.Body);
        Assert.True(text.Body.Length < 2000);
    }

    [Fact]
    public async Task Mail_needs_to_know_where_the_portal_is()
    {
        HutchException refusal = await Assert.ThrowsAsync<HutchException>(
            () => OpenAsync(Options(new FakeTransport()) with { PublicUrl = null }));

        Assert.Contains("server.publicUrl", refusal.Message, StringComparison.Ordinal);
    }

    private string _adaToken = "";

    private static ZoneOptions Options(IMailTransport post) => TestZone.Quick with
    {
        Mail = new MailOptions { Host = "localhost", From = "hutch@example.org" },
        MailTransport = post,
        PublicUrl = new Uri("https://hutch.example.org/portal"),
    };

    private Task<TestZone> OpenAsync(IMailTransport post) => OpenAsync(Options(post));

    private static async Task<Caller> WithAddressAsync(TestZone zone, string address)
    {
        Caller admin = await zone.AdminAsync();
        Assert.True((await zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Email = address, OwnerConfirmed = true }, Ct)).IsOk);
        return admin;
    }

    /// <summary>Shares a dataset with a new account, which is told of it.</summary>
    private async Task GrantAsync(TestZone zone, Caller owner, string user, string address)
    {
        CreatedAccount made = (await zone.Accounts.CreateUserAsync(owner, user, null, address, [], Ct)).Value;
        _adaToken = made.Token.Secret.Reveal();
        NameRecord dataset = await zone.DatasetAsync(owner, "data");
        Assert.True((await zone.Services.Sharing.GrantAsync(owner, dataset.Dataset, PrincipalKind.User, user, Rights.Read, null, Ct)).IsOk);
    }

    [GeneratedRegex(@"#code=(\S+)")]
    private static partial Regex Code();

    private sealed class FakeTransport : IMailTransport
    {
        public List<OutgoingMail> Taken { get; } = [];

        public Exception? Failure { get; set; }

        public int Attempts { get; private set; }

        public Task SendAsync(OutgoingMail mail, CancellationToken ct)
        {
            Attempts++;
            if (Failure is not null)
            {
                return Task.FromException(Failure);
            }

            Taken.Add(mail);
            return Task.CompletedTask;
        }
    }
}
