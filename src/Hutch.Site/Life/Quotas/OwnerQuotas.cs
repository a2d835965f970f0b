using System.Collections.Frozen;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Quotas;

/// <summary>The quotas of owners, their usage, and its history. The committer enforces quotas; this reads and sets them.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class OwnerQuotas
{
    private readonly Committer _committer;
    private readonly SiteDatabase _records;
    private readonly HeadCache _heads;
    private readonly TimeProvider _time;
    private FrozenDictionary<string, OwnerQuota>? _quotas;
    private long _version;

    public OwnerQuotas(Committer committer, SiteDatabase records, HeadCache heads, TimeProvider time)
    {
        _committer = committer;
        _records = records;
        _heads = heads;
        _time = time;
        committer.Committed += OnCommitted;
    }

    /// <summary>Sets an owner's quota; a quota below the usage deletes nothing.</summary>
    public Task<Result<OwnerQuota>> SetAsync(OwnerQuota quota, string by, CancellationToken ct)
    {
        return _committer.CommitAsync<OwnerQuota>(
            context =>
            {
                context.Emit(new JournalRecord.QuotaSet(quota.Owner, quota.Bytes, quota.Entries, by));
                return quota;
            },
            [],
            ct,
            mayUseReserve: true);
    }

    public ValueTask<(OwnerQuota? Quota, OwnerUsage Usage)> FindAsync(string owner, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => (queries.Quota(owner), queries.UsageOf(owner)), ct);

    public ValueTask<IReadOnlyList<(OwnerQuota? Quota, OwnerUsage Usage)>> ListAsync(CancellationToken ct) =>
        _records.ReadConsistentAsync<IReadOnlyList<(OwnerQuota?, OwnerUsage)>>(
            queries =>
            {
                Dictionary<string, OwnerQuota> quotas = queries.Quotas().ToDictionary(quota => quota.Owner, StringComparer.Ordinal);
                Dictionary<string, OwnerUsage> usage = queries.UsageOfAll().ToDictionary(used => used.Owner, StringComparer.Ordinal);
                return
                [
                    .. quotas.Keys.Union(usage.Keys).Order(StringComparer.Ordinal)
                        .Select(owner => (
                            quotas.GetValueOrDefault(owner),
                            usage.GetValueOrDefault(owner) ?? new OwnerUsage(owner, 0, 0, 0))),
                ];
            },
            ct);

    /// <summary>Returns the noted usage of the last days, today included.</summary>
    public ValueTask<IReadOnlyList<DayUsage>> HistoryAsync(int days, CancellationToken ct) =>
        _records.ReadAsync(queries => queries.UsageSince(Today().AddDays(1 - days)), ct);

    /// <summary>
    /// Refuses a file of known length early, before its body is read: the committer's decision after the body is the authoritative one.
    /// </summary>
    public async ValueTask<HutchError?> FindRefusalAsync(DatasetId dataset, long bytes, CancellationToken ct)
    {
        FrozenDictionary<string, OwnerQuota> quotas = _quotas ?? await LoadAsync(ct);
        if (quotas.Count == 0 || bytes <= 0 || await _heads.DatasetAsync(dataset, ct) is not { } found
            || quotas.GetValueOrDefault(found.Owner) is not { Bytes: long limit } quota || bytes <= limit)
        {
            // Usage is counted too high while heads have overlays: this refuses only bytes that cannot fit at all.
            return null;
        }

        long used = (await _records.ReadAsync(queries => queries.UsageOf(quota.Owner), ct)).Bytes;
        return QuotaLedger.TooMuch(quota.Owner, "bytes", limit, used, bytes);
    }

    /// <summary>Returns the refusal if a new dataset with some files exceeds an owner's quota; null otherwise.</summary>
    public ValueTask<HutchError?> FindRefusalAsync(string owner, long bytes, long entries, CancellationToken ct) =>
        _records.ReadConsistentAsync(queries => QuotaLedger.FindRefusal(queries, owner, bytes, entries), ct);

    /// <summary>
    /// Returns the refusal if datasets exceed the quota of another owner, in addition to that owner's usage; null otherwise. An overlay is
    /// counted too high: compact it before you trust a refusal.
    /// </summary>
    public ValueTask<HutchError?> FindRefusalAsync(IReadOnlyCollection<DatasetId> datasets, string owner, CancellationToken ct) =>
        _records.ReadConsistentAsync(
            queries =>
            {
                if (queries.Quota(owner) is not { } quota)
                {
                    return null;
                }

                OwnerUsage used = queries.UsageOf(owner);
                OwnerUsage[] given =
                [
                    .. datasets.Select(queries.Dataset).OfType<SiteDataset>().Where(one => one.Owner != owner).Select(queries.UsageOf),
                ];
                long moreBytes = given.Sum(static one => one.Bytes);
                long moreEntries = given.Sum(static one => one.Entries);
                if (given.Length == 0)
                {
                    return null;
                }

                if (quota.Bytes is long bytes && used.Bytes + moreBytes > bytes)
                {
                    return QuotaLedger.TooMuch(owner, "bytes", bytes, used.Bytes, moreBytes);
                }

                if (quota.Entries is long entries && used.Entries + moreEntries > entries)
                {
                    return QuotaLedger.TooMuch(owner, "entries", entries, used.Entries, moreEntries);
                }

                return null;
            },
            ct);

    /// <summary>Notes the owners' usage, once a day.</summary>
    /// <returns>False when this day was noted already.</returns>
    public async Task<bool> NoteDayAsync(CancellationToken ct)
    {
        DateOnly day = Today();
        if (await _records.ReadAsync(queries => queries.IsNoted(day), ct))
        {
            return false;
        }

        Result<bool> noted = await _committer.CommitAsync<bool>(
            context =>
            {
                if (context.Queries.IsNoted(day))
                {
                    return false;
                }

                OwnerHolding[] held =
                    [.. context.Queries.UsageOfAll().Select(used => new OwnerHolding(used.Owner, used.Bytes, used.Entries))];
                if (held.Length > 0)
                {
                    context.Emit(new JournalRecord.UsageNoted((day.Year * 10000) + (day.Month * 100) + day.Day, held));
                }

                return held.Length > 0;
            },
            [],
            ct);
        return noted.Value;
    }

    private async ValueTask<FrozenDictionary<string, OwnerQuota>> LoadAsync(CancellationToken ct)
    {
        long version = Volatile.Read(ref _version);
        FrozenDictionary<string, OwnerQuota> read = await _records.ReadAsync(
            queries => queries.Quotas().ToFrozenDictionary(quota => quota.Owner, StringComparer.Ordinal), ct);
        _quotas = read;
        if (version != Volatile.Read(ref _version))
        {
            // A quota was set during this time: the next caller reads again.
            _quotas = null;
        }

        return read;
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> records)
    {
        foreach (JournalRecord record in records)
        {
            if (record is JournalRecord.QuotaSet)
            {
                Interlocked.Increment(ref _version);
                _quotas = null;
            }
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
}
