using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Api.Endpoints;

internal sealed class AccountEndpoints(
    AccountService accounts, IdentityLinks identities, GroupService groups, TokenService tokens, OwnershipService ownership,
    DatasetService datasets) : IEndpoints
{
    public void Add(EndpointTable table)
    {
        AddUsers(table);
        AddGroups(table);
        AddTokens(table);
        table.Add("Audit", RestCalls.Activity.ListAudit, "The audit, oldest first by default")
            .Query("newest", "Newest first", "boolean")
            .Query("after", "Only lines after this position", "integer")
            .Query("before", "Only lines before this position", "integer")
            .Query("since", "Only lines from this time on")
            .Query("until", "Only lines before this time")
            .Query("user", "Only actions of this account")
            .Query("action", "Only this action, such as `grant.change`")
            .Query("target", "Only lines about this, such as `dataset:ID`")
            .Query("people", "Without the server's own actions", "boolean")
            .Paged()
            .Gives(AuditAsync);
    }

    /// <summary>A token without its secret.</summary>
    public static TokenInfo ToInfo(TokenRecord token) => new()
    {
        Id = token.Id,
        Name = token.Name,
        Scopes = new TokenScope(token.Scope.Scopes).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Created = token.CreatedAt,
        Expires = token.ExpiresAt,
        LastUsed = token.LastUsedAt,
        Dataset = token.Scope.Datasets is { Count: 1 } one ? one[0] : null,
        HeldOnly = token.Scope.IsHeldOnly,
        Namespace = token.Scope.Namespace,
        Instrument = token.Scope.Instrument,
        SiteId = token.Scope.Site,
        Narrowable = token.Scope.IsNarrowable,
        AccessKey = token.S3Generation is null ? null : S3Keys.AccessKeyOf(token.Id),
    };

    /// <summary>A life in seconds; null for none.</summary>
    public static TimeSpan? Life(long? seconds) => seconds switch
    {
        null => null,
        <= 0 or > AccountLimits.MaxLifeDays * 86_400L =>
            throw ErrorCode.BadRequest.With(
                $"'expiresIn' is {seconds}; it must be between 1 second and {AccountLimits.MaxLifeDays} days.").ToException(),
        long known => TimeSpan.FromSeconds(known),
    };

    private void AddUsers(EndpointTable table)
    {
        const string Tag = "Users";
        table.Add(Tag, RestCalls.Users.List, "List accounts, by name").Paged()
            .Gives(async request => ToPage(
                await accounts.ListUsersAsync(
                    request.Caller, request.Query("cursor"), request.Limit, request.Aborted),
                request.Limit,
                ToInfo,
                user => user.Name));
        table.Add(Tag, RestCalls.Users.Create, "Create an account; its first token is shown only once")
            .Gives(CreateUserAsync, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Users.Find, "One account")
            .Gives(async request =>
                (await accounts.FindUserAsync(request.Caller, request.Route("name"), request.Aborted))
                    .Then<UserInfo>(user => ToInfo(user)));
        table.Add(Tag, RestCalls.Users.Change, "Change an account; absent fields stay")
            .Gives(PatchUserAsync);
        table.Add(Tag, RestCalls.Users.HandOver, "Transfer everything an account owns to another account, or to a group as `@NAME`")
            .AwaitingSites().Gives(HandOverAsync);
        table.Add(Tag, RestCalls.Users.LinkIdentity, "Link an account to a person at a login provider")
            .GivesNothing(async (request, link) => await identities.LinkAsync(
                request.Caller, request.Route("name"), request.Route("provider"), link.Subject, request.Aborted));
        table.Add(Tag, RestCalls.Users.UnlinkIdentity, "Unlink an account from a person at a login provider; ends its sessions")
            .AwaitingSites().GivesNothing(request => identities.UnlinkAsync(
                request.Caller, request.Route("name"), request.Route("provider"), request.Aborted).AsTask());
    }

    private async Task<Result<HandOverInfo>> HandOverAsync(ApiRequest request, HandOver hand)
    {
        if (hand.DryRun)
        {
            return (await ownership.PlanHandOverAsync(request.Caller, request.Route("name"), hand.To, request.Aborted))
                .Then<HandOverInfo>(static plan => ToInfo(plan.Count, plan.First));
        }

        Result<HandOverOutcome> done = await ownership.HandOverAsync(
            request.Caller, request.Route("name"), hand.To, request.Aborted);
        return done.Then<HandOverInfo>(outcome => new HandOverInfo
        {
            Datasets = outcome.Datasets.Count,
            Grants = outcome.Grants,
            Links = outcome.Links,
            Invites = outcome.Invites,
            Groups = outcome.Groups,
        });
    }

    private static HandOverInfo ToInfo(long count, IReadOnlyList<DatasetDescription> first) => new()
    {
        Datasets = (int)count,
        Grants = 0,
        Links = 0,
        Invites = 0,
        Groups = 0,
        Items =
        [
            .. first.Select(static one => new HandOverItem
            {
                Id = one.Id,
                Name = one.Name.FullName,
                Title = one.Record.Title,
                State = one.State,
                Files = one.Size.Files,
                Bytes = one.Size.Bytes,
            }),
        ],
    };

    private void AddGroups(EndpointTable table)
    {
        const string Tag = "Groups";
        table.Add(Tag, RestCalls.Groups.List, "List groups, by name; with members if the caller is one of them").Paged()
            .Gives(async request => ToPage(
                await groups.ListAsync(
                    request.Caller, request.Query("cursor"), request.Limit, request.Aborted),
                request.Limit,
                ToInfo,
                group => group.Name));
        table.Add(Tag, RestCalls.Groups.Create, "Create a group; the caller becomes its first manager")
            .Gives(
                async (request, create) => (await groups.CreateAsync(request.Caller, create.Name, null, request.Aborted))
                    .Then<GroupInfo>(group => ToInfo(group)),
                StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Groups.Find, "One group and its members")
            .Gives(async request =>
                (await groups.FindAsync(request.Caller, request.Route("group"), request.Aborted))
                    .Then<GroupInfo>(group => ToInfo(group)));
        table.Add(Tag, RestCalls.Groups.Delete, "Delete a group that owns nothing, and its rights")
            .AwaitingSites().GivesNothing(
                async request => await groups.DeleteAsync(
                    request.Caller, request.Route("group"), request.Aborted));
        table.Add(Tag, RestCalls.Groups.PutMember, "Add a member, or change the member's role")
            .AwaitingSites().Gives(async (request, put) => (await groups.PutMemberAsync(
                request.Caller, request.Route("group"), request.Route("user"), put.Manager, request.Aborted))
                .Then<GroupInfo>(group => ToInfo(group)));
        table.Add(Tag, RestCalls.Groups.RemoveMember, "Remove a member")
            .AwaitingSites().GivesNothing(async request => (await groups.RemoveMemberAsync(
                request.Caller, request.Route("group"), request.Route("user"), request.Aborted)).Then<Done>(_ => Done.Value));
    }

    private void AddTokens(EndpointTable table)
    {
        const string Tag = "Tokens";
        table.Add(Tag, RestCalls.Tokens.List, "List the caller's tokens, without revoked ones").Paged()
            .Gives(ListTokensAsync);
        table.Add(Tag, RestCalls.Tokens.Create, "Create a token, at most as wide as the current one; shown only once")
            .Gives(CreateTokenAsync, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Tokens.Revoke, "Revoke a token, at once")
            .AwaitingSites().GivesNothing(
                async request => await tokens.RevokeAsync(
                    request.Caller, request.Route("token"), request.Aborted));
    }

    private async Task<Result<CreatedUser>> CreateUserAsync(ApiRequest request, CreateUser create)
    {
        Result<CreatedAccount> made = await accounts.CreateUserAsync(
            request.Caller, create.Name, create.DisplayName, create.Email, ParseRoles(create.Roles) ?? [], request.Aborted);
        return made.Then<CreatedUser>(account => new CreatedUser
        {
            Name = account.User.Name,
            Token = account.Token.Secret.Reveal(),
            Expires = account.Token.Token.ExpiresAt,
        });
    }

    private async Task<Result<UserInfo>> PatchUserAsync(ApiRequest request, PatchUser patch)
    {
        var change = new AccountPatch
        {
            Disabled = patch.Disabled,
            Roles = ParseRoles(patch.Roles),
            CreatesFor = patch.CreatesFor,
            DisplayName = patch.DisplayName,
            Email = patch.Email,
        };
        Result<AccountDetails> changed =
            await accounts.ChangeUserAsync(request.Caller, request.Route("name"), change, request.Aborted);
        if (changed.IsOk && (patch.Disabled == true || patch.Roles is not null))
        {
            await SiteConfirmation.ReportAsync(request);
        }

        return changed.Then<UserInfo>(user => ToInfo(user));
    }

    private async Task<Result<Page<TokenInfo>>> ListTokensAsync(ApiRequest request)
    {
        Result<IReadOnlyList<TokenRecord>> found = await tokens.ListAsync(
            request.Caller, request.Query("cursor"), request.Limit, request.Aborted);
        if (!found.IsOk)
        {
            return found.Error;
        }

        IReadOnlyDictionary<string, string> sites = await tokens.NameSitesAsync(found.Value, request.Aborted);
        return ToPage(
            found,
            request.Limit,
            token => ToInfo(token) with
            {
                LastUsed = request.Api.Authenticator.UseNotWritten(token.Id) ?? token.LastUsedAt,
                Sites = token.Scope.Opens.Count == 0
                    ? null
                    : [.. token.Scope.Opens.Where(sites.ContainsKey).Select(id => sites[id]).Order(StringComparer.Ordinal)],
            },
            token => token.Id);
    }

    private async Task<Result<CreatedToken>> CreateTokenAsync(ApiRequest request, CreateToken create)
    {
        DatasetId? dataset = create.Dataset is { } name
            ? (await datasets.ResolveIdAsync(request.Caller, name, request.Aborted)).Value
            : null;
        var wanted = new TokenRequest
        {
            Name = create.Name,
            Scopes = create.Scopes is { } scopes ? TokenScope.Parse(string.Join(' ', scopes)).Value.Scopes : null,
            Life = Life(create.ExpiresIn),
            Dataset = dataset,
            Folder = create.Folder,
            Namespace = create.Namespace,
            Instrument = create.Instrument,
            Site = create.Site,
            Sites = create.Sites ?? [],
            S3 = create.S3,
            Narrowable = create.Narrowable,
        };
        Result<IssuedToken> issued = await tokens.CreateAsync(request.Caller, wanted, request.Aborted);
        return issued.Then<CreatedToken>(token => new CreatedToken
        {
            Id = token.Token.Id,
            Token = token.AccessKey is null ? token.Secret.Reveal() : null,
            AccessKey = token.AccessKey,
            SecretKey = token.AccessKey is null ? null : token.Secret.Reveal(),
            Expires = token.Token.ExpiresAt,
            Sites = token.Sites.Count == 0
                ? null
                : [.. token.Sites.Select(static site => new OpenedSite { Id = site.Id, Name = site.Name, Region = site.Region! })],
        });
    }

    private async Task<Result<Page<AuditInfo>>> AuditAsync(ApiRequest request)
    {
        var span = new AuditSpan
        {
            After = request.Number("after", 0, 0),
            Before = request.Number("before", long.MaxValue, 0),
            Since = request.Time("since"),
            Until = request.Time("until"),
            User = request.Query("user"),
            Action = request.Query("action"),
            Target = request.Query("target"),
            IsWithoutServer = request.Flag("people"),
            IsNewestFirst = request.Flag("newest"),
        };
        if (request.Query("cursor") is not null)
        {
            span = span.Behind(request.Number("cursor", 0, 0));
        }

        return ToPage(
            await accounts.ReadAuditAsync(request.Caller, span, request.Limit, request.Aborted),
            request.Limit,
            ActivityDocuments.From,
            line => line.Sequence.ToString(CultureInfo.InvariantCulture));
    }

    private static AssignedRole[]? ParseRoles(IReadOnlyList<string>? roles) =>
        roles?.Select(role => AssignedRole.Parse(role).Value).ToArray();

    private static Result<Page<TInfo>> ToPage<T, TInfo>(
        Result<IReadOnlyList<T>> some, int limit, Func<T, TInfo> describe, Func<TInfo, string> cursor)
    {
        if (!some.IsOk)
        {
            return some.Error;
        }

        TInfo[] items = [.. some.Value.Select(describe)];
        return new Page<TInfo> { Items = items, Next = items.Length == limit ? cursor(items[^1]) : null };
    }

    private static UserInfo ToInfo(AccountDetails account) => new()
    {
        Name = account.User.Name,
        DisplayName = account.User.DisplayName,
        Email = account.User.Email,
        Roles = [.. account.Roles.ToList().Select(role => role.ToName()), .. account.SiteRoles.Select(role => role.ToString())],
        Disabled = account.User.DisabledAt is not null,
        Datasets = account.Datasets,
        CreatesFor = account.CreatesFor is { Count: > 0 } owners ? owners : null,
        Created = account.User.CreatedAt,
        LastLogin = account.LastLogin,
    };

    private static GroupInfo ToInfo(GroupDetails group) => new()
    {
        Name = group.Group.Name,
        Members = [.. (group.Members ?? []).Select(member => new GroupMember { User = member.UserName, Manager = member.Manager })],
    };
}
