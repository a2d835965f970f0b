using Hutch.Zone.Authorization;
using Hutch.Zone.Changes;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Accounts;

/// <summary>Users and their roles. Each method authorizes, changes in one transaction, and is audited. Thread-safe.</summary>
public sealed class AccountService(ZoneDatabase zone, Mailbox mailbox, AccountOptions options, TimeProvider time)
{
    /// <summary>The most users, and the most groups, that match one word; the first by name.</summary>
    private const int MaxPeopleOfWord = 100;

    public async ValueTask<Result<IReadOnlyList<AuditRecord>>> ReadAuditAsync(
        Caller caller, AuditSpan span, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.AuditRead);
        return allowed.IsOk
            ? Result<IReadOnlyList<AuditRecord>>.Ok(await zone.ReadAsync<IReadOnlyList<AuditRecord>>(
                t => [.. t.Audit.List(span, Page(limit)).Select(line => AuditNames.WithTargetName(t, line))], ct))
            : allowed.Error;
    }

    /// <summary>Returns the user or group with a name. It does not authorize: the calling code does.</summary>
    public async ValueTask<Result<PrincipalRecord>> FindPrincipalAsync(string name, CancellationToken ct) =>
        await zone.ReadAsync(tables => tables.Principals.Find(name), ct) is { } found
            ? found
            : ErrorCode.NotFound.With($"There is no user or group {Display.Quote(name)}.");

    /// <summary>Adds a line to the audit about an action outside the zone, such as a purge. Returns after the sync.</summary>
    public ValueTask AuditAsync(Caller caller, Operation operation, string target, string? detail, CancellationToken ct)
    {
        return zone.AuditAsync(caller.Actor, operation.Name, target, detail, ct);
    }

    /// <summary>Returns the refusal of a caller that has caused too many lines of the audit; null for others.</summary>
    public ValueTask<HutchError?> FindTooManyLinesAsync(Caller caller, CancellationToken ct) => zone.FindRefusalAsync(caller.Actor, ct);

    internal static int Page(int limit) => Math.Clamp(limit, 1, AccountLimits.MaxPage);

    internal static HutchError NoUser(string name) => ErrorCode.NotFound.With($"There is no user {Display.Quote(name)}.");

    internal static HutchError NoGroup(string name) => ErrorCode.NotFound.With($"There is no group {Display.Quote(name)}.");

    /// <summary>Creates an account and its first token. For administrators.</summary>
    /// <param name="name">The login name, unique among users and groups.</param>
    /// <param name="roles">Roles in addition to user, which every account has.</param>
    public ValueTask<Result<CreatedAccount>> CreateUserAsync(
        Caller caller, string name, string? displayName, IReadOnlyCollection<AssignedRole> roles, CancellationToken ct) =>
        CreateUserAsync(caller, name, displayName, null, roles, ct);

    /// <summary>Creates an account and its first token. For administrators.</summary>
    /// <param name="name">The login name, unique among users and groups.</param>
    /// <param name="roles">Roles in addition to user, which every account has.</param>
    public async ValueTask<Result<CreatedAccount>> CreateUserAsync(
        Caller caller, string name, string? displayName, string? email, IReadOnlyCollection<AssignedRole> roles, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserCreate);
        if (allowed.IsOk && roles.Any(r => r.Role != Role.User))
        {
            allowed = Authorizer.Authorize(caller, Operation.RoleChange);
        }

        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!AccountText.NewName(name).TryGet(out string? checkedName, out HutchError? error)
            || !AccountText.Line(displayName, "display name").TryGet(out string? checkedDisplay, out error)
            || !AccountText.Email(email).TryGet(out string? address, out error))
        {
            return error;
        }

        DateTimeOffset? end = options.FirstTokenDays == 0 ? null : time.GetUtcNow() + TimeSpan.FromDays(options.FirstTokenDays);
        return await zone.ChangeAsync(
            caller.Actor,
            change => CreateUser(change, checkedName, checkedDisplay, roles, end).Then<CreatedAccount>(account =>
            {
                change.Principals.SetEmail(account.User.Id, address);
                return account;
            }),
            ct);
    }

    /// <summary>Returns the account with its roles. For administrators and for the account itself.</summary>
    public async ValueTask<Result<AccountDetails>> FindUserAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, caller.User?.Name == name ? Operation.MeRead : Operation.UserList);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        return await zone.ReadAsync(
            t => t.Principals.FindUser(name) is UserRecord user ? Details(t, user) : (Result<AccountDetails>)NoUser(name), ct);
    }

    /// <summary>Lists accounts in the order of names, after a name. For administrators.</summary>
    public async ValueTask<Result<IReadOnlyList<AccountDetails>>> ListUsersAsync(
        Caller caller, string? after, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserList);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        return Result<IReadOnlyList<AccountDetails>>.Ok(
            await zone.ReadAsync(t => t.Principals.ListUsers(after, Page(limit)).Select(u => Details(t, u)).ToArray(), ct));
    }

    /// <summary>
    /// Changes an account. For administrators; the account itself may change its display name and mail address. The last administrator
    /// keeps its role. A disabled account is refused as soon as this returns.
    /// </summary>
    public async ValueTask<Result<AccountDetails>> ChangeUserAsync(Caller caller, string name, AccountPatch patch, CancellationToken ct)
    {
        Result<Done> allowed = AuthorizeChange(caller, name, patch);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        if (!AccountText.Line(patch.DisplayName, "display name").TryGet(out string? display, out HutchError? error)
            || !AccountText.Email(patch.Email).TryGet(out string? email, out error))
        {
            return error;
        }

        return FindUnconfirmed(caller, name, patch, email) is { } unconfirmed
            ? unconfirmed
            : await zone.ChangeAsync(caller.Actor, change => ChangeUser(change, name, patch, display, email), ct);
    }

    /// <summary>Returns the refusal of a change of one's own mail address without the password; null for any other change.</summary>
    internal static HutchError? FindUnconfirmed(Caller caller, string name, AccountPatch patch, string? email) =>
        patch is { Email: not null, OwnerConfirmed: false } && caller.User is { } self && self.Name == name
            && (self.Email ?? "") != (email ?? "")
            ? ErrorCode.Forbidden.With(
                "Change your own email address in your profile (`PATCH /api/v1/me`), with your password: "
                + "login links are sent to it.")
            : null;

    /// <param name="end">The end of the first token; null for none.</param>
    internal static Result<CreatedAccount> CreateUser(
        ZoneChange change, string name, string? displayName, IReadOnlyCollection<AssignedRole> roles, DateTimeOffset? end) =>
        AddUser(change, name, displayName, roles)
            .Then<CreatedAccount>(
                user => new CreatedAccount(user, TokenService.AddToken(change, user, "first token", TokenScope.Full, end)));

    /// <summary>Creates an account without a token.</summary>
    internal static Result<UserRecord> AddUser(ZoneChange change, string name, string? displayName, IReadOnlyCollection<AssignedRole> roles)
    {
        if (!change.Principals.CreateUser(Credential.NewPrincipalId(), name, displayName).TryGet(
            out UserRecord? user, out HutchError? error))
        {
            return error;
        }

        return SetRoles(change, user.Id, roles).Then<UserRecord>(given =>
        {
            change.AddAudit(Operation.UserCreate.Name, "user:" + name, $"roles {given}");
            return user;
        });
    }

    private static Result<Done> AuthorizeChange(Caller caller, string name, AccountPatch patch)
    {
        bool onlyName = patch.Disabled is null && patch.Roles is null && patch.CreatesFor is null;
        if (onlyName && caller.User?.Name == name)
        {
            return Authorizer.Authorize(caller, Operation.MeEdit);
        }

        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserChange);
        return allowed.IsOk && patch.Roles is not null ? Authorizer.Authorize(caller, Operation.RoleChange) : allowed;
    }

    internal Result<AccountDetails> ChangeUser(ZoneChange change, string name, AccountPatch patch, string? display, string? email)
    {
        if (change.Principals.FindUser(name) is not UserRecord user)
        {
            return NoUser(name);
        }

        string target = "user:" + name;
        if (patch.Disabled is bool disabled)
        {
            change.Principals.SetDisabled(user.Id, disabled);
            if (disabled)
            {
                // Tokens are refused while it is disabled; what a browser holds does not come back with it.
                change.Sessions.EndAllOf(user.Id, null);
                change.LoginLinks.RevokeAllOf(user.Id);
                change.AccessRequests.RemoveOf(user.Id);
            }

            change.AddAudit(Operation.UserChange.Name, target, disabled ? "disabled" : "enabled");
        }

        if (patch.Roles is not null)
        {
            if (!SetRoles(change, user.Id, patch.Roles).TryGet(out string? roles, out HutchError? refusal))
            {
                return refusal;
            }

            change.AddAudit(Operation.RoleChange.Name, target, $"roles {roles}");
        }

        if (patch.CreatesFor is not null)
        {
            Result<Done> named = SetCreatesFor(change, user, patch.CreatesFor);
            if (!named.IsOk)
            {
                return named.Error;
            }
        }

        if (patch.DisplayName is not null)
        {
            change.Principals.SetDisplayName(user.Id, display);
        }

        if (patch.Email is not null && email != user.Email)
        {
            if (user.Email is not null)
            {
                // To the old address, so that an open session does not suffice to take over the account unnoticed.
                mailbox.Send(
                    change, user, null, MailTemplates.EmailChanged, ("user", user.Name), ("time", Mailbox.Time(time.GetUtcNow())));
            }

            change.Principals.SetEmail(user.Id, email);
        }

        // Also for a patch that changes nothing: that it was asked is worth a line, and a change without one is refused.
        if (patch.DisplayName is not null || patch.Email is not null
            || (patch.Disabled is null && patch.Roles is null && patch.CreatesFor is null))
        {
            string[] changed =
                [.. patch.DisplayName is null ? [] : new[] { "display name" }, .. patch.Email is null ? [] : new[] { "email address" }];
            change.AddAudit(Operation.UserChange.Name, target, changed.Length == 0 ? "nothing" : string.Join(", ", changed));
        }

        return change.Roles.CountEnabled(Role.Administrator) == 0
            ? ErrorCode.Unprocessable.With(
                $"'{name}' is the last enabled administrator. Make another user an administrator first.")
            : Details(change, change.Principals.FindUser(user.Id)!);
    }

    private static Result<Done> SetCreatesFor(ZoneChange change, UserRecord user, IReadOnlyCollection<string> names)
    {
        if (names.Count > AccountLimits.MaxCreatedFor)
        {
            return ErrorCode.BadRequest.With(
                $"An account can create datasets for at most {AccountLimits.MaxCreatedFor} users and groups. Name a group instead.");
        }

        var owners = new List<PrincipalId>();
        foreach (string name in names)
        {
            if (change.Principals.Find(name) is not PrincipalRecord owner)
            {
                return ErrorCode.NotFound.With($"There is no user or group {Display.Quote(name)}.");
            }

            owners.Add(owner.Id);
        }

        change.Creators.Set(user.Id, owners);
        change.AddAudit(
            Operation.UserChange.Name, "user:" + user.Name,
            owners.Count == 0 ? "creates datasets for no other user" : $"creates datasets for {string.Join(", ", names)}");
        return Done.Value;
    }

    internal static AccountDetails Details(ZoneTables tables, UserRecord user) => new(
        user, RoleSet.From([.. tables.Roles.ListFor(user.Id)]))
    {
        SiteRoles = SiteRolesOf(tables, user.Id),
        Datasets = tables.Names.CountOwnedBy(user.Id),
        LastLogin = tables.Sessions.LastOf(user.Id),
        CreatesFor = [.. tables.Creators.ListFor(user.Id).Select(owner => owner.Name)],
    };

    /// <summary>Gives an account exactly these roles and the role user.</summary>
    private static Result<string> SetRoles(ZoneChange change, PrincipalId user, IReadOnlyCollection<AssignedRole> named)
    {
        AssignedRole[] wanted = [.. named.Append(Role.User).Distinct().OrderBy(static held => held.Role)];
        List<AssignedRole> held = [];
        foreach (AssignedRole role in wanted)
        {
            if (role.Site is not { } site)
            {
                held.Add(role);
            }
            else if (change.Sites.FindByName(site) is { } found)
            {
                held.Add(role with { Site = found.Id });
            }
            else
            {
                return ErrorCode.NotFound.With(
                    $"No site called {Display.Quote(site)} has joined this zone: `hutch site list`. The role {role.Role.ToName()} of the "
                    + "zone's own site is written without '@'.");
            }
        }

        change.Roles.Set(user, held);
        return string.Join(", ", wanted);
    }

    private static AssignedRole[] SiteRolesOf(ZoneTables tables, PrincipalId user) =>
    [
        .. tables.Roles.ListAssigned(user).Where(static held => held.Site is not null)
            .Select(held => held with { Site = tables.Sites.Find(held.Site!)?.Name ?? held.Site }),
    ];

    /// <summary>Returns users and groups by the beginnings of words, as far as the caller may know them; no match, no entry.</summary>
    /// <remarks>
    /// A display name is visible to its user and to administrators. The login names of a group's members are visible to each other and to
    /// administrators. Matches by login name are returned separately (<see cref="KnownPeople.Named"/>), because their visibility depends on
    /// the object that names them.
    /// </remarks>
    public async ValueTask<IReadOnlyDictionary<string, KnownPeople>> FindPeopleAsync(
        Caller caller, IReadOnlyCollection<string> words, CancellationToken ct)
    {
        if (!caller.IsUser || caller.IsRemembered || words.Count == 0)
        {
            return new Dictionary<string, KnownPeople>();
        }

        return await zone.ReadAsync(
            tables => words.Distinct(StringComparer.Ordinal)
                .Select(word => (word, People: FindPeople(tables, caller, word)))
                .Where(found => found.People.Known.Count + found.People.Named.Count > 0)
                .ToDictionary(found => found.word, found => found.People),
            ct);
    }

    private static KnownPeople FindPeople(ZoneTables tables, Caller caller, string word)
    {
        IReadOnlyList<PrincipalId> named = tables.Principals.Named(word, MaxPeopleOfWord);
        if (Authorizer.Authorize(caller, Operation.UserList).IsOk)
        {
            PrincipalId[] called = [.. tables.Principals.Called(word, MaxPeopleOfWord)];
            return new KnownPeople([.. called, .. tables.Memberships.GroupsWith([.. called, .. named], MaxPeopleOfWord)], named);
        }

        HashSet<PrincipalId> own =
        [
            .. caller.Groups
                .Where(group => Authorizer.Authorize(
                    caller, new PrincipalRecord(group.GroupId, PrincipalKind.Group, group.GroupName), Operation.GroupRead).IsOk)
                .Select(group => group.GroupId),
        ];
        return IsCalled(caller, word) ? new KnownPeople([caller.UserId, .. own], named)
            : new KnownPeople(own.Count == 0 ? [] : tables.Memberships.GroupsWith(word, own), named);
    }

    private static bool IsCalled(Caller caller, string word) => caller.User?.DisplayName is { } name
        && name.Split(' ').Any(part => part.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}

public sealed record AccountDetails(UserRecord User, RoleSet Roles)
{
    public IReadOnlyList<AssignedRole> SiteRoles { get; init; } = [];

    public long Datasets { get; init; }

    public IReadOnlyList<string> CreatesFor { get; init; } = [];

    /// <summary>The stable id that a SCIM client gave the account; null for none, and where it was not read.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The last login in a browser; null for none that is remembered.</summary>
    public DateTimeOffset? LastLogin { get; init; }
}

/// <summary>A new account and its first token, which has every scope.</summary>
public sealed record CreatedAccount(UserRecord User, IssuedToken Token);

/// <summary>A change of an account; null keeps a value.</summary>
public sealed record AccountPatch
{
    public bool? Disabled { get; init; }

    /// <summary>The new roles, with sites by name; the role user is always included.</summary>
    public IReadOnlyCollection<AssignedRole>? Roles { get; init; }

    /// <summary>The names of the users and groups for which the account may create datasets.</summary>
    public IReadOnlyCollection<string>? CreatesFor { get; init; }

    /// <summary>The display name; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The mail address; empty clears it.</summary>
    public string? Email { get; init; }

    /// <summary>The stable id of an account that a SCIM client has created; empty clears it. Only that client changes it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// True if the account's owner was authenticated again (at the login). Otherwise an account cannot change its own mail address: a
    /// person who finds a token or an open session could use the address to reset the password.
    /// </summary>
    public bool OwnerConfirmed { get; init; }
}

/// <summary>The users and groups that match a word.</summary>
/// <param name="Known">Those that the caller may always recognize as matches.</param>
/// <param name="Named">Those whose login name begins with the word.</param>
public sealed record KnownPeople(IReadOnlyCollection<PrincipalId> Known, IReadOnlyCollection<PrincipalId> Named);
