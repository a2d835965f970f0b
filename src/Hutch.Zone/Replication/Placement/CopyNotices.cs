using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Zone;
using Hutch.Zone.Grants;

namespace Hutch.Zone.Replication.Placement;

/// <summary>
/// Notifies the requester of a dataset's copies, by hand or by a rule for this dataset alone, when all are complete and when they make no
/// progress, once each. See docs/design/federation.md (progress and mail).
/// </summary>
public sealed class CopyNotices
{
    private const int AtOnce = 200;

    private static readonly HutchError NothingToTell = ErrorCode.Conflict.With("Somebody else has told it, or it is no longer so.");

    private readonly ZoneDatabase _zone;
    private readonly DatasetNotices _notices;

    internal CopyNotices(ZoneDatabase zone, DatasetNotices notices) => (_zone, _notices) = (zone, notices);

    public async ValueTask TellAsync(IReadOnlyCollection<PlannedDataset> planned, CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        RuleTurn[] turns = [.. planned.SelectMany(one => RuleTurn.Of(one, now))];
        if (turns.Any(static turn => !turn.IsTold))
        {
            await _zone.KeepAsync(tables => Note(tables, turns.Where(static turn => !turn.IsTold)), ct);
        }

        if (turns.Any(static turn => turn.IsTold))
        {
            _ = await _zone.ChangeAsync(AuditActor.Server, change => Tell(change, turns.Where(static turn => turn.IsTold)), ct);
        }
    }

    /// <summary>Notifies requesters whose copies by hand have made no progress for long.</summary>
    public async ValueTask TellStuckAsync(CancellationToken ct)
    {
        DateTimeOffset now = _zone.Time.GetUtcNow();
        IReadOnlyList<CopyRecord> stuck = await _zone.ReadAsync(
            tables => tables.Copies.Stuck(now - RuleTurn.Patience, now - RuleTurn.HopelessPatience, AtOnce), ct);
        if (stuck.Count > 0)
        {
            _ = await _zone.ChangeAsync(AuditActor.Server, change => TellStuck(change, stuck), ct);
        }
    }

    /// <summary>Notifies the requester of a copy that is complete for the first time, in the change that records it.</summary>
    internal void TellWhole(ZoneChange change, DatasetId dataset, string siteId)
    {
        if (change.Copies.Find(dataset, siteId) is { AskedBy: { } askedBy } copy && change.Names.Find(dataset) is { } name)
        {
            string site = SiteOf(change, siteId);
            _notices.TellAsker(change, name, DatasetNotice.CopiesComplete(KeyOf(copy), Wanted(site), $"{site} has all of it."), askedBy);
        }
    }

    private Result<Done> Tell(ZoneChange change, IEnumerable<RuleTurn> turns)
    {
        RuleTurn[] current = [.. turns.Where(turn => change.Rules.Find(turn.Rule.Number)?.Told == turn.Rule.Told)];
        Note(change, current);
        foreach (RuleTurn turn in current)
        {
            _notices.TellAsker(change, turn.Dataset.Name, NoticeOf(turn), turn.Rule.CreatedBy);
        }

        return current.Length > 0 ? Done.Value : NothingToTell;
    }

    private Result<Done> TellStuck(ZoneChange change, IReadOnlyList<CopyRecord> stuck)
    {
        int told = 0;
        foreach (CopyRecord copy in stuck)
        {
            if (change.Names.Find(copy.Dataset) is { } name && change.Copies.SetTold(copy.Dataset, copy.SiteId))
            {
                told++;
                string site = SiteOf(change, copy.SiteId);
                string how = copy.Told?.Problem ?? $"{site} has not said why.";
                _notices.TellAsker(
                    change, name, DatasetNotice.CopiesStuck(KeyOf(copy), Wanted(site), copy.MovedAt ?? copy.AskedAt, how), copy.AskedBy!);
            }
        }

        return told > 0 ? Done.Value : NothingToTell;
    }

    private static Done Note(ZoneTables tables, IEnumerable<RuleTurn> turns)
    {
        foreach (RuleTurn turn in turns)
        {
            tables.Rules.Tell(turn.Rule.Number, turn.LackingSince, turn.Told);
        }

        return Done.Value;
    }

    private static DatasetNotice NoticeOf(RuleTurn turn)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"rule {turn.Rule.Number} {turn.Rule.LackingSince:O}");
        string wanted = turn.Rule.Rule.ToString();
        string how = $"{turn.Status.Summary} {string.Join("; ", turn.Status.Sites)}".Trim();
        return turn.Told == RuleNews.Whole
            ? DatasetNotice.CopiesComplete(key, wanted, how)
            : DatasetNotice.CopiesStuck(key, wanted, turn.StillSince, how);
    }

    private static string KeyOf(CopyRecord copy) =>
        string.Create(CultureInfo.InvariantCulture, $"copy at {copy.SiteId} {copy.AskedAt:O}");

    private static string Wanted(string site) => "a copy at " + site;

    private static string SiteOf(ZoneTables tables, string siteId) => tables.Sites.Find(siteId)?.Name ?? "the zone's own site";
}
