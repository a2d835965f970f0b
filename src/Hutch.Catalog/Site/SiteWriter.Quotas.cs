namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    /// <summary>The number of days of history that are retained.</summary>
    private const int HistoryDays = 3660;

    // What an attempt took is never more than what was reserved for it, also if the server was away at its end.
    private const string Taken = "min(cores * max($2 - json_extract(attempt, '$.claimed'), 0), attempt_time)";
    private const string OfCurrentAttempt =
        "run = $1 AND phase = 'claimed' AND payer <> '' AND json_extract(attempt, '$.claimed') IS NOT NULL";

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

    private void SetBudget(JournalRecord.BudgetSet record)
    {
        if (record.CoreSeconds is not { } seconds)
        {
            Run("DELETE FROM processor_budgets WHERE owner = $1", record.Owner);
            return;
        }

        Run(
            "INSERT INTO processor_budgets (owner, core_seconds, monthly) VALUES ($1, $2, $3) ON CONFLICT (owner) DO UPDATE SET "
            + "core_seconds = excluded.core_seconds, monthly = excluded.monthly",
            record.Owner, seconds, record.Monthly ? 1L : 0L);
    }

    /// <summary>Adds the processor time of an attempt that a node had, and that ends now. Comes before the change of its phase.</summary>
    private void CountAttempt(string run, long now)
    {
        int counted = Run(
            $"INSERT INTO processor_time (owner, month, time) SELECT payer, $3, {Taken} FROM run_tasks WHERE {OfCurrentAttempt} "
            + "ON CONFLICT (owner, month) DO UPDATE SET time = time + excluded.time",
            run, now, SiteText.ToMonth(now));
        if (counted > 0)
        {
            Run($"UPDATE run_tasks SET used_time = used_time + {Taken} WHERE {OfCurrentAttempt}", run, now);
        }
    }
}
