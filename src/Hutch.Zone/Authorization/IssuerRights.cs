namespace Hutch.Zone.Authorization;

/// <summary>
/// Checks whether the issuer of an invite, an offer or a share link still has the right to issue it. The gift ends with that right, so that
/// users cannot regain access by their own invites.
/// </summary>
internal static class IssuerRights
{
    /// <summary>
    /// Returns true if a share link is still valid. A link of a disabled account remains valid until the dataset has another owner.
    /// </summary>
    public static bool IsStillValid(ZoneTables tables, LinkRecord link, DateTimeOffset now) =>
        tables.Principals.Find(link.CreatedBy) is PrincipalRecord issuer
        && IsStillValid(tables, issuer, link.Dataset, Operation.LinkCreate, evenDisabled: true, now);

    public static bool IsStillValid(ZoneTables tables, OfferRecord offer, DateTimeOffset now) =>
        IsStillValid(tables, offer.By, offer.Dataset, Operation.OwnerChange, evenDisabled: false, now);

    public static bool IsStillValid(
        ZoneTables tables, InviteRecord invite, DateTimeOffset now) => invite.Target.Dataset is DatasetId dataset
        ? IsStillValid(tables, invite.CreatedBy, dataset, Operation.InviteCreate, evenDisabled: false, now)
        : PeopleOf(tables, invite.CreatedBy, evenDisabled: false).Any(person => Authorizer.Authorize(
            person, new PrincipalRecord(invite.Target.Group!.Value, PrincipalKind.Group, invite.Target.Name), Operation.GroupInvite).IsOk);

    /// <summary>Returns true if an account still has the right to an operation that no role at a site allows.</summary>
    public static bool IsStillValid(ZoneTables tables, UserRecord account, DatasetId dataset, Operation operation, DateTimeOffset now) =>
        IsStillValid(
            tables, new PrincipalRecord(account.Id, PrincipalKind.User, account.Name), dataset, operation, evenDisabled: false, now);

    private static bool IsStillValid(
        ZoneTables tables, PrincipalRecord issuer, DatasetId dataset, Operation operation, bool evenDisabled, DateTimeOffset now)
    {
        if (tables.Names.Find(dataset) is not NameRecord name)
        {
            return false;
        }

        // Wherever it is at home: none of these operations is allowed by a role at a site.
        var facts = new DatasetAccess(name, tables.Grants.On(dataset), name.Home.SiteId)
        {
            Visit = name.Owner.Kind == PrincipalKind.Group ? tables.Visits.Find(name.Owner.Id) : null,
        };
        return PeopleOf(tables, issuer, evenDisabled)
            .Any(person => AuthorizationRules.OnDataset(person, facts, dataset, operation, now, AskedPath.Whole).IsOk);
    }

    /// <summary>
    /// Returns the callers that represent an issuer: the account itself, or the managers of the group that received its gifts.
    /// </summary>
    private static IEnumerable<Caller> PeopleOf(ZoneTables tables, PrincipalRecord issuer, bool evenDisabled)
    {
        PrincipalId[] ids = issuer.Kind == PrincipalKind.User
            ? [issuer.Id]
            : [.. tables.Memberships.MembersOf(issuer.Id).Where(member => member.Manager).Select(member => member.UserId)];
        foreach (PrincipalId id in ids)
        {
            if (tables.Principals.FindUser(id) is UserRecord user && (evenDisabled || user.DisabledAt is null))
            {
                yield return Caller.ForWork(
                    user, tables.Memberships.GroupsOf(id), RoleSet.From([.. tables.Roles.ListFor(id)]), TokenScope.Full);
            }
        }
    }
}
