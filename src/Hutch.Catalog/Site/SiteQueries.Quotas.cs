using Hutch.Catalog.Sqlite;
using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteQueries
{
    // Overlay rows do not record which entries of the tree they replace: the sum is never too low, and exact after a compaction.
    // Content that git-annex sent is retained whether the head names it or not: a dataset counts as the larger of the two. What kept
    // versions have besides the head, all versions of metadata, and the packs and refs of git come in addition.
    private const string Bytes =
        "sum(max(d.bytes + coalesce(o.bytes, 0), coalesce(k.bytes, 0)) + d.metadata_bytes + coalesce(v.bytes, 0) "
        + "+ coalesce(d.repository_bytes, 0))";

    // Automatic snapshots without a tag are thinned out instead of counted, unless a run has read them: those stay.
    private const string Stays =
        """
        (p.reason <> 'auto' OR EXISTS (SELECT 1 FROM tags t WHERE t.dataset = p.dataset AND t.number = p.number)
            OR EXISTS (
                SELECT 1 FROM datasets i JOIN run_inputs r ON r.dataset = i.id AND r.snapshot = p.number WHERE i.key = p.dataset))
        """;

    // What a snapshot replaced is kept by the one before.
    private const string Kept =
        $"""
        SELECT s.dataset, sum(s.replaced) AS bytes FROM snapshots s
        JOIN snapshots p ON p.dataset = s.dataset
            AND p.number = (SELECT max(number) FROM snapshots b WHERE b.dataset = s.dataset AND b.number < s.number)
        WHERE s.replaced > 0 AND {Stays}
        """;

    private const string Usage =
        $"""
        SELECT d.owner AS Owner, {Bytes} AS Bytes, sum(d.files) + coalesce(sum(o.entries), 0) AS Entries, count(*) AS Datasets
        FROM datasets d LEFT JOIN (
            SELECT dataset, count(entry) AS entries, sum(coalesce(json_extract(entry, '$.s'), 0)) AS bytes
            FROM overlay GROUP BY dataset) o ON o.dataset = d.key
        LEFT JOIN (
            SELECT dataset, sum(size) AS bytes FROM (SELECT DISTINCT dataset, hash, size FROM annex_keys)
            GROUP BY dataset) k ON k.dataset = d.key
        LEFT JOIN ({Kept} GROUP BY s.dataset) v ON v.dataset = d.key
        WHERE d.ended IS NULL
        """;

    private const string SelectBudgets = "SELECT owner, core_seconds, monthly FROM processor_budgets ";

    public OwnerQuota? Quota(string owner) =>
        _connection.QueryFirstOrDefault<QuotaRow>(
            "SELECT owner AS Owner, bytes AS Bytes, entries AS Entries FROM quotas WHERE owner = @owner", new { owner })?.ToQuota();

    public IReadOnlyList<OwnerQuota> Quotas() =>
        [.. _connection.Query<QuotaRow>("SELECT owner AS Owner, bytes AS Bytes, entries AS Entries FROM quotas ORDER BY owner")
            .Select(row => row.ToQuota())];

    /// <summary>Returns the usage of an owner: never too low, and exact without overlays.</summary>
    public OwnerUsage UsageOf(string owner) =>
        _connection.QuerySingle<UsageRow>(
            $"""
            SELECT @owner AS Owner, coalesce({Bytes}, 0) AS Bytes,
                coalesce(sum(d.files), 0) + coalesce(sum(o.entries), 0) AS Entries, count(*) AS Datasets
            FROM datasets d LEFT JOIN (
                SELECT dataset, count(entry) AS entries, sum(coalesce(json_extract(entry, '$.s'), 0)) AS bytes FROM overlay
                WHERE dataset IN (SELECT key FROM datasets WHERE owner = @owner) GROUP BY dataset) o ON o.dataset = d.key
            LEFT JOIN (
                SELECT dataset, sum(size) AS bytes FROM (
                    SELECT DISTINCT dataset, hash, size FROM annex_keys
                    WHERE dataset IN (SELECT key FROM datasets WHERE owner = @owner))
                GROUP BY dataset) k ON k.dataset = d.key
            LEFT JOIN (
                {Kept} AND s.dataset IN (SELECT key FROM datasets WHERE owner = @owner) GROUP BY s.dataset) v ON v.dataset = d.key
            WHERE d.owner = @owner AND d.ended IS NULL
            """,
            new { owner }).ToUsage();

    /// <summary>Returns the usage of a dataset as counted for its owner: never too low.</summary>
    public OwnerUsage UsageOf(SiteDataset dataset) =>
        _connection.QuerySingle<UsageRow>(
            $"""
            SELECT d.owner AS Owner, d.files + count(o.entry) AS Entries, 1 AS Datasets,
                max(d.bytes + coalesce(sum(json_extract(o.entry, '$.s')), 0), coalesce((
                    SELECT sum(size) FROM (SELECT DISTINCT hash, size FROM annex_keys WHERE dataset = @key)), 0))
                    + d.metadata_bytes + coalesce((SELECT bytes FROM ({Kept} AND s.dataset = @key)), 0)
                    + coalesce(d.repository_bytes, 0) AS Bytes
            FROM datasets d LEFT JOIN overlay o ON o.dataset = d.key WHERE d.key = @key
            """,
            new { key = dataset.Key }).ToUsage();

    public IReadOnlyList<OwnerUsage> UsageOfAll() =>
        [.. _connection.Query<UsageRow>(Usage + " GROUP BY d.owner ORDER BY d.owner").Select(row => row.ToUsage())];

    /// <summary>Returns true if a version that is not thinned out has what is now at a path of the head; null for its whole tree.</summary>
    public bool IsKept(SiteDataset dataset, DatasetPath? path) => _connection.ExecuteScalar<long?>(
        $"""
        SELECT 1 FROM snapshots p WHERE dataset = @key AND number = @number AND {Stays}
        AND NOT EXISTS (SELECT 1 FROM overlay o WHERE o.dataset = p.dataset AND o.path = @path)
        """,
        new { key = dataset.Key, number = dataset.Snapshot, path = path?.Value }) is not null;

    /// <summary>Returns the bytes of all versions of an owner's datasets besides the heads, including what can be thinned out.</summary>
    public long OldBytesOf(string owner) => _connection.ExecuteScalar<long>(
        "SELECT coalesce(sum(s.replaced), 0) FROM datasets d JOIN snapshots s ON s.dataset = d.key "
        + "WHERE d.owner = @owner AND d.ended IS NULL AND s.replaced > 0",
        new { owner });

    /// <summary>Returns the bytes of the kept versions alone, which count as used.</summary>
    public long KeptBytesOf(string owner) => _connection.ExecuteScalar<long>(
        $"SELECT coalesce(sum(bytes), 0) FROM ({Kept} AND s.dataset IN (SELECT key FROM datasets WHERE owner = @owner AND ended IS NULL))",
        new { owner });

    /// <summary>Returns the datasets of an owner that can be thinned out.</summary>
    public IReadOnlyList<DatasetId> DatasetsToThin(string owner) =>
    [
        .. _connection.Query<string>(
            """
            SELECT id FROM datasets d WHERE owner = @owner
            AND closed IS NULL AND ended IS NULL AND trashed_until IS NULL AND home IS NULL
            AND EXISTS (SELECT 1 FROM snapshots s WHERE s.dataset = d.key AND s.reason = 'auto' AND s.number <> d.snapshot)
            ORDER BY key
            """,
            new { owner }).Select(static id => new DatasetId(Guid.Parse(id))),
    ];

    /// <summary>Counts the datasets of an owner that have their home here, with those in the trash.</summary>
    public long DatasetsOf(string owner) =>
        Single("SELECT count(*) FROM datasets WHERE owner = $1 AND ended IS NULL AND home IS NULL", owner);

    /// <summary>
    /// Returns what pushes and uploads in parts have sent to an owner's datasets without a commit: its bytes, large files with their
    /// announced size, and its files. Copies of other sites do not count: their size is checked before they begin.
    /// </summary>
    public (long Bytes, long Files) SentTo(string owner) => session.Select(
        """
        SELECT coalesce(sum(bytes), 0), coalesce(sum(files), 0) FROM (
            SELECT s.sent_bytes AS bytes, s.sent_files AS files FROM sessions s CROSS JOIN datasets d ON d.key = s.dataset
            WHERE d.owner = $1 AND s.copies IS NULL
            UNION ALL
            SELECT u.sent_bytes, 0 FROM uploads u CROSS JOIN datasets d ON d.key = u.dataset WHERE d.owner = $1)
        """,
        static row => (row.Number(0), row.Number(1)),
        owner)[0];

    /// <summary>Returns the bytes that a push has sent, large files with their announced size.</summary>
    public long SentBy(Guid push) => Single("SELECT coalesce(sum(sent_bytes), 0) FROM sessions WHERE id = $1", push.ToString("N"));

    public IReadOnlyList<DayUsage> UsageSince(DateOnly day) =>
    [
        .. _connection.Query<DayRow>(
                "SELECT day AS Day, owner AS Owner, bytes AS Bytes, entries AS Entries FROM usage_days WHERE day >= @day ORDER BY "
                + "day, owner",
                new { day = SiteText.ToText(day) })
            .Select(static row => new DayUsage(SiteText.ToDay(row.Day), row.Owner, row.Bytes, row.Entries)),
    ];

    public bool IsNoted(DateOnly day) =>
        _connection.ExecuteScalar<long?>(
            "SELECT 1 FROM usage_days WHERE day = @day LIMIT 1", new { day = SiteText.ToText(day) }) is not null;

    public ProcessorBudget? Budget(string owner) => session.Select(SelectBudgets + "WHERE owner = $1", Budget, owner).FirstOrDefault();

    public IReadOnlyList<ProcessorBudget> Budgets() => session.Select(SelectBudgets + "ORDER BY owner", Budget);

    /// <summary>Returns the processor time of an owner's programs.</summary>
    /// <param name="now">The time in milliseconds since 1970, which decides what is this month.</param>
    public ProcessorUse ProcessorUseOf(string owner, long now) => session.Select(
        $"""
        SELECT coalesce(sum(CASE WHEN month = $2 THEN time END), 0), coalesce(sum(time), 0),
            (SELECT coalesce(sum(attempt_time), 0) FROM run_tasks WHERE {IsIssued} AND payer = $1)
        FROM processor_time WHERE owner = $1
        """,
        row => new ProcessorUse(owner, row.Number(0), row.Number(1), row.Number(2)), owner, SiteText.ToMonth(now))[0];

    /// <summary>Lists the owners whose programs have used processor time, or use some now.</summary>
    public IReadOnlyList<string> ProcessorUsers() => session.Select(
        $"SELECT owner FROM processor_time UNION SELECT payer FROM run_tasks WHERE {IsIssued} AND payer <> '' ORDER BY 1",
        static row => row.Text(0));

    private static ProcessorBudget Budget(SqliteRows row) => new(row.Text(0), row.Number(1), row.Number(2) != 0);

    [method: ExplicitConstructor]
    private sealed record UsageRow(string Owner, long Bytes, long Entries, long Datasets)
    {
        public OwnerUsage ToUsage() => new(Owner, Bytes, Entries, Datasets);
    }

    [method: ExplicitConstructor]
    private sealed record QuotaRow(string Owner, long? Bytes, long? Entries)
    {
        public OwnerQuota ToQuota() => new(Owner, Bytes, Entries);
    }

    [method: ExplicitConstructor]
    private sealed record DayRow(long Day, string Owner, long Bytes, long Entries);
}
