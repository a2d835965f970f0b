using Hutch.Zone.Grants;

namespace Hutch.Zone.Replication.Placement;

/// <summary>
/// Notifies the requester of a dataset's copies, by hand or by a rule for this dataset alone, when all are complete and when they make no
/// progress, once each. See docs/design/federation.md (progress and mail).
/// </summary>
public sealed class CopyNotices
{
    private const int AtOnce = 200;

    private static readonly HutchError NothingToReport = ErrorCode.Conflict.With("Another server reported it, or it no longer applies.");

    private readonly ZoneDatabase _zone;
    private readonly DatasetNotices _notices;

    internal CopyNotices(ZoneDatabase zone, DatasetNotices notices) => (_zone, _notices) = (zone, notices);

    public async ValueTask NotifyAsync(IReadOnlyCollection<PlannedDataset> planned, CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        RuleStateChange[] turns = [.. planned.SelectMany(one => RuleStateChange.FindChanges(one, now))];
        if (turns.Any(static stateChange => !stateChange.IsNotified))
        {
            await _zone.KeepAsync(tables => RecordStates(tables, turns.Where(static stateChange => !stateChange.IsNotified)), ct);
        }

        if (turns.Any(static stateChange => stateChange.IsNotified))
        {
            _ = await _zone.ChangeAsync(AuditActor.Server, change => Notify(change, turns.Where(static one => one.IsNotified)), ct);
        }
    }

    /// <summary>Notifies requesters whose copies by hand have made no progress for long.</summary>
    public async ValueTask NotifyStuckAsync(CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        IReadOnlyList<CopyRecord> stuck = await _zone.ReadAsync(
            tables => tables.Copies.Stuck(now - RuleStateChange.StuckAfter, now - RuleStateChange.ImpossibleAfter, AtOnce), ct);
        if (stuck.Count > 0)
        {
            _ = await _zone.ChangeAsync(AuditActor.Server, change => NotifyStuck(change, stuck), ct);
        }
    }

    /// <summary>Notifies the requester of a copy that is complete for the first time, in the change that records it.</summary>
    internal void NotifyComplete(ZoneChange change, DatasetId dataset, string siteId)
    {
        if (change.Copies.Find(dataset, siteId) is { AskedBy: { } askedBy } copy && change.Names.Find(dataset) is { } name)
        {
            string site = SiteOf(change, siteId);
            _notices.NotifyRequester(
                change, name, DatasetNotice.CopiesComplete(KeyOf(copy), DescribeCopy(site), $"{site} has all of it."), askedBy);
        }
    }

    private Result<Done> Notify(ZoneChange change, IEnumerable<RuleStateChange> turns)
    {
        RuleStateChange[] current = [.. turns.Where(one => change.Rules.Find(one.Rule.Number)?.Told == one.Rule.Told)];
        RecordStates(change, current);
        foreach (RuleStateChange stateChange in current)
        {
            _notices.NotifyRequester(change, stateChange.Dataset.Name, NoticeOf(stateChange), stateChange.Rule.CreatedBy);
        }

        return current.Length > 0 ? Done.Value : NothingToReport;
    }

    private Result<Done> NotifyStuck(ZoneChange change, IReadOnlyList<CopyRecord> stuck)
    {
        int notified = 0;
        foreach (CopyRecord copy in stuck)
        {
            if (change.Names.Find(copy.Dataset) is { } name && change.Copies.SetNotified(copy.Dataset, copy.SiteId))
            {
                notified++;
                string site = SiteOf(change, copy.SiteId);
                string how = copy.Told?.Problem ?? $"{site} has not said why.";
                _notices.NotifyRequester(
                    change, name, DatasetNotice.CopiesStuck(KeyOf(copy), DescribeCopy(site), copy.MovedAt ?? copy.AskedAt, how),
                    copy.AskedBy!);
            }
        }

        return notified > 0 ? Done.Value : NothingToReport;
    }

    private static Done RecordStates(ZoneTables tables, IEnumerable<RuleStateChange> turns)
    {
        foreach (RuleStateChange stateChange in turns)
        {
            tables.Rules.SetNotified(stateChange.Rule.Number, stateChange.LackingSince, stateChange.Notification);
        }

        return Done.Value;
    }

    private static DatasetNotice NoticeOf(RuleStateChange stateChange)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"rule {stateChange.Rule.Number} {stateChange.Rule.LackingSince:O}");
        string wanted = stateChange.Rule.Rule.ToString();
        string how = $"{stateChange.Status.Summary} {string.Join("; ", stateChange.Status.Sites)}".Trim();
        return stateChange.Notification == RuleNotificationKind.Whole
            ? DatasetNotice.CopiesComplete(key, wanted, how)
            : DatasetNotice.CopiesStuck(key, wanted, stateChange.StillSince, how);
    }

    private static string KeyOf(CopyRecord copy) =>
        string.Create(CultureInfo.InvariantCulture, $"copy at {copy.SiteId} {copy.AskedAt:O}");

    private static string DescribeCopy(string site) => "a copy at " + site;

    private static string SiteOf(ZoneTables tables, string siteId) => tables.Sites.Find(siteId)?.Name ?? "the zone's own site";
}
