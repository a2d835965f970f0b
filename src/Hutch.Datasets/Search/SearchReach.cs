using System.Collections.Immutable;
using Hutch.Catalog.Search;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Search;

/// <summary>
/// The rules by which the authorization point lets somebody see a dataset, in the words of the index: what these words find is what the
/// caller may see, so that counts of it tell nothing of anything else.
/// </summary>
/// <param name="Audience">A dataset has one of these words; null for every dataset.</param>
/// <param name="Within">And one of these; null for no such limit.</param>
internal sealed record SearchReach(IReadOnlyCollection<string>? Audience, IReadOnlyCollection<string>? Within)
{
    /// <summary>What the caller may find.</summary>
    public static SearchReach Of(Caller caller)
    {
        bool rolesCount = caller.Scope.Carries(TokenScopes.Admin);
        if (caller.Link is not null || (rolesCount && caller.Roles.Contains(Role.Administrator)))
        {
            return new SearchReach(null, Confined(caller));
        }

        List<string> audience = caller.Scope.Carries(Operation.DatasetView.Scope) ? AudienceOf(caller, withPublic: true) : [];
        if (rolesCount && caller.Roles.Contains(Role.SiteAdmin))
        {
            audience.Add(SearchAudience.Home);
        }

        return new SearchReach(audience, Confined(caller));
    }

    /// <summary>What is the caller's or shared with it, and what is public, without what only its roles let it see.</summary>
    public static SearchReach OfPerson(Caller caller, bool withPublic) =>
        new(caller.Link is null ? AudienceOf(caller, withPublic) : null, Confined(caller));

    private static List<string> AudienceOf(Caller caller, bool withPublic) =>
        [.. withPublic ? (string[])[SearchAudience.Public] : [], .. caller.Principals.Select(SearchAudience.Of)];

    private static string[]? Confined(Caller caller)
    {
        ImmutableSortedSet<DatasetId>? confined = caller.Link is { } link ? [link.Dataset] : caller.Scope.Datasets;
        return confined is null ? null : [.. confined.Select(SearchAudience.Of)];
    }
}
