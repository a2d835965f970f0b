namespace Hutch.Datasets.Registry;

/// <summary>
/// Finds temporary datasets whose bytes will expire: those with home here in the records of the site, others in the reports of their homes.
/// </summary>
public sealed class ExpiringData(
    Authorizer authorizer, SiteDatabase records, SummaryRegistry summaries, SiteRegistry sites, TimeProvider time)
{
    private const int MaxListed = 50;

    private static readonly TimeSpan Listed = TimeSpan.FromDays(7);

    /// <summary>Lists those of the caller and of groups that it manages which expire within a week, by owner and day.</summary>
    public async Task<Result<IReadOnlyList<NamedExpiringDatasets>>> ListAsync(Caller caller, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.ToDoList);
        if (!allowed.IsOk)
        {
            return allowed.Error;
        }

        var named = new List<NamedExpiringDatasets>();
        foreach (ExpiringDatasets found in await FindAsync(time.GetUtcNow() + Listed, TimeSpan.Zero, caller.ManagedOwners(), MaxListed, ct))
        {
            if ((await authorizer.AuthorizeAsync(caller, found.One, Operation.DatasetView, ct)).TryGet(out Access access, out _))
            {
                named.Add(new NamedExpiringDatasets(found, access.Dataset.FullName));
            }
        }

        return named;
    }

    /// <summary>Returns those that expire from now until a time, by owner and day, the first to expire first.</summary>
    /// <param name="longerThan">Only datasets whose whole life is longer.</param>
    /// <param name="owners">Only datasets of these owners; null for all.</param>
    internal async ValueTask<IReadOnlyList<ExpiringDatasets>> FindAsync(
        DateTimeOffset until, TimeSpan longerThan, IReadOnlyCollection<string>? owners, int limit, CancellationToken ct)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<ExpiringDatasets> here = await records.ReadAsync(
            queries => queries.Expiring(now, until, longerThan, owners, limit), ct);
        if (await sites.IsAloneAsync(ct))
        {
            return here;
        }

        IReadOnlyList<ExpiringDatasets> elsewhere = await summaries.ListExpiringAsync(
            sites.OwnId, now, until, longerThan, owners, limit, ct);
        return
        [
            .. here.Concat(elsewhere).GroupBy(static one => (one.Owner, one.First.UtcDateTime.Date))
                .Select(static day => day.MinBy(static one => one.First)! with { Count = day.Sum(static one => one.Count) })
                .OrderBy(static one => one.First).Take(limit),
        ];
    }
}

/// <param name="Name">The full name of <see cref="ExpiringDatasets.One"/>.</param>
public sealed record NamedExpiringDatasets(ExpiringDatasets Datasets, string Name);
