using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Accounts;

/// <summary>
/// Accounts that an identity provider creates and disables (SCIM). It sees and changes only those that it has created: a person with a
/// free choice of names at the provider must not get at the account of that name here. Thread-safe.
/// </summary>
public sealed class AccountProvisioning
{
    /// <summary>The provider in the table of identities; the ids of OpenID providers have no colon.</summary>
    private const string Provider = "scim:";

    private readonly ZoneDatabase _zone;
    private readonly AccountService _accounts;

    internal AccountProvisioning(ZoneDatabase zone, AccountService accounts) => (_zone, _accounts) = (zone, accounts);

    /// <summary>Creates an account without a token, which belongs to the provider from now on. For administrators.</summary>
    public async ValueTask<Result<AccountDetails>> CreateAsync(Caller caller, string name, AccountPatch patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(patch);
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserCreate);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        return AccountText.NewName(name).TryGet(out string? login, out HutchError? error)
            && AccountText.Line(patch.DisplayName, "display name").TryGet(out string? display, out error)
            && AccountText.Email(patch.Email).TryGet(out string? email, out error)
                ? await _zone.ChangeAsync(
                    caller.Actor,
                    change => AccountService.AddUser(change, login, null, []).Then(user =>
                    {
                        change.Identities.Add(Provider, login, user.Id);
                        return _accounts.ChangeUser(change, login, patch, display, email);
                    }),
                    ct)
                : error;
    }

    /// <summary>Returns an account of the provider. For administrators.</summary>
    public async ValueTask<Result<AccountDetails>> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserList);
        return allowed.IsOk
            ? await _zone.ReadAsync(t => Find(t, name).Then<AccountDetails>(user => AccountService.Details(t, user)), ct)
            : allowed.Error;
    }

    /// <summary>Lists the accounts of the provider by name, and returns their number. For administrators.</summary>
    public async ValueTask<Result<ProvisionedAccounts>> ListAsync(Caller caller, long skip, int limit, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserList);
        return allowed.IsOk
            ? await _zone.ReadAsync(
                t => new ProvisionedAccounts(
                    t.Identities.Count(Provider),
                    [
                        .. t.Identities.ListUsers(Provider, skip, Math.Clamp(limit, 0, AccountLimits.MaxPage))
                            .Select(t.Principals.FindUser).OfType<UserRecord>().Select(user => AccountService.Details(t, user)),
                    ]),
                ct)
            : allowed.Error;
    }

    /// <summary>Changes the texts of an account of the provider, disables or enables it. For administrators.</summary>
    public async ValueTask<Result<AccountDetails>> ChangeAsync(
        Caller caller, string name, AccountPatch patch, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserChange);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        // The provider keeps what it has created: the account stays one of its own.
        Result<UserRecord> known = await _zone.ReadAsync(tables => Find(tables, name), ct);
        return known.IsOk ? await _accounts.ChangeUserAsync(caller, name, patch, ct) : known.Error;
    }

    private static Result<UserRecord> Find(ZoneTables tables, string name) =>
        tables.Principals.FindUser(name) is { } user && tables.Identities.HasAny(user.Id, Provider) ? user : AccountService.NoUser(name);
}

/// <param name="Count">The number of all accounts of the provider.</param>
public sealed record ProvisionedAccounts(long Count, IReadOnlyList<AccountDetails> Accounts);
