using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Sites;

/// <summary>What homes delete and restore.</summary>
public sealed partial class HomeRegistry
{
    /// <summary>Takes in what a home says of a dataset that it has deleted, restored or ended. Said again it changes nothing.</summary>
    /// <param name="siteId">The site, whose key was looked at.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="report">What it says.</param>
    public async ValueTask<Result<Done>> TellAsync(string siteId, DatasetId dataset, EndReport report, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(report);
        report = report with { TrashedUntil = Stored(report.TrashedUntil), EndedAt = Stored(report.EndedAt) };
        Result<bool> isNews = await _zone.ReadAsync(tables => IsNews(tables, siteId, dataset, report), ct);
        return isNews is { IsOk: true, Value: true }
            ? await _zone.ChangeAsync(AuditActor.Server, change => Take(change, siteId, dataset, report), ct)
            : isNews.Then<Done>(static _ => Done.Value);
    }

    private static Result<Done> Take(ZoneChange change, string siteId, DatasetId dataset, EndReport report)
    {
        Result<bool> isNews = IsNews(change, siteId, dataset, report);
        if (!isNews.IsOk)
        {
            return isNews.Error;
        }

        change.Homes.SetEnd(dataset, report.TrashedUntil, report.EndedAt);
        change.Dois.SetDue(dataset);
        if (report.TrashedUntil is not null || report.EndedAt is not null)
        {
            change.AccessRequests.RemoveOn(dataset);
        }

        string action = report.EndedAt is not null ? "home.end" : report.TrashedUntil is not null ? "home.trash" : "home.restore";
        change.Note(action, Target + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <summary>A time as the zone stores it, so that the same one is no news when it comes again.</summary>
    private static DateTimeOffset? Stored(DateTimeOffset? time) =>
        time is { } told ? DateTimeOffset.FromUnixTimeMilliseconds(told.ToUnixTimeMilliseconds()) : null;

    /// <returns>A refusal when it is not the home's to say.</returns>
    private static Result<bool> IsNews(ZoneTables tables, string siteId, DatasetId dataset, EndReport report) =>
        tables.Homes.Find(dataset) is not { } home || home.SiteId != siteId || home.Epoch != report.Epoch
            ? ErrorCode.Conflict.With($"This site is not the home of dataset {dataset} in epoch {report.Epoch}.")
            : !tables.Purges.Has(dataset) && (home.TrashedUntil != report.TrashedUntil || home.EndedAt != report.EndedAt);
}

/// <summary>What the home of a dataset says of its end: neither means that it is there.</summary>
/// <param name="Epoch">The epoch in which it is the home.</param>
/// <param name="TrashedUntil">Until when it can be restored from the trash there; null when it is not there.</param>
/// <param name="EndedAt">When its bytes ended; null while they are there.</param>
public sealed record EndReport(long Epoch, DateTimeOffset? TrashedUntil, DateTimeOffset? EndedAt);
