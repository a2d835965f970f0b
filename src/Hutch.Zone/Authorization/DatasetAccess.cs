using System.Collections.Frozen;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>Everything that decides about one dataset: owner, visibility and rights given, at one version of the zone. Immutable.</summary>
internal sealed class DatasetAccess
{
    private readonly FrozenDictionary<PrincipalId, GrantRecord> _grants;

    /// <summary>Takes the facts.</summary>
    /// <param name="name">Name, owner, visibility and home.</param>
    /// <param name="grants">The rights given.</param>
    /// <param name="siteId">The site that asks.</param>
    public DatasetAccess(NameRecord name, IEnumerable<GrantRecord> grants, string siteId)
    {
        Name = name;
        IsHome = name.Home.SiteId == siteId;
        _grants = grants.ToFrozenDictionary(g => g.Principal.Id);
    }

    /// <summary>Name, owner, visibility and home.</summary>
    public NameRecord Name { get; }

    /// <summary>Whether the site that asks is read-only.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether it is the home, and takes no changes.</summary>
    public bool IsReadOnlyHome => IsReadOnly && IsHome;

    /// <summary>Whether this site is its home.</summary>
    public bool IsHome { get; }

    /// <summary>The roles of a caller that count for this dataset: who administers a site does so for what is at home there.</summary>
    public RoleSet RolesOf(Caller caller) => IsHome ? caller.Roles : caller.Roles.Without(Role.SiteAdmin);

    /// <summary>Whether the caller owns the dataset, or manages the group that does.</summary>
    public bool IsOwnedBy(Caller caller) =>
        caller.User is { } user && (Name.Owner.Kind == PrincipalKind.User ? Name.Owner.Id == user.Id : caller.Manages(Name.Owner.Id));

    /// <summary>
    /// What the caller may do at a time, with all that it implies, before token scopes. A caller whose token or link does not reach the
    /// dataset may do nothing, not even what everybody may.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="now">The time.</param>
    /// <param name="given">Those of the rights that the caller has as itself, and not because everybody has them.</param>
    public Rights RightsOf(Caller caller, DateTimeOffset now, out Rights given)
    {
        given = GivenTo(caller, now).WithImplied();
        return caller.Link is null && caller.Scope.Reaches(Name.Dataset) ? (Name.Visibility.At(now) | given).WithImplied() : given;
    }

    private Rights GivenTo(Caller caller, DateTimeOffset now)
    {
        if (caller.Link is { } link)
        {
            return link.Dataset == Name.Dataset && link.ExpiresAt > now ? link.Right : Rights.None;
        }

        if (!caller.Scope.Reaches(Name.Dataset))
        {
            return Rights.None;
        }

        if (IsOwnedBy(caller))
        {
            return Rights.All;
        }

        Rights rights = caller.IsMemberOf(Name.Owner.Id) ? Rights.Write : Rights.None;
        return _grants.Count > 0 ? rights | Granted(caller, now) : rights;
    }

    private Rights Granted(Caller caller, DateTimeOffset now)
    {
        var rights = Rights.None;
        foreach (PrincipalId principal in caller.Principals)
        {
            if (_grants.TryGetValue(principal, out GrantRecord? grant) && (grant.From is null || grant.From <= now))
            {
                rights |= grant.Right;
            }
        }

        return rights;
    }
}
