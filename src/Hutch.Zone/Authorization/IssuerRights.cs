using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Whether the issuer of an invite, an offer or a share link still has the right to issue it: what somebody gives on ends with that
/// right, so that nobody comes back by an invite of their own.
/// </summary>
internal static class IssuerRights
{
    /// <summary>
    /// Whether a share link still gives something. One of a leaver whose account is disabled goes on until the dataset has another owner.
    /// </summary>
    public static bool StillHolds(ZoneTables tables, LinkRecord link, DateTimeOffset now) =>
        tables.Principals.Find(link.CreatedBy) is PrincipalRecord issuer
        && StillHolds(tables, issuer, link.Dataset, Operation.LinkCreate, evenDisabled: true, now);

    /// <summary>Whether an offer still gives something.</summary>
    public static bool StillHolds(ZoneTables tables, OfferRecord offer, DateTimeOffset now) =>
        StillHolds(tables, offer.By, offer.Dataset, Operation.OwnerChange, evenDisabled: false, now);

    /// <summary>Whether an invite still gives something.</summary>
    public static bool StillHolds(ZoneTables tables, InviteRecord invite, DateTimeOffset now) => invite.Target.Dataset is DatasetId dataset
        ? StillHolds(tables, invite.CreatedBy, dataset, Operation.InviteCreate, evenDisabled: false, now)
        : PeopleOf(tables, invite.CreatedBy, evenDisabled: false).Any(person => Authorizer.Authorize(
            person, new PrincipalRecord(invite.Target.Group!.Value, PrincipalKind.Group, invite.Target.Name), Operation.GroupInvite).IsOk);

    /// <summary>Whether an account may still do something with a dataset that is no matter of a role at a site.</summary>
    public static bool StillHolds(ZoneTables tables, UserRecord account, DatasetId dataset, Operation operation, DateTimeOffset now) =>
        StillHolds(
            tables, new PrincipalRecord(account.Id, PrincipalKind.User, account.Name), dataset, operation, evenDisabled: false, now);

    private static bool StillHolds(
        ZoneTables tables, PrincipalRecord issuer, DatasetId dataset, Operation operation, bool evenDisabled, DateTimeOffset now)
    {
        if (tables.Names.Find(dataset) is not NameRecord name)
        {
            return false;
        }

        // Wherever it is at home: none of these operations is allowed by a role at a site.
        var facts = new DatasetAccess(name, tables.Grants.On(dataset), name.Home.SiteId);
        return PeopleOf(tables, issuer, evenDisabled)
            .Any(person => AuthorizationRules.OnDataset(person, facts, dataset, operation, now).IsOk);
    }

    /// <summary>Who speaks for an issuer: the account itself, or whoever manages the group that got what an account had given.</summary>
    private static IEnumerable<Caller> PeopleOf(ZoneTables tables, PrincipalRecord issuer, bool evenDisabled)
    {
        PrincipalId[] ids = issuer.Kind == PrincipalKind.User
            ? [issuer.Id]
            : [.. tables.Memberships.MembersOf(issuer.Id).Where(member => member.Manager).Select(member => member.UserId)];
        foreach (PrincipalId id in ids)
        {
            if (tables.Principals.FindUser(id) is UserRecord user && (evenDisabled || user.DisabledAt is null))
            {
                yield return Caller.ForWork(user, tables.Memberships.GroupsOf(id), RoleSet.Of([.. tables.Roles.Of(id)]), TokenScope.Full);
            }
        }
    }
}
