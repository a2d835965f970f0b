using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The wanted copies of datasets at sites, and their progress.</summary>
public sealed class CopyTable : ZoneTable
{
    private const string Select =
        """
        SELECT dataset_id AS DatasetId, site_id AS SiteId, asked_ms AS AskedMs, state AS State, history_hash AS HistoryHash,
               snapshot AS Snapshot, files AS Files, bytes AS Bytes, files_done AS FilesDone, bytes_done AS BytesDone, problem AS Problem,
               told_ms AS ToldMs, complete_ms AS CompleteMs, reason AS Reason, chosen AS Chosen,
               released_ms AS ReleasedMs, held_ms AS HeldMs, asked_by AS AskedBy, moved_ms AS MovedMs, pace AS Pace,
               failures AS Failures
        FROM copies
        """;

    /// <summary>More than any site has. The sum of several sites' reports may exceed the range of a number.</summary>
    private const double MaxPromise = 1L << 62;

    /// <summary>A rate above that of any connection between sites, in bytes per second.</summary>
    private const double MaxRate = 1L << 40;

    internal CopyTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the copies of a dataset, in the order of their requests.</summary>
    public IReadOnlyList<CopyRecord> OfDataset(DatasetId dataset) =>
        [.. _connection.Query<Row>(Select + " WHERE dataset_id = @id ORDER BY asked_ms, site_id", new { id = dataset.ToString() })
            .Select(static row => row.ToRecord())];

    /// <summary>Counts the datasets of an owner, and those with a complete copy at another site than their home.</summary>
    public CopiedDatasets CountCopied(PrincipalId owner) => _connection.QuerySingle<CopiedDatasets>(
        $"""
        SELECT CAST(count(*) AS BIGINT) AS Datasets,
               CAST(coalesce(sum(CASE WHEN EXISTS (SELECT 1 FROM copies c WHERE c.dataset_id = n.dataset_id AND c.state = 'complete'
                   AND c.complete_ms IS NOT NULL AND c.released_ms IS NULL AND c.site_id <> h.site_id) THEN 1 ELSE 0 END), 0) AS BIGINT)
                   AS Copied
        FROM names n {HomeTable.Join} WHERE n.owner_id = @owner AND h.trashed_ms IS NULL AND h.ended_ms IS NULL
        """,
        new { owner = owner.ToString() });

    /// <summary>Lists the ids of the sites with a wanted copy of a dataset.</summary>
    public IReadOnlyList<string> SitesWith(DatasetId dataset) =>
        [.. _connection.Query<string>(
            "SELECT site_id FROM copies WHERE dataset_id = @id AND released_ms IS NULL ORDER BY site_id", new { id = dataset.ToString() })];

    /// <summary>Returns true if any copy is wanted.</summary>
    public bool Any() => _connection.ExecuteScalar<long>("SELECT count(*) FROM (SELECT 1 FROM copies LIMIT 1) AS found") > 0;

    public CopyRecord? Find(DatasetId dataset, string siteId) => _connection.QuerySingleOrDefault<Row>(
        Select + " WHERE dataset_id = @id AND site_id = @siteId", new { id = dataset.ToString(), siteId })?.ToRecord();

    /// <summary>Lists the datasets that a site has, or should have, according to the zone, in the order of their ids.</summary>
    /// <param name="after">The dataset after which to continue; null for the beginning.</param>
    public IReadOnlyList<ExpectedDataset> ListExpectedAt(string siteId, DatasetId? after, int limit) => ListExpected(
        "n.dataset_id > @after ORDER BY n.dataset_id LIMIT @limit",
        new DynamicParameters(new { siteId, after = after?.ToString() ?? "", limit }));

    /// <summary>Returns those of some datasets that a site has, or should have, according to the zone.</summary>
    public IReadOnlyList<ExpectedDataset> ListExpectedAt(string siteId, IReadOnlyCollection<DatasetId> datasets)
    {
        var parameters = new DynamicParameters(new { siteId });
        return ListExpected("n.dataset_id IN " + AddList(parameters, "id", datasets.Select(static one => one.ToString())), parameters);
    }

    private IReadOnlyList<ExpectedDataset> ListExpected(string which, DynamicParameters parameters) =>
        [.. _connection.Query<ExpectedRow>(
            $"""
            SELECT n.dataset_id AS Dataset, p.name AS Owner, n.slug AS Slug,
                   CASE WHEN h.site_id = @siteId THEN 2
                        WHEN c.complete_ms IS NOT NULL AND c.released_ms IS NULL THEN 1 ELSE 0 END AS Holding
            FROM names n JOIN principals p ON p.id = n.owner_id {HomeTable.Join}
                LEFT JOIN copies c ON c.dataset_id = n.dataset_id AND c.site_id = @siteId
            WHERE (h.site_id = @siteId OR c.site_id IS NOT NULL) AND {which}
            """,
            parameters).Select(static row => new ExpectedDataset(
                ZoneText.DatasetId(row.Dataset), $"{row.Owner}/{row.Slug}", (Holding)row.Holding))];

    /// <summary>Sums up the bytes that copies still need, by site and owner of the dataset, as far as known.</summary>
    public IReadOnlyList<ReservedBytes> Promised() =>
        [.. _connection.Query<ReservationRow>(
            """
            SELECT c.site_id AS SiteId, n.owner_id AS OwnerId,
                   sum(CAST(CASE WHEN c.bytes > coalesce(c.bytes_done, 0) THEN c.bytes - coalesce(c.bytes_done, 0) ELSE 0 END
                       AS DOUBLE PRECISION)) AS Bytes
            FROM copies c JOIN names n ON n.dataset_id = c.dataset_id
            WHERE c.complete_ms IS NULL AND c.state <> 'refused' AND c.released_ms IS NULL GROUP BY c.site_id, n.owner_id
            """).Select(static row => new ReservedBytes(
                row.SiteId, ZoneText.PrincipalId(row.OwnerId), (long)Math.Min(row.Bytes, MaxPromise)))];

    /// <summary>Returns true if there are copies that may be released: rules chose them, or their sites are being drained.</summary>
    public bool AnyToRelease() =>
        _connection.ExecuteScalar<long>($"SELECT count(*) FROM (SELECT 1 FROM copies WHERE {ToRelease} LIMIT 1) AS found") > 0;

    public IReadOnlyList<DatasetId> DatasetsToRelease(DatasetId? after, int limit) =>
        [.. _connection.Query<string>(
            $"SELECT DISTINCT dataset_id FROM copies WHERE {ToRelease} AND dataset_id > @after ORDER BY dataset_id LIMIT @limit",
            new { after = after?.ToString() ?? "", limit }).Select(ZoneText.DatasetId)];

    /// <summary>Lists copies in progress, then copies with a problem, then waiting ones, each the oldest first.</summary>
    public IReadOnlyList<CopyRecord> OnTheWay(int limit) =>
        [.. _connection.Query<Row>(
            $"""
            {Select} WHERE {IsOnTheWay}
            ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'pending' THEN 2 ELSE 1 END, asked_ms, dataset_id, site_id LIMIT @limit
            """,
            new { limit }).Select(static row => row.ToRecord())];

    /// <summary>Lists the copies of some owners' datasets that failed or were refused, the oldest first.</summary>
    public IReadOnlyList<CopyRecord> FailedOf(IReadOnlyCollection<string> owners, int limit)
    {
        var parameters = new DynamicParameters(new { limit });
        string list = AddList(parameters, "owner", owners);
        return
        [
            .. _connection.Query<Row>(
                $"""
                {Select} WHERE {IsOnTheWay} AND state IN ('failed', 'refused') AND dataset_id IN (
                    SELECT n.dataset_id FROM names n JOIN principals p ON p.id = n.owner_id WHERE p.name IN {list})
                ORDER BY asked_ms, dataset_id, site_id LIMIT @limit
                """,
                parameters).Select(static row => row.ToRecord()),
        ];
    }

    public long CountOnTheWay() => _connection.ExecuteScalar<long>($"SELECT count(*) FROM copies WHERE {IsOnTheWay}");

    /// <summary>Includes complete copies that follow changes of their home, which also transfer data.</summary>
    private const string IsOnTheWay =
        "released_ms IS NULL AND (complete_ms IS NULL OR state IN ('running', 'failed', 'refused')) "
        + "AND dataset_id NOT IN (SELECT dataset_id FROM homes WHERE trashed_ms IS NOT NULL OR ended_ms IS NOT NULL)";

    /// <summary>Counts the datasets at home at a site or with a wanted copy there, except ended ones.</summary>
    public long CountLeftAt(string siteId) => _connection.ExecuteScalar<long>($"SELECT count(*) {Left}", new { siteId });

    /// <summary>Lists the first of them by id, homes before copies.</summary>
    public IReadOnlyList<RemainingDataset> LeftAt(string siteId, int limit) =>
        [.. _connection.Query<RemainingRow>(
            $"""
            SELECT n.dataset_id AS Dataset, p.name AS Owner, n.slug AS Slug, CASE WHEN h.site_id = @siteId THEN 1 ELSE 0 END AS IsHome,
                   CASE WHEN h.site_id = @siteId OR h.ended_ms IS NOT NULL OR away.id IS NOT NULL OR c.held_ms IS NOT NULL
                        THEN 1 ELSE 0 END AS IsOnly
            {Left} ORDER BY IsOnly DESC, IsHome DESC, n.dataset_id LIMIT @limit
            """,
            new { siteId, limit }).Select(static row => new RemainingDataset(
                ZoneText.DatasetId(row.Dataset), $"{row.Owner}/{row.Slug}", row.IsHome != 0, row.IsOnly != 0))];

    private const string ToRelease =
        "released_ms IS NULL AND held_ms IS NULL AND (chosen = 1 "
        + "OR site_id IN (SELECT id FROM sites WHERE intake = 'draining' AND removed_ms IS NULL))";

    /// <summary>A copy counts as the only one when its home has ended the dataset, was removed, or may have evicted its bytes.</summary>
    private const string Left =
        $"""
        FROM names n JOIN principals p ON p.id = n.owner_id {HomeTable.Join}
            LEFT JOIN copies c ON c.dataset_id = n.dataset_id AND c.site_id = @siteId AND c.released_ms IS NULL
            LEFT JOIN sites away ON away.id = h.site_id AND away.removed_ms IS NOT NULL
        WHERE (h.site_id = @siteId AND h.ended_ms IS NULL) OR (h.site_id <> @siteId AND c.site_id IS NOT NULL)
        """;

    public IReadOnlyList<DatasetId> ReleasedAt(string siteId) =>
        [.. _connection.Query<string>(
            "SELECT dataset_id FROM copies WHERE site_id = @siteId AND released_ms IS NOT NULL ORDER BY dataset_id", new { siteId })
            .Select(ZoneText.DatasetId)];

    /// <summary>Requests a copy. A released one is requested anew; an existing one gets the new reason.</summary>
    /// <param name="bytes">The size of the copy; null while unknown.</param>
    /// <param name="isChosen">True if a rule chose the site, so that the copy is released when no rule wants it any more.</param>
    /// <param name="askedBy">The account that requested it, and is notified when it is complete; null for none.</param>
    public void Add(DatasetId dataset, string siteId, string reason, long? bytes, bool isChosen = false, string? askedBy = null)
    {
        _connection.Execute(
            """
            INSERT INTO copies(dataset_id, site_id, asked_ms, reason, bytes, chosen, asked_by)
                VALUES (@id, @siteId, @now, @reason, @bytes, @chosen, @askedBy)
                ON CONFLICT (dataset_id, site_id) DO UPDATE SET reason = excluded.reason, chosen = excluded.chosen,
                    asked_by = excluded.asked_by, told = 'nothing',
                    moved_ms = CASE WHEN copies.released_ms IS NULL THEN copies.moved_ms ELSE NULL END,
                    moved_bytes = CASE WHEN copies.released_ms IS NULL THEN copies.moved_bytes ELSE 0 END,
                    asked_ms = CASE WHEN copies.released_ms IS NULL THEN copies.asked_ms ELSE excluded.asked_ms END,
                    state = CASE WHEN copies.released_ms IS NULL THEN copies.state ELSE 'pending' END,
                    complete_ms = CASE WHEN copies.released_ms IS NULL THEN copies.complete_ms ELSE NULL END,
                    failures = CASE WHEN copies.released_ms IS NULL THEN copies.failures ELSE NULL END,
                    released_ms = NULL
            """,
            new { id = dataset.ToString(), siteId, now = SqlTime.Now(_time), reason, bytes, chosen = isChosen ? 1 : 0, askedBy });

        // Others may ask the site for it: it has to know which are left out.
        new FeedTable(_connection, _time).SendRulesAgain(dataset);
    }

    /// <summary>Returns true if an account requested an incomplete copy, and was not notified of a problem yet.</summary>
    public bool AnyToNotify() =>
        _connection.ExecuteScalar<long>($"SELECT count(*) FROM (SELECT 1 FROM copies WHERE {ToTell} LIMIT 1) AS found") > 0;

    /// <summary>Lists those of these copies that have received nothing since a time.</summary>
    public IReadOnlyList<CopyRecord> Stuck(DateTimeOffset since, DateTimeOffset refusedSince, int limit) =>
        [.. _connection.Query<Row>(
            $"""
            {Select} WHERE {ToTell} AND coalesce(moved_ms, asked_ms) <= CASE WHEN state = 'refused' THEN @refusedSince ELSE @since END
                AND dataset_id NOT IN (SELECT dataset_id FROM homes WHERE trashed_ms IS NOT NULL OR ended_ms IS NOT NULL)
            ORDER BY asked_ms, dataset_id, site_id LIMIT @limit
            """,
            new { since = SqlTime.ToMilliseconds(since), refusedSince = SqlTime.ToMilliseconds(refusedSince), limit })
            .Select(static row => row.ToRecord())];

    /// <summary>Notes that the requester was notified of a stuck copy; returns false if there is none to report.</summary>
    public bool SetNotified(DatasetId dataset, string siteId) => _connection.Execute(
        $"UPDATE copies SET told = 'stuck' WHERE dataset_id = @id AND site_id = @siteId AND {ToTell}",
        new { id = dataset.ToString(), siteId }) > 0;

    private const string ToTell = "complete_ms IS NULL AND released_ms IS NULL AND asked_by IS NOT NULL AND told = 'nothing'";

    /// <summary>Releases the copy of a site: nothing relies on it from now on. A held copy is not released.</summary>
    public void Release(DatasetId dataset, string siteId, string reason) => _connection.Execute(
        "UPDATE copies SET released_ms = @now, reason = @reason WHERE dataset_id = @id AND site_id = @siteId AND released_ms IS NULL "
        + "AND held_ms IS NULL",
        new { id = dataset.ToString(), siteId, now = SqlTime.Now(_time), reason });

    /// <summary>Notes the begin or end of a site's hold on its copy.</summary>
    public void SetHold(DatasetId dataset, string siteId, bool isHeld) => _connection.Execute(
        "UPDATE copies SET held_ms = @held WHERE dataset_id = @id AND site_id = @siteId",
        new { id = dataset.ToString(), siteId, held = isHeld ? SqlTime.Now(_time) : (long?)null });

    /// <summary>Notes that a copy has ended at its site; it is still wanted there.</summary>
    public void Lose(DatasetId dataset, string siteId) => _connection.Execute(
        "UPDATE copies SET state = 'pending', complete_ms = NULL, held_ms = NULL, failures = NULL "
        + "WHERE dataset_id = @id AND site_id = @siteId",
        new { id = dataset.ToString(), siteId });

    public void Remove(DatasetId dataset, string siteId) => _connection.Execute(
        "DELETE FROM copies WHERE dataset_id = @id AND site_id = @siteId", new { id = dataset.ToString(), siteId });

    /// <summary>
    /// Notes a site's report of a wanted copy; values that it does not report stay as they were. The list of missing files remains until
    /// the site reports another one, or has checked all files and reports none. A retry or an incomplete check does not clear it.
    /// </summary>
    public void SetProgress(DatasetId dataset, string siteId, CopyProgress report)
    {
        CopySpeed? pace = report.Moved is { } moved && Find(dataset, siteId) is { } before
            ? CopySpeed.After(before.Pace, ZoneText.Time(SqlTime.Now(_time)), moved)
            : null;
        if (pace?.BytesPerSecond is { } rate)
        {
            NotePace(dataset, siteId, rate);
        }

        _connection.Execute(
            """
            UPDATE copies SET state = @State, problem = @Problem, told_ms = @now,
                history_hash = coalesce(@history, history_hash), snapshot = coalesce(@Snapshot, snapshot),
                files = coalesce(@Files, files), bytes = coalesce(@Bytes, bytes),
                files_done = CASE WHEN @Files IS NULL THEN files_done ELSE @FilesDone END,
                bytes_done = CASE WHEN @Files IS NULL THEN bytes_done ELSE @BytesDone END,
                moved_ms = CASE WHEN @BytesDone > moved_bytes THEN @now ELSE moved_ms END,
                moved_bytes = CASE WHEN @BytesDone > moved_bytes THEN @BytesDone ELSE moved_bytes END,
                pace = coalesce(@pace, pace),
                failures = CASE WHEN @failures IS NOT NULL THEN @failures
                    WHEN @State = 'running' OR (@State = 'failed' AND @Files IS NULL) THEN failures ELSE NULL END,
                complete_ms = CASE WHEN @State = 'complete' THEN coalesce(complete_ms, @now) ELSE complete_ms END
            WHERE dataset_id = @id AND site_id = @siteId
            """,
            new
            {
                id = dataset.ToString(),
                siteId,
                now = SqlTime.Now(_time),
                history = report.History?.ToBytes(),
                report.State,
                report.Snapshot,
                report.Files,
                report.Bytes,
                report.FilesDone,
                report.BytesDone,
                report.Problem,
                pace = pace?.ToString(),
                failures = report.Failures is { } files ? JsonSerializer.Serialize(files, ZoneJson.Default.CopyFailures) : null,
            });
    }

    /// <summary>Returns the last rates from site to site, in bytes per second.</summary>
    public IReadOnlyDictionary<SitePair, double> Paces() =>
        _connection.Query<SpeedRow>(
            "SELECT from_site_id AS FromSiteId, to_site_id AS ToSiteId, bytes_per_second AS BytesPerSecond FROM site_paces")
            .ToDictionary(static row => new SitePair(row.FromSiteId, row.ToSiteId), static row => (double)row.BytesPerSecond);

    /// <summary>Notes a rate, which includes bytes from other sites than the home.</summary>
    private void NotePace(DatasetId dataset, string siteId, double rate) => _connection.Execute(
        """
        INSERT INTO site_paces(from_site_id, to_site_id, bytes_per_second, told_ms)
        SELECT site_id, @siteId, @rate, @now FROM homes WHERE dataset_id = @id
        ON CONFLICT (from_site_id, to_site_id) DO UPDATE SET bytes_per_second = excluded.bytes_per_second, told_ms = excluded.told_ms
        """,
        new { id = dataset.ToString(), siteId, rate = (long)Math.Clamp(rate, 1, MaxRate), now = SqlTime.Now(_time) });

    [method: ExplicitConstructor]
    private sealed record Row(
        string DatasetId, string SiteId, long AskedMs, string State, byte[]? HistoryHash, long? Snapshot, long? Files,
        long? Bytes, long? FilesDone, long? BytesDone, string? Problem, long? ToldMs, long? CompleteMs, string? Reason,
        long Chosen, long? ReleasedMs, long? HeldMs, string? AskedBy, long? MovedMs, string? Pace, string? Failures)
    {
        public CopyRecord ToRecord() => new(
            ZoneText.DatasetId(DatasetId), SiteId, ZoneText.Time(AskedMs),
            ToldMs is null
                ? null
                : new CopyProgress(
                    State, HistoryHash is { } hash ? new BlobHash(hash) : null, Snapshot, Files, Bytes, FilesDone ?? 0, BytesDone ?? 0,
                    Problem)
                {
                    Failures = Failures is null ? null : JsonSerializer.Deserialize(Failures, ZoneJson.Default.CopyFailures),
                },
            SqlTime.FromMilliseconds(ToldMs), SqlTime.FromMilliseconds(CompleteMs), Reason)
        {
            IsChosen = Chosen != 0,
            ReleasedAt = SqlTime.FromMilliseconds(ReleasedMs),
            HeldAt = SqlTime.FromMilliseconds(HeldMs),
            AskedBy = AskedBy,
            MovedAt = SqlTime.FromMilliseconds(MovedMs),
            Pace = CopySpeed.Read(Pace),
        };
    }

    [method: ExplicitConstructor]
    private sealed record ExpectedRow(string Dataset, string Owner, string Slug, long Holding);

    [method: ExplicitConstructor]
    private sealed record RemainingRow(string Dataset, string Owner, string Slug, long IsHome, long IsOnly);

    [method: ExplicitConstructor]
    private sealed record SpeedRow(string FromSiteId, string ToSiteId, long BytesPerSecond);

    [method: ExplicitConstructor]
    private sealed record ReservationRow(string SiteId, string OwnerId, double Bytes);
}

/// <summary>The bytes that copies still need at a site.</summary>
public sealed record ReservedBytes(string SiteId, PrincipalId Owner, long Bytes);

/// <summary>Two sites, between which copies move.</summary>
public readonly record struct SitePair(string From, string To);
