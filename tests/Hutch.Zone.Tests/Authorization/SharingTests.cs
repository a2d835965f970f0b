using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;
using Hutch.Zone.Names;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedSharingTests() : SharingTests(null);

public abstract class SharingTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly LoginOrigin Origin = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_sees_nothing_is_given_read_reads_and_sees_nothing_again()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        Assert.Equal(ErrorCode.NotFound, (await zone.MayAsync(bob, data, Operation.DatasetView)).Error?.Code);

        GrantRecord grant = (await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, null, Ct)).Value;
        Assert.Equal(("bob", Rights.Read, "ada"), (grant.Principal.Name, grant.Right, grant.GrantedBy));
        Assert.Equal(Rights.View | Rights.Read, (await zone.MayAsync(bob, data, Operation.EntryRead)).Value.Rights);
        HutchError? refused = (await zone.MayAsync(bob, data, Operation.EntryWrite)).Error;
        Assert.Equal("To change files, you need the right 'write' on ada/data; you have 'read'.", refused?.Message);
        Assert.Equal("write", refused!.Details!["missingRight"]);

        Assert.True((await zone.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "bob", Ct)).IsOk);
        Assert.Equal(ErrorCode.NotFound, (await zone.MayAsync(bob, data, Operation.DatasetView)).Error?.Code);
    }

    [Fact]
    public async Task An_invite_stops_working_when_its_creator_loses_the_right()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller eve = await zone.UserAsync("eve");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Manage, null, Ct);
        string code = (await zone.Services.Invites.CreateAsync(bob, data.Dataset, Manage(uses: 3), Ct)).Value.Code.Reveal();
        await zone.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "bob", Ct);

        foreach (Caller caller in (Caller[])[bob, eve])
        {
            Result<InviteRecord> refused = await zone.Services.InviteLogins.AcceptAsync(caller, code, Origin, Ct);
            Assert.Equal(ErrorCode.NotFound, refused.Error?.Code);
            Assert.Contains("bob, who created it, may not invite to ada/data any more", refused.Error!.Message, StringComparison.Ordinal);
            Assert.False((await zone.MayAsync(caller, data, Operation.DatasetView)).IsOk);
        }

        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Manage, null, Ct);
        Assert.True((await zone.Services.InviteLogins.AcceptAsync(eve, code, Origin, Ct)).IsOk);
    }

    [Fact]
    public async Task An_invite_of_a_disabled_account_waits_until_it_has_another_maker()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.UserAsync("heir");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        string code = (await zone.Services.Invites.CreateAsync(ada, data.Dataset, Manage(uses: 1), Ct)).Value.Code.Reveal();
        await zone.Accounts.ChangeUserAsync(await zone.AdminAsync(), "ada", new AccountPatch { Disabled = true }, Ct);
        Assert.Equal(ErrorCode.NotFound, (await zone.Services.InviteLogins.AcceptAsync(bob, code, Origin, Ct)).Error?.Code);

        _ = (await zone.HandOvers.HandOverAsync(await zone.AdminAsync(), "ada", "heir", Ct)).Value;

        Assert.True((await zone.Services.InviteLogins.AcceptAsync(bob, code, Origin, Ct)).IsOk);
    }

    [Fact]
    public async Task An_invite_to_a_group_ends_when_its_maker_manages_the_group_no_more()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob) = await LabAsync(zone);
        Caller eve = await zone.UserAsync("eve");
        await zone.Groups.PutMemberAsync(ada, "lab", "bob", true, Ct);
        string code = (await zone.Services.Invites.CreateAsync(await zone.NowAsync(bob), "lab", Manage(uses: 3), Ct)).Value.Code.Reveal();
        await zone.Groups.RemoveMemberAsync(ada, "lab", "bob", Ct);

        Assert.Equal(ErrorCode.NotFound, (await zone.Services.InviteLogins.AcceptAsync(bob, code, Origin, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await zone.Services.InviteLogins.AcceptAsync(eve, code, Origin, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_share_link_and_its_sessions_end_when_its_creator_loses_the_right()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Manage, null, Ct);
        string link = (await zone.Services.Sharing.CreateLinkAsync(bob, data.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal();
        StartedSession session = (await zone.Services.Logins.OpenShareAsync(link, Origin, Ct)).Value;
        Assert.True((await zone.TryLogInAsync(link)).IsOk);
        Assert.True((await zone.UseAsync(session)).IsOk);

        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Write, null, Ct);

        Assert.Equal(ErrorCode.Unauthenticated, (await zone.TryLogInAsync(link)).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.UseAsync(session)).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.Services.Logins.OpenShareAsync(link, Origin, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_right_that_begins_later_does_not_begin_earlier_through_a_lower_invite_or_a_handover()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller leaver = await zone.UserAsync("leaver");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        DateTimeOffset later = zone.Time.GetUtcNow().AddDays(30);
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Manage, later, Ct);
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, leaver.Name, Rights.View, null, Ct);
        string code = (await zone.Services.Invites.CreateAsync(ada, data.Dataset, Manage(uses: 1) with { Right = Rights.View }, Ct)).Value.Code.Reveal();

        Assert.Equal(ErrorCode.Unprocessable, (await zone.Services.InviteLogins.AcceptAsync(bob, code, Origin, Ct)).Error?.Code);
        _ = (await zone.HandOvers.HandOverAsync(await zone.AdminAsync(), leaver.Name, "bob", Ct)).Value;

        Assert.False((await zone.MayAsync(bob, data, Operation.EntryWrite)).IsOk);
        zone.Time.Advance(TimeSpan.FromDays(31));
        Assert.True((await zone.MayAsync(bob, data, Operation.EntryWrite)).IsOk);
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_and_one_that_is_hidden_look_the_same()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        var none = new DatasetId(Guid.NewGuid());

        HutchError hidden = (await zone.MayAsync(bob, data, Operation.EntryRead)).Error!;
        HutchError missing = (await zone.Services.Authorizer.AuthorizeAsync(bob, none, Operation.EntryRead, Ct)).Error!;

        Assert.Equal(missing.Code, hidden.Code);
        Assert.Equal(missing.Message.Replace($"{none}", "X", StringComparison.Ordinal), hidden.Message.Replace($"{data.Dataset}", "X", StringComparison.Ordinal));
        Assert.Null(hidden.Details);
    }

    [Fact]
    public async Task A_right_of_a_group_is_a_right_of_its_members_as_long_as_they_are_members()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob) = await LabAsync(zone);
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.Group, "lab", Rights.Derive, null, Ct);

        Assert.True((await zone.MayAsync(bob, data, Operation.DatasetDerive)).IsOk);
        await zone.Groups.RemoveMemberAsync(ada, "lab", "bob", Ct);
        Assert.False((await zone.MayAsync(await zone.NowAsync(bob), data, Operation.DatasetView)).IsOk);
    }

    [Fact]
    public async Task A_group_owns_its_managers_manage_and_its_members_write()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob) = await LabAsync(zone);
        NameRecord data = await zone.DatasetAsync(ada, "data", group: "lab");

        Assert.Equal("lab/data", data.FullName);
        Assert.True((await zone.MayAsync(ada, data, Operation.DatasetPurge)).IsOk);
        Assert.True((await zone.MayAsync(bob, data, Operation.EntryWrite)).IsOk);
        Assert.Equal(ErrorCode.Forbidden, (await zone.MayAsync(bob, data, Operation.DatasetDelete)).Error?.Code);
        Result<NameRecord> byMember = await zone.Services.Names.ReserveAsync(
            bob, new DatasetId(Guid.NewGuid()), AccountName.Parse("lab").Value, Slug.Parse("more").Value, Ct);
        Assert.Equal("To transfer datasets to the group 'lab', you must be its manager. Ask one of its managers.", byMember.Error?.Message);
    }

    [Fact]
    public async Task An_embargo_ends_at_its_time()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.SetVisibilityAsync(ada, data.Dataset, Visibility.PublicAfter(zone.Time.GetUtcNow() + TimeSpan.FromDays(1)), Ct);

        Assert.Equal(ErrorCode.Unauthenticated, (await zone.MayAsync(Caller.Anonymous, data, Operation.DatasetView)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromDays(1));
        Assert.True((await zone.MayAsync(Caller.Anonymous, data, Operation.EntryRead)).IsOk);
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.MayAsync(Caller.Anonymous, data, Operation.DatasetDerive)).Error?.Code);

        await zone.Services.Sharing.SetVisibilityAsync(ada, data.Dataset, Visibility.Private, Ct);
        Assert.False((await zone.MayAsync(Caller.Anonymous, data, Operation.DatasetView)).IsOk);
    }

    [Fact]
    public async Task A_right_may_begin_later()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, zone.Time.GetUtcNow() + TimeSpan.FromHours(1), Ct);

        Assert.False((await zone.MayAsync(bob, data, Operation.DatasetView)).IsOk);
        zone.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await zone.MayAsync(bob, data, Operation.EntryRead)).IsOk);
    }

    [Theory]
    [InlineData(Rights.Write)]
    [InlineData(Rights.Manage)]
    public async Task Everybody_can_never_write(Rights right)
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");

        Assert.Equal(
            $"Everyone cannot have the right '{right.ToName()}': use view, read or derive.",
            (await zone.Services.Sharing.SetVisibilityAsync(ada, data.Dataset, new Visibility(right, null), Ct)).Error?.Message);
    }

    [Fact]
    public async Task A_link_opens_its_dataset_and_nothing_else_until_it_ends()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        NameRecord open = await zone.DatasetAsync(ada, "open");
        await zone.Services.Sharing.SetVisibilityAsync(ada, open.Dataset, Visibility.Public, Ct);
        IssuedLink issued = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.Read, null, Ct)).Value;
        Caller link = await zone.LogInAsync(issued.Secret.Reveal());

        Assert.True((await zone.MayAsync(link, data, Operation.EntryRead)).IsOk);
        Assert.Equal(ErrorCode.Forbidden, (await zone.MayAsync(link, data, Operation.EntryWrite)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await zone.MayAsync(link, open, Operation.DatasetView)).Error?.Code);
        Assert.Equal([data.Dataset], (await zone.Services.Names.ListAsync(link, new VisibleNamesFilter(), Ct)).Value.Select(n => n.Dataset));

        zone.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(
            "This share link expired on 2026-11-27 08:00 UTC. Ask for a new one.", (await zone.TryLogInAsync(issued.Secret.Reveal())).Error?.Message);
        Assert.False((await zone.MayAsync(link, data, Operation.EntryRead)).IsOk);
    }

    [Fact]
    public async Task A_withdrawn_link_is_refused_by_the_next_request()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        IssuedLink issued = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.View, null, Ct)).Value;
        await zone.LogInAsync(issued.Secret.Reveal());
        Assert.Single((await zone.Services.Sharing.ListLinksAsync(ada, data.Dataset, Ct)).Value);

        await zone.Services.Sharing.RevokeLinkAsync(ada, data.Dataset, issued.Link.Id, Ct);

        Assert.Equal("This share link was revoked. Ask for a new one.", (await zone.TryLogInAsync(issued.Secret.Reveal())).Error?.Message);
        Assert.Empty((await zone.Services.Sharing.ListLinksAsync(ada, data.Dataset, Ct)).Value);
    }

    [Theory]
    [InlineData(Rights.None)]
    [InlineData(Rights.Derive)]
    [InlineData(Rights.Write)]
    [InlineData(Rights.Manage)]
    public async Task A_link_gives_view_or_read_only(Rights right)
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");

        Assert.Equal(ErrorCode.BadRequest, (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, right, null, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_link_of_one_dataset_is_not_withdrawn_through_another()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        NameRecord other = await zone.DatasetAsync(bob, "other");
        IssuedLink issued = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.View, null, Ct)).Value;

        Assert.Equal(ErrorCode.NotFound, (await zone.Services.Sharing.RevokeLinkAsync(bob, other.Dataset, issued.Link.Id, Ct)).Error?.Code);
        Assert.True((await zone.TryLogInAsync(issued.Secret.Reveal())).IsOk);
    }

    [Fact]
    public async Task A_manager_can_share_a_dataset_but_neither_purge_nor_transfer_it()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Manage, null, Ct);

        Assert.True((await zone.Services.Sharing.GrantAsync(bob, data.Dataset, PrincipalKind.User, "admin", Rights.View, null, Ct)).IsOk);
        Assert.Equal("Only the owner of ada/data may purge the dataset; you have the right 'manage'.", (await zone.MayAsync(bob, data, Operation.DatasetPurge)).Error?.Message);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Services.Ownership.GiveAsync(bob, data.Dataset, AccountName.Parse("bob").Value, Ct)).Error?.Code);
    }

    [Fact]
    public async Task An_administrator_sees_and_hands_over_but_reads_no_data()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");

        Assert.True((await zone.MayAsync(admin, data, Operation.DatasetView)).IsOk);
        Assert.Equal(ErrorCode.Forbidden, (await zone.MayAsync(admin, data, Operation.EntryRead)).Error?.Code);
        Assert.Equal("bob/data", (await zone.Services.Ownership.GiveAsync(admin, data.Dataset, AccountName.Parse("bob").Value, Ct)).Value.Name.FullName);
        Assert.False((await zone.MayAsync(ada, data, Operation.DatasetView)).IsOk);
        Assert.True((await zone.MayAsync(bob, data, Operation.OwnerChange)).IsOk);

        Caller narrow = await zone.TokenAsync(admin, new TokenRequest { Scopes = TokenScopes.Read | TokenScopes.Write | TokenScopes.Manage });
        Assert.Equal(ErrorCode.NotFound, (await zone.MayAsync(narrow, data, Operation.DatasetView)).Error?.Code);
    }

    [Fact]
    public async Task A_token_with_a_narrow_scope_is_refused_with_the_name_of_the_missing_scope()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        Caller narrow = await zone.TokenAsync(ada, new TokenRequest { Scopes = TokenScopes.Read });

        HutchError? error = (await zone.MayAsync(narrow, data, Operation.EntryWrite)).Error;

        Assert.Equal(ErrorCode.ScopeMissing, error?.Code);
        Assert.Equal("You may change files, but this token lacks the scope 'write'.", error!.Message);
        Assert.Equal("write", error.Details!["missingScope"]);
    }

    [Fact]
    public async Task Changes_count_at_once_under_many_readers()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        int state = 0; // odd: bob has the right for certain; even: he has not; negative: it is being changed, either answer is right
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] readers =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(
                async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        int before = Volatile.Read(ref state);
                        bool may = (await zone.MayAsync(bob, data, Operation.EntryRead)).IsOk;
                        int after = Volatile.Read(ref state);
                        Assert.True(before != after || before < 0 || may == (before % 2 == 1));
                    }
                },
                Ct)),
        ];

        for (int round = 1; round <= 60; round++)
        {
            Volatile.Write(ref state, -round);
            bool ok = round % 2 == 1
                ? (await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, null, Ct)).IsOk
                : (await zone.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "bob", Ct)).IsOk;
            Assert.True(ok);
            Volatile.Write(ref state, round);
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static async Task<(Caller Ada, Caller Bob)> LabAsync(TestZone zone)
    {
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.Groups.CreateAsync(ada, "lab", null, Ct);
        ada = await zone.NowAsync(ada);
        await zone.Groups.PutMemberAsync(ada, "lab", "bob", manager: false, Ct);
        return (ada, await zone.NowAsync(bob));
    }

    private static InviteRequest Manage(int uses) => new() { Right = Rights.Manage, MaxUses = uses };
}
