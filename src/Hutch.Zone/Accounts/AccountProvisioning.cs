using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Accounts;

/// <summary>
/// Accounts that an identity provider creates and disables (SCIM). It sees and changes only those that it has created: a person with a
/// free choice of names at the provider must not get at the account of that name here. Its token has the scope <c>scim</c>, of an
/// administrator; one with the scope <c>admin</c> serves, too. Thread-safe.
/// </summary>
public sealed class AccountProvisioning
{
    /// <summary>The stable ids that the provider gave its accounts, in the table of identities.</summary>
    internal const string ExternalIds = "scim-id:";

    /// <summary>The provider in that table; the ids of OpenID providers have no colon.</summary>
    private const string Provider = "scim:";

    private const int MaxExternalIdCharacters = 255;

    private readonly ZoneDatabase _zone;
    private readonly AccountService _accounts;

    internal AccountProvisioning(ZoneDatabase zone, AccountService accounts) => (_zone, _accounts) = (zone, accounts);

    /// <summary>Creates an account without a token, which belongs to the provider from now on.</summary>
    public async ValueTask<Result<AccountDetails>> CreateAsync(Caller caller, string name, AccountPatch patch, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller, Operation.UserCreate);
        return !allowed.IsOk ? allowed.Error
            : AccountText.NewName(name).TryGet(out string? login, out HutchError? error)
                && Read(patch).TryGet(out Texts? texts, out error)
                ? await _zone.ChangeAsync(
                    caller.Actor,
                    change => AccountService.AddUser(change, login, null, []).Then(user =>
                    {
                        change.Identities.Add(Provider, login, user.Id, IdentityProof.Scim);
                        return Change(change, user, patch, texts);
                    }),
                    ct)
            : error;
    }

    /// <summary>Returns an account of the provider.</summary>
    public async ValueTask<Result<AccountDetails>> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller, Operation.UserList);
        return allowed.IsOk
            ? await _zone.ReadAsync(t => Find(t, name).Then<AccountDetails>(user => Details(t, user)), ct)
            : allowed.Error;
    }

    /// <summary>Returns the account of the provider with an external id; null for none.</summary>
    public async ValueTask<Result<AccountDetails?>> FindByExternalIdAsync(Caller caller, string externalId, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller, Operation.UserList);
        return allowed.IsOk
            ? await _zone.ReadAsync<Result<AccountDetails?>>(
                t => t.Identities.Find(ExternalIds, externalId) is { } id && t.Principals.FindUser(id) is { } user
                    ? Details(t, user)
                    : null,
                ct)
            : allowed.Error;
    }

    /// <summary>Lists the accounts of the provider by name, and returns their number.</summary>
    public async ValueTask<Result<ProvisionedAccounts>> ListAsync(Caller caller, long skip, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller, Operation.UserList);
        return allowed.IsOk
            ? await _zone.ReadAsync(
                t => new ProvisionedAccounts(
                    t.Identities.Count(Provider),
                    [
                        .. t.Identities.ListUsers(Provider, skip, Math.Clamp(limit, 0, AccountLimits.MaxPage))
                            .Select(t.Principals.FindUser).OfType<UserRecord>().Select(user => Details(t, user)),
                    ]),
                ct)
            : allowed.Error;
    }

    /// <summary>Changes the texts of an account of the provider, disables or enables it.</summary>
    public async ValueTask<Result<AccountDetails>> ChangeAsync(
        Caller caller, string name, AccountPatch patch, CancellationToken ct)
    {
        Result<Done> allowed = Authorize(caller, Operation.UserChange);
        return !allowed.IsOk ? allowed.Error
            : !Read(patch).TryGet(out Texts? texts, out HutchError? error) ? error
            : await _zone.ChangeAsync(
                caller.Actor,
                change => Find(change, name).Then(user =>
                    AccountService.FindUnconfirmed(caller, name, patch, texts.Email) is { } unconfirmed
                        ? unconfirmed
                        : Change(change, user, patch, texts)),
                ct);
    }

    private static Result<Done> Authorize(Caller caller, Operation asAdministrator)
    {
        return Authorizer.Authorize(
            caller, caller.Scope.Carries(TokenScopes.Scim) ? Operation.AccountProvision : asAdministrator);
    }

    private static Result<Texts> Read(AccountPatch patch)
    {
        return !AccountText.Line(patch.DisplayName, "display name").TryGet(out string? display, out HutchError? error)
            || !AccountText.Email(patch.Email).TryGet(out string? email, out error) ? error
            : patch.ExternalId?.Length > MaxExternalIdCharacters
                ? ErrorCode.BadRequest.With($"'externalId' has at most {MaxExternalIdCharacters} characters.")
            : new Texts(display, email);
    }

    private Result<AccountDetails> Change(ZoneChange change, UserRecord user, AccountPatch patch, Texts texts)
    {
        if (patch.ExternalId is { } id && id != (change.Identities.FindSubject(user.Id, ExternalIds) ?? ""))
        {
            if (id.Length > 0 && change.Identities.Find(ExternalIds, id) is not null)
            {
                return ErrorCode.AlreadyExists.With($"Another account has the 'externalId' {Display.Quote(id)}.");
            }

            change.Identities.Remove(user.Id, ExternalIds);
            if (id.Length > 0)
            {
                change.Identities.Add(ExternalIds, id, user.Id, IdentityProof.Scim);
            }

            change.AddAudit(Operation.AccountProvision.Name, "user:" + user.Name, $"external id {Display.Quote(id)}");
        }

        return _accounts.ChangeUser(change, user.Name, patch, texts.DisplayName, texts.Email)
            .Then<AccountDetails>(_ => Details(change, change.Principals.FindUser(user.Id)!));
    }

    private static AccountDetails Details(ZoneTables tables, UserRecord user) => AccountService.Details(tables, user) with
    {
        ExternalId = tables.Identities.FindSubject(user.Id, ExternalIds),
    };

    private static Result<UserRecord> Find(ZoneTables tables, string name) =>
        tables.Principals.FindUser(name) is { } user && tables.Identities.HasAny(user.Id, Provider) ? user : AccountService.NoUser(name);

    private sealed record Texts(string? DisplayName, string? Email);
}

/// <param name="Count">The number of all accounts of the provider.</param>
public sealed record ProvisionedAccounts(long Count, IReadOnlyList<AccountDetails> Accounts);
