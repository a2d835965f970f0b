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
            .. Finders(shared, now),
            SearchAudience.For(shared.Name.Dataset),
            SearchAudience.Reader(owner.Id),
            owner.Kind == PrincipalKind.User ? SearchAudience.Manager(owner.Id) : SearchAudience.ManagersOf(owner.Id),
            SearchAudience.Owner(owner.Id),
            .. Begun(shared, now).SelectMany(Granted),
            .. shared.Grants.Select(grant => SearchAudience.SharedWith(grant.Principal.Id)),
            .. shared.Name.Visibility.At(now).Includes(Rights.Read) ? (string[])[SearchAudience.PublicReaders] : [],
            .. types.Find(type) is null ? (string[])[SearchAudience.UnknownType] : [],
        ];
    }

    /// <summary>The audience of a publication: every caller that does not find its dataset.</summary>
    /// <param name="isFound">True if the dataset itself is in the index.</param>
    public static IReadOnlyCollection<string> OfPublication(SharedName shared, bool isFound, DateTimeOffset now) =>
        [SearchAudience.Publication, .. isFound ? Finders(shared, now).Select(SearchAudience.Instead) : []];

    public static DateTimeOffset? NextChange(SharedName shared, DateTimeOffset now) =>
        shared.Grants.Select(grant => grant.From).Append(shared.Name.Visibility.From).Where(from => from > now).Min();

    /// <summary>The callers that find a dataset now, without links and tokens for it alone.</summary>
    private static IEnumerable<string> Finders(SharedName shared, DateTimeOffset now) =>
    [
        SearchAudience.For(shared.Name.Owner.Id),
        .. Begun(shared, now).Select(static grant => SearchAudience.For(grant.Principal.Id)),
        .. shared.Name.Visibility.At(now) == Rights.None ? (string[])[] : [SearchAudience.Public],
        SearchAudience.Home(shared.Name.Home.SiteId),
        .. shared.Copies.Select(SearchAudience.Copy),
    ];

    private static IEnumerable<GrantRecord> Begun(SharedName shared, DateTimeOffset now) =>
        shared.Grants.Where(grant => grant.From is null || grant.From <= now);

    private static IEnumerable<string> Granted(GrantRecord grant)
    {
        if (grant.Right.Includes(Rights.Read))
        {
            yield return SearchAudience.Reader(grant.Principal.Id);
        }

        if (grant.Right.Includes(Rights.Manage))
        {
            yield return SearchAudience.Manager(grant.Principal.Id);
        }
    }
}
