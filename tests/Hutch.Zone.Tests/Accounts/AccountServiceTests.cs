using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedAccountServiceTests() : AccountServiceTests(null);

public abstract class AccountServiceTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_user_has_the_role_user_and_a_first_token()
    {
        await using TestZone zone = await OpenAsync();
        CreatedAccount made = (await zone.Accounts.CreateUserAsync(await zone.AdminAsync(), "ada", "  Ada L.  ", [], Ct)).Value;

        Assert.Equal("Ada L.", made.User.DisplayName);
        Caller ada = await zone.LogInAsync(made.Token.Secret.Reveal());
        Assert.Equal([Role.User], ada.Roles.ToList());
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.CreateUserAsync(ada, "bob", null, [], Ct)).Error?.Code);
    }

    [Theory]
    [InlineData("Ada")]
    [InlineData("")]
    [InlineData("-ada")]
    [InlineData("ada.l")]
    [InlineData("hutch")]
    [InlineData("public")]
    [InlineData("anonymous")]
    public async Task A_name_that_cannot_be_is_refused(string name)
    {
        await using TestZone zone = await OpenAsync();

        Assert.Equal(ErrorCode.InvalidName, (await zone.Accounts.CreateUserAsync(await zone.AdminAsync(), name, null, [], Ct)).Error?.Code);
    }

    [Fact]
    public async Task Users_and_groups_share_their_names()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        await zone.Groups.CreateAsync(admin, "lab", null, Ct);

        Assert.Equal(
            "The name 'lab' is taken by a group. A user and a group cannot have the same name.",
            (await zone.Accounts.CreateUserAsync(admin, "lab", null, [], Ct)).Error?.Message);
        Assert.Equal(ErrorCode.AlreadyExists, (await zone.Groups.CreateAsync(admin, "admin", null, Ct)).Error?.Code);
    }

    [Fact]
    public async Task An_account_that_manages_many_groups_creates_another_only_after_it_has_deleted_one()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        for (int i = 0; i < AccountLimits.MaxGroupsPerManager; i++)
        {
            Assert.True((await zone.Groups.CreateAsync(admin, $"g{i}", null, Ct)).IsOk);
        }

        Result<GroupDetails> refused = await zone.Groups.CreateAsync(admin, "more", null, Ct);
        await zone.Groups.DeleteAsync(admin, "g0", Ct);

        Assert.Equal(ErrorCode.TooLarge, refused.Error?.Code);
        Assert.True((await zone.Groups.CreateAsync(admin, "more", null, Ct)).IsOk);
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();

        Assert.Equal(
            "'admin' is the last enabled administrator. Make another user an administrator first.",
            (await zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Roles = [] }, Ct)).Error?.Message);
        Assert.False((await zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Disabled = true }, Ct)).IsOk);

        await zone.UserAsync("ada", Role.Administrator);
        Assert.True((await zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Roles = [] }, Ct)).IsOk);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.ListUsersAsync(await zone.AdminAsync(), null, 10, Ct)).Error?.Code);
    }

    [Theory]
    [InlineData("King", "ada lab", "", "ada lab")]
    [InlineData("bob", "lab", "bob", "bob lab")]
    [InlineData("LAB", "", "lab", "lab")]
    [InlineData("k_ng", "", "", "")]
    [InlineData("%", "", "", "")]
    public async Task A_word_means_people_by_beginnings_of_names_that_the_caller_may_know(string word, string known, string named, string toAdmin)
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller eve = await zone.UserAsync("eve");
        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { DisplayName = "Augusta King" }, Ct);
        GroupDetails lab = (await zone.Groups.CreateAsync(ada, "lab", null, Ct)).Value;
        await zone.Groups.PutMemberAsync(await zone.NowAsync(ada), "lab", "bob", manager: false, Ct);
        var names = new Dictionary<PrincipalId, string> { [ada.UserId] = "ada", [bob.UserId] = "bob", [lab.Group.Id] = "lab" };
        string Words(IEnumerable<PrincipalId>? ids) => string.Join(' ', (ids ?? []).Distinct().Select(id => names[id]).Order(StringComparer.Ordinal));

        KnownPeople? toMember = await FindAsync(zone, await zone.NowAsync(ada), word);
        KnownPeople? toStranger = await FindAsync(zone, eve, word);
        KnownPeople? toAll = await FindAsync(zone, admin, word);

        Assert.Equal((known, named), (Words(toMember?.Known), Words(toMember?.Named)));
        Assert.Equal(("", named), (Words(toStranger?.Known), Words(toStranger?.Named)));
        Assert.Equal(toAdmin, Words(toAll?.Known.Concat(toAll.Named)));
    }

    [Fact]
    public async Task Users_view_and_rename_only_their_own_account()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");

        Assert.True((await zone.Accounts.ChangeUserAsync(ada, "ada", new AccountPatch { DisplayName = "Ada" }, Ct)).IsOk);
        Assert.Equal("Ada", (await zone.Accounts.FindUserAsync(ada, "ada", Ct)).Value.User.DisplayName);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.FindUserAsync(ada, "admin", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.ChangeUserAsync(ada, "ada", new AccountPatch { Roles = [Role.Administrator] }, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.ChangeUserAsync(ada, "admin", new AccountPatch { Disabled = true }, Ct)).Error?.Code);
    }

    [Theory]
    [InlineData("a\u0007b", "The display name contains a control character.")]
    [InlineData(null, "The display name has 201 characters; the limit is 200.")]
    public async Task A_name_for_people_is_one_line_of_bounded_length(string? name, string message)
    {
        await using TestZone zone = await OpenAsync();

        Assert.Equal(
            message, (await zone.Accounts.CreateUserAsync(await zone.AdminAsync(), "ada", name ?? new string('x', 201), [], Ct)).Error?.Message);
    }

    [Fact]
    public async Task Users_are_listed_in_pages()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        foreach (string name in new[] { "bob", "ada", "cyd" })
        {
            await zone.UserAsync(name);
        }

        string[] first = [.. (await zone.Accounts.ListUsersAsync(admin, null, 2, Ct)).Value.Select(u => u.User.Name)];
        string[] rest = [.. (await zone.Accounts.ListUsersAsync(admin, first[^1], 10, Ct)).Value.Select(u => u.User.Name)];
        Assert.Equal(["ada", "admin"], first);
        Assert.Equal(["bob", "cyd"], rest);
    }

    [Fact]
    public async Task Managers_change_their_group_members_see_it_and_strangers_do_not()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller cyd = await zone.UserAsync("cyd");
        await zone.Groups.CreateAsync(ada, "lab", "a laboratory", Ct);
        ada = await zone.NowAsync(ada);
        GroupDetails lab = (await zone.Groups.PutMemberAsync(ada, "lab", "bob", manager: false, Ct)).Value;
        bob = await zone.NowAsync(bob);

        Assert.Equal([("ada", true), ("bob", false)], lab.Members!.Select(m => (m.UserName, m.Manager)));
        Assert.Equal(2, (await zone.Groups.FindAsync(bob, "lab", Ct)).Value.Members!.Count);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Groups.PutMemberAsync(bob, "lab", "cyd", manager: true, Ct)).Error?.Code);
        Assert.Equal(
            "To see the members of the group 'lab', you must be its member. Ask one of its managers.",
            (await zone.Groups.FindAsync(cyd, "lab", Ct)).Error?.Message);
        Assert.Null(Assert.Single((await zone.Groups.ListAsync(cyd, null, 10, Ct)).Value).Members);
        Assert.Equal(ErrorCode.NotFound, (await zone.Groups.PutMemberAsync(ada, "lab", "nobody", manager: false, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await zone.Groups.PutMemberAsync(ada, "none", "bob", manager: false, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_member_may_leave_and_the_last_manager_may_not()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await zone.Groups.CreateAsync(ada, "lab", null, Ct);
        ada = await zone.NowAsync(ada);
        await zone.Groups.PutMemberAsync(ada, "lab", "bob", manager: false, Ct);
        bob = await zone.NowAsync(bob);

        Assert.Equal(ErrorCode.Forbidden, (await zone.Groups.RemoveMemberAsync(bob, "lab", "ada", Ct)).Error?.Code);
        Assert.True((await zone.Groups.RemoveMemberAsync(bob, "lab", "bob", Ct)).IsOk);
        Assert.Equal(
            "The group 'lab' would have no manager with an enabled account. Make another member a manager first.",
            (await zone.Groups.RemoveMemberAsync(ada, "lab", "ada", Ct)).Error?.Message);
        Assert.False((await zone.Groups.PutMemberAsync(ada, "lab", "ada", manager: false, Ct)).IsOk);
    }

    [Fact]
    public async Task A_group_that_owns_datasets_is_kept_and_an_empty_one_goes_with_its_rights()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        await zone.Groups.CreateAsync(ada, "lab", null, Ct);
        ada = await zone.NowAsync(ada);
        NameRecord owned = await zone.DatasetAsync(ada, "data", group: "lab");
        NameRecord shared = await zone.DatasetAsync(ada, "shared");
        await zone.Services.Sharing.GrantAsync(ada, shared.Dataset, PrincipalKind.Group, "lab", Rights.Read, null, Ct);

        Assert.Equal(
            "The group 'lab' owns 1 datasets. Transfer them to another owner first.", (await zone.Groups.DeleteAsync(ada, "lab", Ct)).Error?.Message);
        await zone.Services.Ownership.GiveAsync(ada, owned.Dataset, AccountName.Parse("ada").Value, Ct);
        Assert.True((await zone.Groups.DeleteAsync(ada, "lab", Ct)).IsOk);
        Assert.Empty((await zone.Services.Sharing.ListGrantsAsync(ada, shared.Dataset, Ct)).Value);
        Assert.Empty((await zone.NowAsync(ada)).Groups);
    }

    [Fact]
    public async Task A_token_is_never_wider_than_the_one_that_made_it()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        Caller narrow = await zone.TokenAsync(ada, new TokenRequest { Scopes = TokenScopes.Read | TokenScopes.Admin, Life = TimeSpan.FromDays(1) });

        Assert.Equal(
            "A token cannot create one with more scopes: this one lacks the scope 'write'.",
            (await zone.Tokens.CreateAsync(narrow, new TokenRequest { Scopes = TokenScopes.Read | TokenScopes.Write }, Ct)).Error?.Message);
        TokenRecord cut = (await zone.Tokens.CreateAsync(narrow, new TokenRequest { Life = TimeSpan.FromDays(90) }, Ct)).Value.Token;
        Assert.Equal(TokenScopes.Read, cut.Scope.Scopes);
        Assert.Equal(narrow.ExpiresAt, cut.ExpiresAt);
        Assert.Equal(narrow.ExpiresAt, (await zone.Tokens.CreateAsync(narrow, new TokenRequest(), Ct)).Value.Token.ExpiresAt);

        Caller restricted = await zone.TokenAsync(ada, new TokenRequest { Scopes = TokenScopes.All, Dataset = data.Dataset });
        Assert.Equal(
            "This token is restricted to some datasets. To create a token, use one that is not.",
            (await zone.Tokens.CreateAsync(restricted, new TokenRequest(), Ct)).Error?.Message);
    }

    [Fact]
    public async Task A_token_has_read_and_write_unless_said_otherwise()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");

        TokenRecord token = (await zone.Tokens.CreateAsync(ada, new TokenRequest { Name = "laptop" }, Ct)).Value.Token;

        Assert.Equal("read write", token.Scope.ToString());
        Assert.Equal("laptop", token.Name);
        Assert.Null(token.ExpiresAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(4e9)]
    public async Task A_life_that_cannot_be_is_refused(double seconds)
    {
        await using TestZone zone = await OpenAsync();

        HutchError? error = (await zone.Tokens.CreateAsync(await zone.AdminAsync(), new TokenRequest { Life = TimeSpan.FromSeconds(seconds) }, Ct)).Error;

        Assert.Equal(ErrorCode.BadRequest, error?.Code);
        Assert.Contains("it must be more than 0 and at most 36500 days.", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_cannot_be_restricted_to_a_dataset_that_its_maker_may_not_view()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");

        Assert.Equal(ErrorCode.NotFound, (await zone.Tokens.CreateAsync(bob, new TokenRequest { Dataset = data.Dataset }, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Only_administrators_find_tokens_of_other_users()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");

        Assert.Equal(ErrorCode.NotFound, (await zone.Tokens.RevokeAsync(bob, ada.CredentialId!, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await zone.Tokens.RevokeAsync(bob, "0000000000000000", Ct)).Error?.Code);
        Assert.True((await zone.Tokens.RevokeAsync(await zone.AdminAsync(), ada.CredentialId!, Ct)).IsOk);
        Assert.Equal(ErrorCode.NotFound, (await zone.Tokens.RevokeAsync(await zone.AdminAsync(), ada.CredentialId!, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_token_without_any_scope_for_it_may_still_revoke_itself()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller narrow = await zone.TokenAsync(ada, new TokenRequest { Scopes = TokenScopes.Read });

        Assert.Equal(ErrorCode.ScopeMissing, (await zone.Tokens.RevokeAsync(narrow, ada.CredentialId!, Ct)).Error?.Code);
        Assert.True((await zone.Tokens.RevokeAsync(narrow, narrow.CredentialId!, Ct)).IsOk);
    }

    [Fact]
    public async Task Revoked_tokens_are_not_listed()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller other = await zone.TokenAsync(ada, new TokenRequest());
        await zone.Tokens.RevokeAsync(ada, other.CredentialId!, Ct);

        Assert.Equal(ada.CredentialId, Assert.Single((await zone.Tokens.ListAsync(ada, null, 10, Ct)).Value).Id);
    }

    [Fact]
    public async Task Anonymous_callers_and_holders_of_share_links_cannot_manage_tokens_or_groups()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        Caller link = await zone.LogInAsync((await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.Read, null, Ct)).Value.Secret.Reveal());

        Assert.Equal(ErrorCode.Unauthenticated, (await zone.Tokens.CreateAsync(Caller.Anonymous, new TokenRequest(), Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await zone.Groups.CreateAsync(Caller.Anonymous, "g", null, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Tokens.CreateAsync(link, new TokenRequest(), Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await zone.Tokens.RevokeAsync(link, link.CredentialId!, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Every_change_is_audited_with_its_actor_action_and_target_and_without_secrets()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        Caller ada = await zone.UserAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "admin", Rights.Read, null, Ct);
        await zone.Services.Sharing.SetVisibilityAsync(ada, data.Dataset, Visibility.PublicAfter(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)), Ct);
        await zone.Services.Names.RenameAsync(ada, data.Dataset, Slug.Parse("renamed").Value, Ct);
        IssuedLink link = (await zone.Services.Sharing.CreateLinkAsync(ada, data.Dataset, Rights.View, TimeSpan.FromDays(1), Ct)).Value;
        await zone.Services.Sharing.RevokeLinkAsync(ada, data.Dataset, link.Link.Id, Ct);
        await zone.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "admin", Ct);
        await zone.Accounts.AuditAsync(ada, Operation.DatasetPurge, "dataset:" + data.Dataset, "by law", Ct);
        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Disabled = true, Roles = [Role.Auditor] }, Ct);

        string id = $"dataset:{data.Dataset}";
        Assert.Equal(
            [
                "hutch user.create user:admin roles user, administrator",
                $"hutch token.create token:{admin.CredentialId} for user:admin, scope 'read write manage admin'",
                "admin user.create user:ada roles user",
                $"admin token.create token:{ada.CredentialId} for user:ada, scope 'read write manage admin'",
                $"ada dataset.create {id} ada/data",
                $"ada grant.change {id} read to user:admin",
                $"ada visibility.change {id} derive to everybody from 2027-01-01 00:00 UTC",
                $"ada dataset.edit {id} ada/data is now ada/renamed",
                $"ada link.create {id} link:{link.Link.Id} gives view until 2026-11-21 08:00 UTC",
                $"ada link.revoke {id} link:{link.Link.Id}",
                $"ada grant.change {id} nothing to user:admin",
                $"ada dataset.purge {id} by law",
                "admin user.change user:ada disabled",
                "admin role.change user:ada roles user, auditor",
            ],
            (await zone.AuditAsync()).Where(line => line is not "hutch s3-key.share  made" and not "hutch server-key.share  made"));
    }

    [Fact]
    public async Task The_audit_is_for_auditors_and_administrators()
    {
        await using TestZone zone = await OpenAsync();

        Assert.True((await zone.Accounts.ReadAuditAsync(await zone.UserAsync("ida", Role.Auditor), new AuditSpan(), 10, Ct)).IsOk);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Accounts.ReadAuditAsync(await zone.UserAsync("ada", Role.Operator, Role.SiteAdmin), new AuditSpan(), 10, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_refused_change_leaves_no_line_in_the_audit()
    {
        await using TestZone zone = await OpenAsync();
        int before = (await zone.AuditAsync()).Length;

        await zone.Accounts.ChangeUserAsync(await zone.AdminAsync(), "admin", new AccountPatch { Disabled = true }, Ct);

        Assert.Equal(before, (await zone.AuditAsync()).Length);
    }

    [Fact]
    public async Task Accounts_of_a_provider_are_listed_in_pages_and_a_refused_one_leaves_nothing()
    {
        await using TestZone zone = await OpenAsync();
        Caller admin = await zone.AdminAsync();
        await zone.UserAsync("zoe");
        foreach (string name in (string[])["carl", "ada", "bob"])
        {
            Assert.True((await zone.Services.Provisioning.CreateAsync(admin, name, new AccountPatch { Disabled = name == "bob" }, Ct)).IsOk);
        }

        Assert.Equal(ErrorCode.AlreadyExists, (await zone.Services.Provisioning.CreateAsync(admin, "zoe", new AccountPatch(), Ct)).Error?.Code);
        ProvisionedAccounts page = (await zone.Services.Provisioning.ListAsync(admin, 1, 2, Ct)).Value;

        Assert.Equal(3, page.Count);
        Assert.Equal([("bob", true), ("carl", false)], page.Accounts.Select(static one => (one.User.Name, one.User.DisabledAt is not null)));
        Assert.Empty((await zone.Services.Provisioning.ListAsync(admin, long.MaxValue, 2, Ct)).Value.Accounts);
    }

    private static async Task<KnownPeople?> FindAsync(TestZone zone, Caller caller, string word) =>
        (await zone.Accounts.FindPeopleAsync(caller, [word], Ct)).GetValueOrDefault(word);
}
