using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Sites;

/// <summary>Which sites are to have copies of which datasets, and what they say of them.</summary>
public sealed class CopyRegistry
{
    private readonly ZoneDatabase _zone;
    private readonly Authorizer _authorizer;

    internal CopyRegistry(ZoneDatabase zone, Authorizer authorizer) => (_zone, _authorizer) = (zone, authorizer);

    /// <summary>Asks that a site has a copy of a dataset; once more changes nothing.</summary>
    public async ValueTask<Result<IReadOnlyList<SiteCopy>>> AskAsync(Caller caller, DatasetId dataset, string siteName, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.CopyChange, ct);
        return access.IsOk
            ? await _zone.ChangeAsync(caller.Actor, change => Ask(change, dataset, siteName), ct)
            : access.Error;
    }

    /// <summary>The copies of a dataset.</summary>
    public async ValueTask<Result<IReadOnlyList<SiteCopy>>> ListAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Access> access = await _authorizer.AuthorizeAsync(caller, dataset, Operation.CopyRead, ct);
        return access.IsOk
            ? await _zone.ReadAsync(tables => Result<IReadOnlyList<SiteCopy>>.Ok(List(tables, dataset)), ct)
            : access.Error;
    }

    /// <summary>Whether a site is to have a copy of a dataset.</summary>
    public ValueTask<bool> IsAskedForAsync(DatasetId dataset, string siteId, CancellationToken ct) =>
        _zone.ReadAsync(tables => tables.Copies.Find(dataset, siteId) is not null, ct);

    /// <summary>The copies that a site is to have, with the names of the datasets; those that the site does not know yet are left out.</summary>
    public ValueTask<IReadOnlyList<NameRecord>> AtSiteAsync(string siteId, CancellationToken ct) =>
        _zone.ReadAsync<IReadOnlyList<NameRecord>>(
            tables => [.. tables.Copies.AtSite(siteId).Select(copy => tables.Names.Find(copy.Dataset)).OfType<NameRecord>()], ct);

    /// <summary>Notes what a site says of a copy. Of one that it is not to have nothing is noted.</summary>
    public async ValueTask TellAsync(string siteId, DatasetId dataset, CopyProgress told, CancellationToken ct) => _ = await _zone.KeepAsync(
        tables =>
        {
            tables.Copies.Tell(dataset, siteId, told);
            return Done.Value;
        },
        ct);

    private static Result<IReadOnlyList<SiteCopy>> Ask(ZoneChange change, DatasetId dataset, string siteName)
    {
        if (change.Sites.FindByName(siteName) is not { } site)
        {
            return (ErrorCode.NotFound with { Advice = "`hutch site list` shows the sites." }).With(
                $"There is no site {Display.Quote(siteName)} in this zone.");
        }

        if (change.Copies.Find(dataset, site.Id) is null)
        {
            change.Copies.Add(dataset, site.Id);
        }

        change.Note("copy.ask", "dataset:" + dataset, "site " + site.Name);
        return Result<IReadOnlyList<SiteCopy>>.Ok(List(change, dataset));
    }

    private static IReadOnlyList<SiteCopy> List(ZoneTables tables, DatasetId dataset) =>
        [.. tables.Copies.OfDataset(dataset).Select(copy => new SiteCopy(tables.Sites.Find(copy.SiteId)!, copy))];
}

/// <summary>A copy, and the site that is to have it.</summary>
public sealed record SiteCopy(SiteRecord Site, CopyRecord Copy);
