using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Replication.Homes;

public sealed partial class HomeRegistry
{
    /// <summary>Records a home's report that it has deleted, restored or ended a dataset. Repeating it changes nothing.</summary>
    /// <param name="siteId">The site, already authenticated by its key.</param>
    public async ValueTask<Result<Done>> ReportAsync(string siteId, DatasetId dataset, EndReport report, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(report);
        report = report with { TrashedUntil = Stored(report.TrashedUntil), EndedAt = Stored(report.EndedAt) };
        Result<bool> isNews = await _zone.ReadAsync(tables => IsNews(tables, siteId, dataset, report), ct);
        return isNews is { IsOk: true, Value: true }
            ? await _zone.ChangeAsync(AuditActor.Server, change => Receive(change, siteId, dataset, report), ct)
            : isNews.Then<Done>(static _ => Done.Value);
    }

    private static Result<Done> Receive(ZoneChange change, string siteId, DatasetId dataset, EndReport report)
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
        change.AddAudit(action, Target + dataset, "site:" + siteId);
        return Done.Value;
    }

    /// <summary>Rounds a time to the precision in the zone, so that an equal time is recognized when it comes again.</summary>
    private static DateTimeOffset? Stored(DateTimeOffset? time) =>
        time is { } told ? DateTimeOffset.FromUnixTimeMilliseconds(told.ToUnixTimeMilliseconds()) : null;

    /// <returns>True if the report is new; a refusal when the site is not the home in that epoch.</returns>
    private static Result<bool> IsNews(ZoneTables tables, string siteId, DatasetId dataset, EndReport report) =>
        tables.Homes.Find(dataset) is not { } home || home.SiteId != siteId || home.Epoch != report.Epoch
            ? ErrorCode.Conflict.With($"This site is not the home of dataset {dataset} in epoch {report.Epoch}.")
            : !tables.Purges.Has(dataset) && (home.TrashedUntil != report.TrashedUntil || home.EndedAt != report.EndedAt);
}

/// <summary>A home's report about the end of a dataset; without both times the dataset is present.</summary>
/// <param name="TrashedUntil">The time until which it can be restored from the trash there; null when it is not in the trash.</param>
/// <param name="EndedAt">The time when its bytes ended; null while they are present.</param>
public sealed record EndReport(long Epoch, DateTimeOffset? TrashedUntil, DateTimeOffset? EndedAt);
