using Hutch.Catalog.Search;
using Hutch.Zone.Changes;

namespace Hutch.Datasets.Search;

/// <summary>
/// The search audiences of a dataset, in words of the index: those that may see it, list its files and know its grants, by the rules of the
/// authorization point. Roles, links and tokens are in <see cref="SearchReach"/>.
/// </summary>
internal static class DatasetAudience
{
    /// <param name="now">The time: a right that begins later is no word yet.</param>
    public static IReadOnlyCollection<string> For(SharedName shared, string type, TypeCatalog types, DateTimeOffset now)
    {
        PrincipalRecord owner = shared.Name.Owner;
        return
        [
            SearchAudience.For(shared.Name.Dataset),
            SearchAudience.For(owner.Id),
            SearchAudience.Reader(owner.Id),
            owner.Kind == PrincipalKind.User ? SearchAudience.Manager(owner.Id) : SearchAudience.ManagersOf(owner.Id),
            SearchAudience.Owner(owner.Id),
            .. shared.Grants.Where(grant => grant.From is null || grant.From <= now).SelectMany(Granted),
            .. shared.Grants.Select(grant => SearchAudience.SharedWith(grant.Principal.Id)),
            .. OfEverybody(shared.Name.Visibility.At(now)),
            SearchAudience.Home(shared.Name.Home.SiteId),
            .. shared.Copies.Select(SearchAudience.Copy),
            .. types.Find(type) is null ? (string[])[SearchAudience.UnknownType] : [],
        ];
    }

    public static DateTimeOffset? NextChange(SharedName shared, DateTimeOffset now) =>
        shared.Grants.Select(grant => grant.From).Append(shared.Name.Visibility.From).Where(from => from > now).Min();

    private static IEnumerable<string> Granted(GrantRecord grant)
    {
        yield return SearchAudience.For(grant.Principal.Id);
        if (grant.Right.Includes(Rights.Read))
        {
            yield return SearchAudience.Reader(grant.Principal.Id);
        }

        if (grant.Right.Includes(Rights.Manage))
        {
            yield return SearchAudience.Manager(grant.Principal.Id);
        }
    }

    private static string[] OfEverybody(Rights rights) =>
        rights.Includes(Rights.Read) ? [SearchAudience.Public, SearchAudience.PublicReaders]
        : rights == Rights.None ? []
        : [SearchAudience.Public];
}
