using System.Collections.Immutable;
using Hutch.Catalog.Search;

namespace Hutch.Datasets.Search;

/// <summary>
/// The authorization point's rules of visibility for a caller, in words of the index. These words find exactly the datasets that the caller
/// may see, so that counts reveal nothing else.
/// </summary>
/// <param name="Audience">A dataset has one of these words; null for every dataset.</param>
/// <param name="Within">And one of these; null for no such limit.</param>
internal sealed record SearchReach(IReadOnlyCollection<string>? Audience, IReadOnlyCollection<string>? Within)
{
    /// <summary>The words of datasets whose files the caller may list, at least one each; null for every dataset.</summary>
    public IReadOnlyCollection<string>? Readers { get; private init; } = [];

    /// <summary>The words of datasets whose grants the caller may know, at least one each; null for every dataset.</summary>
    public IReadOnlyCollection<string>? Managers { get; private init; } = [];

    /// <param name="siteId">This site.</param>
    public static SearchReach From(Caller caller, string siteId)
    {
        if (caller.Link is { } link)
        {
            return new SearchReach(null, FindRestriction(caller)) { Readers = link.Right.Includes(Operation.EntryList.Right) ? null : [] };
        }

        if (caller.Partner is not null)
        {
            return new SearchReach(null, FindRestriction(caller)) { Readers = null };
        }

        bool rolesCount = caller.Scope.Carries(TokenScopes.Admin);
        if (rolesCount && caller.Roles.Contains(Role.Administrator))
        {
            return new SearchReach(null, FindRestriction(caller)) { Readers = ReadersOf(caller), Managers = null };
        }

        List<string> audience = caller.Scope.Carries(Operation.DatasetView.Scope) ? AudienceOf(caller, withPublic: true) : [];
        if (rolesCount && caller.Roles.Contains(Role.SiteAdmin))
        {
            audience.Add(SearchAudience.Home(siteId));
        }

        // Roles count for datasets at home at the site where the token was used, as in the authorization of requests.
        if (rolesCount && caller.PassedOnBy is { } asking && caller.RolesThere.Intersects(Operation.DatasetView.Roles))
        {
            audience.Add(SearchAudience.Home(asking));
        }

        return new SearchReach(audience, FindRestriction(caller)) { Readers = ReadersOf(caller), Managers = ManagersOf(caller) };
    }

    /// <summary>Returns the reach of a caller as a person: own, shared and, on request, public datasets, but none by its roles.</summary>
    public static SearchReach OfPerson(Caller caller, bool withPublic) =>
        new(caller is { Link: null, Partner: null } ? AudienceOf(caller, withPublic) : null, FindRestriction(caller));

    private static List<string> AudienceOf(Caller caller, bool withPublic) =>
        [.. withPublic ? (string[])[SearchAudience.Public] : [], .. caller.Principals.Select(SearchAudience.For)];

    // No role lists files.
    private static string[] ReadersOf(Caller caller) => caller.Scope.Carries(Operation.EntryList.Scope)
        ? [SearchAudience.PublicReaders, .. caller.Principals.Select(SearchAudience.Reader)]
        : [];

    private static string[] ManagersOf(Caller caller) => caller.Scope.Carries(Operation.GrantRead.Scope)
        ?
        [
            .. caller.Principals.Select(SearchAudience.Manager),
            .. caller.Groups.Where(group => group.Manager).Select(group => SearchAudience.ManagersOf(group.GroupId)),
        ]
        : [];

    private static string[]? FindRestriction(Caller caller)
    {
        if (caller.Partner is { } partner && caller.Scope.Folder is null)
        {
            return
            [
                .. partner.Areas.Select(static area =>
                    area.Dataset is { } dataset ? SearchAudience.For(dataset) : SearchAudience.Owner(area.Owner.Id)),
            ];
        }

        // What a search finds is of a dataset as a whole.
        ImmutableSortedSet<DatasetId>? confined = caller.Link is { } link ? [link.Dataset]
            : caller.Scope.Folder is null ? caller.Scope.Datasets
            : [];
        return confined is not null ? [.. confined.Select(SearchAudience.For)]
            : caller.Scope is { IsHeldOnly: true, Site: { } site }
                ? [SearchAudience.Home(site), SearchAudience.Copy(site), SearchAudience.Public]
            : null;
    }
}
