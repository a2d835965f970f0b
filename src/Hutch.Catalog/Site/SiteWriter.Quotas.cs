namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    /// <summary>The number of days of history that are retained.</summary>
    private const int HistoryDays = 3660;

    private void SetQuota(JournalRecord.QuotaSet record)
    {
        if (record.Bytes is null && record.Entries is null)
        {
            Run("DELETE FROM quotas WHERE owner = $1", record.Owner);
            return;
        }

        Run(
            "INSERT INTO quotas (owner, bytes, entries) VALUES ($1, $2, $3) ON CONFLICT (owner) DO UPDATE SET bytes = "
            + "excluded.bytes, entries = excluded.entries",
            record.Owner, record.Bytes, record.Entries);
    }

    private void NoteUsage(JournalRecord.UsageNoted record)
    {
        foreach (OwnerHolding held in record.Owners)
        {
            Run(
                "INSERT INTO usage_days (day, owner, bytes, entries) VALUES ($1, $2, $3, $4) ON CONFLICT (day, "
                + "owner) DO UPDATE SET bytes = excluded.bytes, entries = excluded.entries",
                record.Day, held.Owner, held.Bytes, held.Entries);
        }

        Run("DELETE FROM usage_days WHERE day < $1", SiteText.ToText(SiteText.ToDay(record.Day).AddDays(-HistoryDays)));
    }
}
