using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.OpenId;

/// <summary>Maps a provider's identity to an account, and its groups and roles to those here. Inside a change of the zone.</summary>
internal static class OidcAccounts
{
    private const int HashDigits = 12;
    private const int MaxClaimCharacters = 100;

    public static Result<UserRecord> Find(ZoneChange change, OidcProviderOptions provider, OidcIdentity identity)
    {
        Result<UserRecord> found = change.Identities.Find(provider.Id, identity.Subject) is PrincipalId id
            ? change.Principals.FindUser(id)!
            : LinkOrMake(change, provider, identity);
        if (!found.IsOk)
        {
            return found;
        }

        UserRecord user = found.Value;
        change.Identities.NoteClaim(provider.Id, identity.Subject, ClaimOf(identity));
        if (user.DisabledAt is not null)
        {
            return ErrorCode.LoginRefused.With($"The account '{user.Name}' is disabled. Ask an administrator.");
        }

        Describe(change, user, identity);
        SyncRoles(change, provider, user, identity);
        SyncGroups(change, provider, user, identity);
        return change.Principals.FindUser(user.Id)!;
    }

    /// <summary>
    /// Derives a login name for a new account from the provider's name: <c>Ada.Lovelace@example.org</c> is <c>ada-lovelace</c>. A derived
    /// name proves nothing: <c>Admin.</c> becomes <c>admin</c>, too. So no existing account is found by it.
    /// </summary>
    internal static string NameOf(OidcIdentity identity)
    {
        string wanted = (identity.Name ?? "").Split('@')[0];
        var dashes = new string([.. wanted.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]);
        string dashed = string.Join('-', dashes.Split('-', StringSplitOptions.RemoveEmptyEntries));
        string cut = dashed[..Math.Min(dashed.Length, AccountName.MaxLength)].TrimEnd('-');
        return AccountText.NewName(cut).IsOk
            ? cut
            : "user-" + BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(identity.Subject)).ToString()[..HashDigits];
    }

    /// <summary>Returns the account of an identity and what proves that; null for none.</summary>
    internal static (UserRecord User, IdentityProof Proof)? FindExisting(
        ZoneTables tables, OidcProviderOptions provider, OidcIdentity identity)
    {
        UserRecord? user = provider.LinkByExternalId
            && tables.Identities.Find(AccountProvisioning.ExternalIds, identity.Subject) is PrincipalId made
                ? tables.Principals.FindUser(made)
                : null;
        IdentityProof proof = IdentityProof.ExternalId;
        if (user is null && provider.LinkByMail && identity is { IsEmailVerified: true, Email: { } address }
            && tables.Principals.WithVerifiedEmail(address, 2) is [var only])
        {
            (user, proof) = (only, IdentityProof.Mail);
        }

        if (user is null && provider.LinkByName && identity.Name is { } name && tables.Principals.FindUser(name) is { } named
            && string.Equals(named.Name, name, StringComparison.Ordinal) && !HasRole(tables, named.Id)
            && tables.Principals.IsUntouched(named.Id))
        {
            (user, proof) = (named, IdentityProof.Name);
        }

        // The first account is the way back of the operator, and never a person of a provider. An account has one identity at each.
        return user is null || user.Name == AccountName.Admin || tables.Identities.HasAny(user.Id, provider.Id) ? null : (user, proof);
    }

    /// <summary>The name that the provider gives, for the record; of a long one, the beginning.</summary>
    private static string? ClaimOf(OidcIdentity identity) => identity.Name is { Length: > MaxClaimCharacters } name
        ? name[..MaxClaimCharacters]
        : identity.Name;

    private static bool HasRole(ZoneTables tables, PrincipalId user) =>
        tables.Roles.ListAssigned(user).Any(static held => held.Role != Role.User);

    private static Result<UserRecord> LinkOrMake(ZoneChange change, OidcProviderOptions provider, OidcIdentity identity)
    {
        if (FindExisting(change, provider, identity) is (var known, var proof))
        {
            Link(change, provider, identity, known, proof);
            return known;
        }

        string name = NameOf(identity);
        if (change.Principals.Find(name) is not null)
        {
            // A person with a free choice of names at the provider must not take over the account of that name here.
            return ErrorCode.LoginRefused.With(
                $"The name '{name}' belongs to another account or group here. Ask an administrator, who can link the account.");
        }

        if (!provider.CreateAccounts)
        {
            return ErrorCode.LoginRefused.With(
                $"You have no account here, and '{provider.Label ?? provider.Id}' does not create one. Ask an administrator.");
        }

        return AccountService.AddUser(change, name, null, []).Then<UserRecord>(user =>
        {
            Link(change, provider, identity, user, IdentityProof.New);
            return user;
        });
    }

    private static void Link(
        ZoneChange change, OidcProviderOptions provider, OidcIdentity identity, UserRecord user, IdentityProof proof)
    {
        change.Identities.Add(provider.Id, identity.Subject, user.Id, proof, ClaimOf(identity));
        change.AddAudit(
            IdentityLinks.Linked, "user:" + user.Name,
            $"is {Display.Quote(identity.Subject)} at {provider.Id}, by {proof.ToName()}");
    }

    /// <summary>Copies name and address once; afterwards they belong to the user.</summary>
    private static void Describe(ZoneChange change, UserRecord user, OidcIdentity identity)
    {
        if (user.DisplayName is null && AccountText.Line(identity.DisplayName, "name") is { IsOk: true, Value: { } display })
        {
            change.Principals.SetDisplayName(user.Id, display);
        }

        if (user.Email is null && AccountText.Email(identity.Email) is { IsOk: true, Value: { } email })
        {
            change.Principals.SetEmail(user.Id, email);
        }
    }

    private static void SyncRoles(ZoneChange change, OidcProviderOptions provider, UserRecord user, OidcIdentity identity)
    {
        RoleSet has = RoleSet.From([.. change.Roles.ListFor(user.Id)]);
        AssignedRole[] atSites = [.. change.Roles.ListAssigned(user.Id).Where(static held => held.Site is not null)];
        List<Role> wanted = [.. has.ToList()];
        foreach (IGrouping<Role, OidcRole> mapped in provider.Roles.GroupBy(role => RoleNames.Parse(role.Role).Value))
        {
            wanted.Remove(mapped.Key);
            if (mapped.Any(role => identity.Values.Contains(role.Value)))
            {
                wanted.Add(mapped.Key);
            }
        }

        RoleSet set = RoleSet.From([Role.User, .. wanted]);
        if (set == has)
        {
            return;
        }

        change.Roles.Set(user.Id, [.. set.ToList(), .. atSites]);
        if (change.Roles.CountEnabled(Role.Administrator) == 0)
        {
            // Keep the last administrator: otherwise the installation would have none.
            set = set.Union(RoleSet.From(Role.Administrator));
            change.Roles.Set(user.Id, [.. set.ToList(), .. atSites]);
        }

        change.AddAudit(Operation.RoleChange.Name, "user:" + user.Name, $"roles {set}, by {provider.Id}");
    }

    private static void SyncGroups(ZoneChange change, OidcProviderOptions provider, UserRecord user, OidcIdentity identity)
    {
        IReadOnlyList<MembershipRecord> has = change.Memberships.GroupsOf(user.Id);
        foreach (IGrouping<string, OidcGroup> mapped in provider.Groups.GroupBy(group => group.Group, StringComparer.Ordinal))
        {
            if (change.Principals.FindGroup(mapped.Key) is not GroupRecord group)
            {
                continue;
            }

            bool wanted = mapped.Any(value => identity.Values.Contains(value.Value));
            MembershipRecord? member = has.FirstOrDefault(m => m.GroupId == group.Id);
            if (wanted && member is null && change.Memberships.MembersOf(group.Id).Count < AccountLimits.MaxMembersPerGroup)
            {
                change.Memberships.Put(group.Id, user.Id, manager: false);
                change.AddAudit(Operation.GroupChange.Name, "group:" + group.Name, $"member {user.Name}, by {provider.Id}");
            }
            else if (!wanted && member is { Manager: false })
            {
                change.Memberships.Remove(group.Id, user.Id);
                change.AddAudit(Operation.GroupChange.Name, "group:" + group.Name, $"removed {user.Name}, by {provider.Id}");
            }
        }
    }
}

/// <param name="Name">The claim that becomes a login name; null for none.</param>
/// <param name="Email">A mail address that the provider does not mark as unverified; null for none.</param>
/// <param name="IsEmailVerified">True if the provider says that it has verified the address.</param>
internal sealed record OidcIdentity(
    string Subject, string? Name, string? DisplayName, string? Email, bool IsEmailVerified, IReadOnlyList<string> Values);
