using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedMutedNoticeTests() : MutedNoticeTests(null);

/// <summary>People choose for each kind of notification whether it is in the bell and whether it is mailed.</summary>
public abstract class MutedNoticeTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly DateTimeOffset End = new(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_kind_that_is_not_mailed_is_in_the_bell_and_other_kinds_are_mailed()
    {
        await using TestZone zone = await OpenAsync(Mailing);
        (Caller ada, NameRecord data) = await OwnerAsync(zone);

        await ChooseAsync(zone, ada, NoticeKind.Expiry, bell: true, mail: false);
        await NotifyAsync(zone, data, DatasetNotice.RetentionReminder(End, "7d"));
        await NotifyAsync(zone, data, DatasetNotice.AcquisitionEnded(End, 1, 1));

        Assert.Equal([(NoticeKind.Acquisitions, MailState.Queued), (NoticeKind.Expiry, MailState.Kept)], await BellAsync(zone, ada));
    }

    [Fact]
    public async Task A_kind_that_is_not_in_the_bell_is_mailed_and_in_the_list_of_all()
    {
        await using TestZone zone = await OpenAsync(Mailing);
        (Caller ada, NameRecord data) = await OwnerAsync(zone);
        await NotifyAsync(zone, data, DatasetNotice.RetentionReminder(End, "7d"));

        await ChooseAsync(zone, ada, NoticeKind.Expiry, bell: false, mail: true);

        Assert.Empty(await BellAsync(zone, ada));
        Assert.Equal(MailState.Queued, Assert.Single((await zone.Services.Mailbox.ListAsync(ada, null, 100, Ct)).Value).State);
        await ChooseAsync(zone, ada, NoticeKind.Expiry, bell: true, mail: true);
        Assert.Single(await BellAsync(zone, ada));
    }

    [Fact]
    public async Task Muted_kinds_take_no_place_of_others_in_the_bell()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, NameRecord data) = await OwnerAsync(zone);
        await NotifyAsync(zone, data, DatasetNotice.AcquisitionEnded(End, 1, 1));
        for (int day = 0; day < 5; day++)
        {
            await NotifyAsync(zone, data, DatasetNotice.RetentionReminder(End.AddDays(day), "7d"));
        }

        await ChooseAsync(zone, ada, NoticeKind.Expiry, bell: false, mail: true);

        Assert.Equal([NoticeKind.Acquisitions], (await zone.Services.Mailbox.ListInBellAsync(ada, null, 2, Ct)).Value.Select(mail => mail.Kind));
    }

    [Fact]
    public async Task The_choice_of_one_person_is_no_other_persons()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, NameRecord data) = await OwnerAsync(zone);
        Caller bob = await zone.UserAsync("bob");

        await ChooseAsync(zone, bob, NoticeKind.Expiry, bell: false, mail: false);
        await NotifyAsync(zone, data, DatasetNotice.RetentionReminder(End, "7d"));

        Assert.Single(await BellAsync(zone, ada));
        Assert.All((await zone.Services.Mailbox.ListChoicesAsync(ada, Ct)).Value, choice => Assert.True(choice.InBell && choice.ByMail));
        Assert.Equal(
            new NoticeChoice(NoticeKind.Expiry, false, false),
            (await zone.Services.Mailbox.ListChoicesAsync(bob, Ct)).Value.Single(choice => choice.Kind == NoticeKind.Expiry));
        Assert.Contains("bob notices.change  expiry: bell off, mail off", await zone.AuditAsync());
    }

    [Fact]
    public async Task Mails_about_the_account_cannot_be_muted()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");

        Assert.DoesNotContain(NoticeKind.Account, (await zone.Services.Mailbox.ListChoicesAsync(ada, Ct)).Value.Select(choice => choice.Kind));
        Assert.Equal(ErrorCode.NotFound, NoticeKindNames.ParseMutable("account").Error?.Code);
        Assert.Equal(ErrorCode.NotFound, NoticeKindNames.ParseMutable("Expiry\r\n").Error?.Code);
    }

    [Fact]
    public async Task The_owner_is_notified_of_a_request_once_a_day_and_the_other_person_of_its_denial()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, NameRecord data) = await OwnerAsync(zone);
        Caller bob = await zone.UserAsync("bob");
        Assert.True((await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.View, null, Ct)).IsOk);

        for (int i = 0; i < 2; i++)
        {
            Assert.True((await zone.Services.AccessRequests.RequestAsync(bob, data.Dataset, "a secret reason", Ct)).IsOk);
            Assert.True((await zone.Services.AccessRequests.WithdrawAsync(bob, data.Dataset, Ct)).IsOk);
        }

        Assert.True((await zone.Services.AccessRequests.RequestAsync(bob, data.Dataset, "a secret reason", Ct)).IsOk);
        Assert.True((await zone.Services.AccessRequests.DenyAsync(ada, data.Dataset, "bob", Ct)).IsOk);

        MailRecord asked = Assert.Single((await zone.Services.Mailbox.ListInBellAsync(ada, null, 100, Ct)).Value);
        MailText text = zone.Services.Mailbox.Read(asked);
        Assert.Equal((NoticeKind.Requests, "bob asks for access to ada/data"), (asked.Kind, text.Subject));
        Assert.DoesNotContain("secret", text.Body, StringComparison.Ordinal);
        Assert.Equal(
            ["Your request for ada/data was denied", "ada shared ada/data with you"],
            (await zone.Services.Mailbox.ListInBellAsync(bob, null, 100, Ct)).Value.Select(mail => zone.Services.Mailbox.Read(mail).Subject));
    }

    [Fact]
    public async Task The_end_of_temporary_data_is_announced_once_for_each_owner_and_day_also_after_a_restart()
    {
        await using TestZone zone = await OpenAsync(Mailing);
        (Caller ada, NameRecord data) = await OwnerAsync(zone);

        await AnnounceAsync(End, 3);
        await AnnounceAsync(End.AddHours(5), 4);
        await zone.ReopenAsync(Mailing);
        await AnnounceAsync(End, 3);
        await AnnounceAsync(End.AddDays(1), 1);

        IReadOnlyList<MailRecord> mails = (await zone.Services.Mailbox.ListAsync(ada, null, 100, Ct)).Value;
        Assert.Equal(
            ["Temporary data end on 2027-02-01: ada/data", "Temporary data end on 2027-01-31: ada/data and 2 more"],
            mails.Select(mail => zone.Services.Mailbox.Read(mail).Subject));
        Assert.All(mails, static mail => Assert.Equal((NoticeKind.Expiry, MailState.Queued), (mail.Kind, mail.State)));
        Assert.Equal(2, (await zone.AuditAsync()).Count(static line => line.Contains("expiring to 1", StringComparison.Ordinal)));

        async Task AnnounceAsync(DateTimeOffset first, long count) =>
            await zone.Services.Notices.NotifyExpiringAsync(new ExpiringDatasets("ada", data.Dataset, first, count), Ct);
    }

    private static ZoneOptions Mailing => TestZone.Quick with
    {
        Mail = new MailOptions { Host = "localhost", From = "hutch@example.org" },
        PublicUrl = new Uri("https://hutch.example.org/portal"),
    };

    private static async Task<(Caller Ada, NameRecord Data)> OwnerAsync(TestZone zone)
    {
        var made = (await zone.Accounts.CreateUserAsync(await zone.AdminAsync(), "ada", null, "ada@example.org", [], Ct)).Value;
        Caller ada = await zone.LogInAsync(made.Token.Secret.Reveal());
        return (ada, await zone.DatasetAsync(ada, "data"));
    }

    private static async Task NotifyAsync(TestZone zone, NameRecord dataset, DatasetNotice notice) =>
        Assert.Equal(1, (await zone.Services.Notices.NotifyOwnerAsync(dataset.Dataset, notice, [], Ct)).Value);

    private static async Task ChooseAsync(TestZone zone, Caller caller, NoticeKind kind, bool bell, bool mail) =>
        Assert.True((await zone.Services.Mailbox.ChooseAsync(caller, new NoticeChoice(kind, bell, mail), Ct)).IsOk);

    private static async Task<(NoticeKind Kind, MailState State)[]> BellAsync(TestZone zone, Caller caller) =>
        [.. (await zone.Services.Mailbox.ListInBellAsync(caller, null, 100, Ct)).Value.Select(mail => (mail.Kind, mail.State))];
}
