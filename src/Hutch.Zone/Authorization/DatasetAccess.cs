using System.Collections.Frozen;

namespace Hutch.Zone.Authorization;

/// <summary>All facts that decide about one dataset: owner, visibility and grants, at one version of the zone. Immutable.</summary>
internal sealed class DatasetAccess
{
    private readonly FrozenDictionary<PrincipalId, GrantRecord> _grants;

    public DatasetAccess(NameRecord name, IEnumerable<GrantRecord> grants, string siteId)
    {
        Name = name;
        IsHome = name.Home.SiteId == siteId;
        _grants = grants.ToFrozenDictionary(g => g.Principal.Id);
    }

    public NameRecord Name { get; }

    public bool IsReadOnly { get; init; }

    public bool IsReadOnlyHome => IsReadOnly && IsHome;

    public bool IsHome { get; }

    /// <summary>The visit that owns the dataset; null for any other owner.</summary>
    public VisitRecord? Visit { get; init; }

    /// <summary>The ids of the sites with a wanted copy; null where they were not read, which counts as none.</summary>
    public IReadOnlyList<string>? Copies { get; init; }

    /// <summary>Returns true if a scope reaches the dataset where it is: it may be limited to what one site has.</summary>
    public bool IsWithin(TokenScope scope) =>
        !scope.IsHeldOnly || (scope.Site is { } site && (Name.Home.SiteId == site || Copies?.Contains(site) == true));

    /// <summary>
    /// Returns true if the end of the visit forbids an operation to everyone: changes of content, of tags and titles, and a transfer that
    /// would allow them.
    /// </summary>
    public bool IsTooLateFor(Operation operation, DateTimeOffset now) =>
        Visit is { } visit && visit.HasEnded(now)
        && (operation.Right == Rights.Write || operation == Operation.TagChange || operation == Operation.DatasetEdit
            || operation == Operation.OwnerChange);

    /// <summary>
    /// Returns the caller's roles that count for this dataset: site administrators manage only datasets whose home is their site, and roles
    /// that another site claims count only for datasets at home there.
    /// </summary>
    public RoleSet RolesOf(Caller caller)
    {
        RoleSet roles = caller.PassedOnBy == Name.Home.SiteId ? caller.Roles.Union(caller.RolesThere) : caller.Roles;
        return IsHome ? roles : roles.Without(Role.SiteAdmin);
    }

    /// <summary>Returns true if the caller owns the dataset or manages the group that does.</summary>
    public bool IsOwnedBy(Caller caller) =>
        caller.User is { } user && (Name.Owner.Kind == PrincipalKind.User ? Name.Owner.Id == user.Id : caller.Manages(Name.Owner.Id));

    /// <summary>
    /// Returns the caller's rights at a time, with all that they imply, before token scopes. A caller whose token or link does not reach
    /// the dataset has no rights, not even those of the public. A partner reads only what rules give.
    /// </summary>
    /// <param name="given">The rights that the caller has in person, rather than as a member of the public.</param>
    public Rights RightsOf(Caller caller, DateTimeOffset now, out Rights given)
    {
        given = RightsFor(caller, now).WithImplied();
        return caller is { Link: null, Partner: null } && caller.Scope.Reaches(Name.Dataset)
            ? (Name.Visibility.At(now) | given).WithImplied()
            : given;
    }

    private Rights RightsFor(Caller caller, DateTimeOffset now)
    {
        if (caller.Link is { } link)
        {
            return link.Dataset == Name.Dataset && link.ExpiresAt > now ? link.Right : Rights.None;
        }

        if (caller.Partner is { } partner)
        {
            return partner.Reads(Name) ? Rights.Read : Rights.None;
        }

        if (!caller.Scope.Reaches(Name.Dataset))
        {
            return Rights.None;
        }

        if (caller.Kind == CallerKind.Screen)
        {
            return Visit is { } shown && caller.IsMemberOf(shown.Id) && shown.StateAt(now) == "running" ? Rights.Read : Rights.None;
        }

        if (IsOwnedBy(caller))
        {
            return Rights.All;
        }

        Rights rights = caller.IsMemberOf(Name.Owner.Id) ? Rights.Write : Rights.None;
        rights = _grants.Count > 0 ? rights | Granted(caller, now) : rights;
        return rights.Highest() == Rights.Write && Visit?.HasEnded(now) == true ? Rights.Derive : rights;
    }

    private Rights Granted(Caller caller, DateTimeOffset now)
    {
        var rights = Rights.None;
        foreach (PrincipalId principal in caller.Principals)
        {
            if (_grants.TryGetValue(principal, out GrantRecord? grant) && (grant.From is null || grant.From <= now))
            {
                // A right of a visit to the dataset of another owner ends with the visit as well.
                bool isReading = grant.Right > Rights.Derive && caller.HasEnded(principal, now);
                rights |= isReading ? Rights.Derive : grant.Right;
            }
        }

        return rights;
    }
}
