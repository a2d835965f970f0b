using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Limits;

namespace Hutch.Zone.OpenId;

/// <summary>Maps a provider's identity to an account, and its groups and roles to those here. Inside a change of the zone.</summary>
internal static class OidcAccounts
{
    private const int HashDigits = 12;

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
        if (user.DisabledAt is not null)
        {
            return ErrorCode.LoginRefused.With($"The account '{user.Name}' is disabled. Ask an administrator.");
        }

        Describe(change, user, identity);
        SyncRoles(change, provider, user, identity);
        SyncGroups(change, provider, user, identity);
        return change.Principals.FindUser(user.Id)!;
    }

    /// <summary>Derives a login name from the provider's name: <c>Ada.Lovelace@example.org</c> is <c>ada-lovelace</c>.</summary>
    internal static string NameOf(OidcIdentity identity)
    {
        string wanted = (identity.Name ?? "").Split('@')[0].ToLowerInvariant();
        var dashes = new string([.. wanted.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        string dashed = string.Join('-', dashes.Split('-', StringSplitOptions.RemoveEmptyEntries));
        string cut = dashed[..Math.Min(dashed.Length, AccountName.MaxLength)].TrimEnd('-');
        return AccountText.NewName(cut).IsOk
            ? cut
            : "user-" + BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(identity.Subject)).ToString()[..HashDigits];
    }

    private static Result<UserRecord> LinkOrMake(ZoneChange change, OidcProviderOptions provider, OidcIdentity identity)
    {
        string name = NameOf(identity);
        if (change.Principals.Find(name) is { } taken)
        {
            // A person with a free choice of names at the provider must not take over the account of that name here.
            if (!provider.LinkByName || taken.Kind != PrincipalKind.User || change.Identities.HasAny(taken.Id, provider.Id))
            {
                return ErrorCode.LoginRefused.With($"The name '{name}' belongs to another account or group here. Ask an administrator.");
            }

            change.Identities.Add(provider.Id, identity.Subject, taken.Id);
            change.AddAudit("identity.link", "user:" + name, $"is {Display.Quote(identity.Subject)} at {provider.Id}");
            return change.Principals.FindUser(taken.Id)!;
        }

        if (!provider.CreateAccounts)
        {
            return ErrorCode.LoginRefused.With(
                $"You have no account here, and '{provider.Label ?? provider.Id}' does not create one. Ask an administrator.");
        }

        return AccountService.AddUser(change, name, null, []).Then<UserRecord>(user =>
        {
            change.Identities.Add(provider.Id, identity.Subject, user.Id);
            change.AddAudit("identity.link", "user:" + name, $"is {Display.Quote(identity.Subject)} at {provider.Id}");
            return user;
        });
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
internal sealed record OidcIdentity(string Subject, string? Name, string? DisplayName, string? Email, IReadOnlyList<string> Values);
