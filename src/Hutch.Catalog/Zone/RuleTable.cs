using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

/// <summary>Placement rules. An ended one keeps its number, and is no longer read.</summary>
public sealed class RuleTable : ZoneTable
{
    private const string Select =
        """
        SELECT r.number AS Number, r.scope AS Scope, r.subject AS Subject, p.name AS Owner, r.rule AS Rule, r.until_ms AS UntilMs,
               r.created_by AS CreatedBy, r.created_ms AS CreatedMs,
               r.lacking_ms AS LackingMs, r.told AS Told
        FROM rules r LEFT JOIN principals p ON r.scope = 'owner' AND p.id = r.subject
        WHERE r.ended_ms IS NULL
        """ + " ";

    internal RuleTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public bool Any() =>
        _connection.ExecuteScalar<long>("SELECT count(*) FROM (SELECT 1 FROM rules WHERE ended_ms IS NULL LIMIT 1) AS found") > 0;

    /// <summary>Lists all rules, in the order of their creation.</summary>
    public IReadOnlyList<RuleRecord> List() => Read("ORDER BY r.number", new { });

    /// <summary>Lists the rules that are not for one dataset.</summary>
    public IReadOnlyList<RuleRecord> Wide() => Read("AND r.scope <> 'dataset' ORDER BY r.number", new { });

    public IReadOnlyList<RuleRecord> ForTypes() => Read("AND r.scope = 'type' ORDER BY r.number", new { });

    /// <summary>Lists the rules that hide datasets from sites.</summary>
    public IReadOnlyList<RuleRecord> Serving() => Read("AND r.rule LIKE 'serve %' ORDER BY r.number", new { });

    public IReadOnlyList<RuleRecord> ListHomeRules() => Read("AND r.rule LIKE 'home %' ORDER BY r.number", new { });

    public IReadOnlyList<RuleRecord> OfDataset(DatasetId dataset) =>
        Read("AND r.subject = @subject AND r.scope = 'dataset' ORDER BY r.number", new { subject = dataset.ToString() });

    /// <summary>Returns the rule with this number, unless it has ended.</summary>
    public RuleRecord? Find(long number) => Read("AND r.number = @number", new { number }).SingleOrDefault();

    public IReadOnlyList<RuleRecord> EndingBy(DateTimeOffset time) =>
        Read("AND r.until_ms <= @time ORDER BY r.number", new { time = SqlTime.ToMilliseconds(time) });

    public long Count() => _connection.ExecuteScalar<long>("SELECT count(*) FROM rules WHERE ended_ms IS NULL");

    public long CountBy(string createdBy) => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM rules WHERE ended_ms IS NULL AND created_by = @createdBy", new { createdBy });

    public IReadOnlyList<DatasetId> Datasets(DatasetId? after, int limit) =>
        [.. _connection.Query<string>(
            """
            SELECT DISTINCT subject FROM rules WHERE ended_ms IS NULL AND scope = 'dataset' AND subject > @after
            ORDER BY subject LIMIT @limit
            """,
            new { after = after?.ToString() ?? "", limit }).Select(ZoneText.DatasetId)];

    public RuleRecord Add(RuleScope scope, PlacementRule rule, DateTimeOffset? until, string createdBy)
    {
        long number = _connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) + 1 FROM rules");
        _connection.Execute(
            """
            INSERT INTO rules(number, scope, subject, rule, until_ms, created_by, created_ms, lacking_ms, told)
            VALUES (@number, @scope, @subject, @rule, @until, @createdBy, @now, @now, 'nothing')
            """,
            new
            {
                number,
                scope = ZoneText.Scope(scope.Kind),
                subject = scope.Subject,
                rule = rule.ToString(),
                until = SqlTime.ToMilliseconds(until),
                createdBy,
                now = SqlTime.Now(_time),
            });
        new FeedTable(_connection, _time).NoteRule(number);
        return Find(number)!;
    }

    /// <summary>Notes the state of a rule, and the notification that its maker got.</summary>
    public void SetNotified(long number, DateTimeOffset? lackingSince, RuleNotificationKind told) => _connection.Execute(
        "UPDATE rules SET lacking_ms = @lacking, told = @told WHERE number = @number",
        new { number, lacking = SqlTime.ToMilliseconds(lackingSince), told = ZoneText.RuleNews(told) });

    public void End(long number)
    {
        _connection.Execute("UPDATE rules SET ended_ms = @now WHERE number = @number", new { number, now = SqlTime.Now(_time) });
        new FeedTable(_connection, _time).NoteRule(number);
    }

    /// <summary>Ends the rules for this dataset alone, because its name is freed.</summary>
    public void EndOf(DatasetId dataset) => OfDataset(dataset).ToList().ForEach(rule => End(rule.Number));

    private List<RuleRecord> Read(string where, object parameters) =>
        [.. _connection.Query<Row>(Select + where, parameters).Select(static row => row.ToRecord())];

    [method: ExplicitConstructor]
    private sealed record Row(
        long Number, string Scope, string Subject, string? Owner, string Rule, long? UntilMs, string CreatedBy,
        long CreatedMs, long? LackingMs, string Told)
    {
        public RuleRecord ToRecord() => new(
            Number, new RuleScope(ZoneText.ScopeKind(Scope), Subject), Owner, ZoneText.Rule(Rule), SqlTime.FromMilliseconds(UntilMs),
            CreatedBy, ZoneText.Time(CreatedMs))
        {
            LackingSince = SqlTime.FromMilliseconds(LackingMs),
            Told = ZoneText.RuleNews(Told),
        };
    }
}
