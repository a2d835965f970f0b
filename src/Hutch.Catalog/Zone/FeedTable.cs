using System.Data;
using System.Security.Cryptography;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Placement;

namespace Hutch.Catalog.Zone;

/// <summary>The zone feed: the rows changed since a position, in their current state.</summary>
public sealed class FeedTable : ZoneTable
{
    /// <summary>Updates without a change of values: their triggers give the rows new numbers.</summary>
    private static readonly string[] ResendingChanges =
    [
        "UPDATE names SET slug = slug", "UPDATE homes SET epoch = epoch", "UPDATE grants SET granted_right = granted_right",
        "UPDATE copies SET asked_ms = asked_ms", "UPDATE summaries SET epoch = epoch",
    ];

    internal FeedTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>
    /// Returns the changes after a position, up to a limit of rows. A position that this zone never had counts as none: everything follows.
    /// </summary>
    public FeedBatch Since(FeedPosition? after, int limit)
    {
        FeedPosition now = Newest();
        FeedPosition? from = after is not null && IsOurs(after, now) ? after : null;
        long start = from?.Sequence ?? 0;
        long end = _connection.ExecuteScalar<long?>(
            "SELECT max(sequence) FROM (SELECT sequence FROM feed WHERE sequence > @start ORDER BY sequence LIMIT @limit) AS page",
            new { start, limit }) ?? start;
        bool isComplete = end >= now.Sequence;
        return new FeedBatch(from, isComplete ? now : now with { Sequence = end }, isComplete, Read(start, end));
    }

    public static string? Column(FeedItem item, string column)
    {
        int at = Array.IndexOf(FedTable.Find(item.Table).Columns, column);
        return at < 0 ? null : item.Row?[at];
    }

    public static FeedItem With(FeedItem item, string column, string? value)
    {
        string?[] row = [.. item.Row!];
        row[Array.IndexOf(FedTable.Find(item.Table).Columns, column)] = value;
        return item with { Row = row };
    }

    /// <summary>
    /// Returns rows after a number, in order; with the dataset for those about a home or a summary, which the audit does not name.
    /// </summary>
    public IReadOnlyList<FedDataset> DatasetsSince(long after, int limit) =>
    [
        .. _connection.Query<(string Kind, string Key, long Sequence)>(
            "SELECT kind, key, sequence FROM feed WHERE sequence > @after ORDER BY sequence LIMIT @limit", new { after, limit })
            .Select(static row => new FedDataset(
                row.Sequence,
                row.Kind is "homes" or SummaryTable.Name && DatasetId.TryParse(row.Key, out DatasetId dataset) ? dataset : null)),
    ];

    public long NewestNumber() => _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM feed");

    public FeedPosition Newest()
    {
        long line = _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM audit");
        return new FeedPosition(
            _connection.QuerySingle<string>("SELECT id FROM feed_incarnation"),
            NewestNumber(), line, MarkOf(line));
    }

    /// <summary>Returns true if this incarnation of the zone has had a position.</summary>
    public bool Knows(FeedPosition position) => IsOurs(position, Newest());

    /// <summary>
    /// Begins a new incarnation of the zone: earlier positions are invalid, and moves in progress do not continue automatically.
    /// </summary>
    public void BeginIncarnation()
    {
        new HomeTable(_connection, _time).DeleteMoves();
        _connection.Execute("UPDATE sites SET confirmed = NULL");
        _connection.Execute(
            "UPDATE feed_incarnation SET id = @id, begun_ms = @now",
            new { id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), now = SqlTime.Now(_time) });
    }

    /// <summary>Sends the rows of datasets again, because the set of sites that may receive them has changed.</summary>
    public void SendAgain(RuleScope scope)
    {
        (string where, string subject) = scope.Kind switch
        {
            RuleScopeKind.Dataset => (" WHERE dataset_id = @subject", scope.Subject),
            RuleScopeKind.Owner => (" WHERE dataset_id IN (SELECT dataset_id FROM names WHERE owner_id = @subject)", scope.Subject),
            _ => ("", ""),
        };
        foreach (string change in ResendingChanges)
        {
            _connection.Execute(change + where, new { subject });
        }

        if (scope.Dataset is { } dataset)
        {
            SendRulesAgain(dataset);
        }
    }

    /// <summary>Sends the rules for one dataset again, for another site.</summary>
    internal void SendRulesAgain(DatasetId dataset) =>
        new RuleTable(_connection, _time).OfDataset(dataset).ToList().ForEach(rule => NoteRule(rule.Number));

    /// <summary>Gives a rule the next number, because it has changed or another site needs it.</summary>
    internal void NoteRule(long number) => _connection.Execute(
        """
        INSERT INTO feed(kind, key, sequence) VALUES ('rules', @key, (SELECT coalesce(max(sequence), 0) + 1 FROM feed))
            ON CONFLICT (kind, key) DO UPDATE SET sequence = excluded.sequence
        """,
        new { key = number.ToString(CultureInfo.InvariantCulture) });

    /// <summary>
    /// Removes the tombstones of tokens, once every site has received them; returns their number. The newest number stays, because the next
    /// one is counted from it.
    /// </summary>
    /// <param name="isView">True for a site's view of its zone, which no other site follows.</param>
    internal int DeleteTokens(bool isView) => _connection.Execute(
        """
        DELETE FROM feed
        WHERE kind = 'tokens' AND NOT EXISTS (SELECT 1 FROM tokens WHERE tokens.id = feed.key)
            AND sequence < (SELECT max(sequence) FROM feed)
        """
        + (isView ? "" : " AND NOT EXISTS (SELECT 1 FROM sites WHERE removed_ms IS NULL AND coalesce(confirmed, 0) < feed.sequence)"));

    private bool IsOurs(FeedPosition position, FeedPosition now) =>
        position.Incarnation == now.Incarnation && position.Sequence <= now.Sequence && position.Line <= now.Line
        && position.Mark == MarkOf(position.Line);

    /// <summary>
    /// Returns the hash of an audit line. After a manual restore of a zone, the same number has another line, with another time or author.
    /// </summary>
    private string MarkOf(long line)
    {
        (long At, string? Actor, string Action, string? Target, string? Detail) of =
            _connection.QuerySingleOrDefault<(long, string?, string, string?, string?)>(
                "SELECT at_ms, actor_id, action, target, detail FROM audit WHERE sequence = @line", new { line });
        byte[] text = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{of.At}\n{of.Actor}\n{of.Action}\n{of.Target}\n{of.Detail}"));
        return Convert.ToHexStringLower(SHA256.HashData(text));
    }

    private List<FeedItem> Read(long after, long to)
    {
        List<(long Sequence, FeedItem Item)> found = [];
        foreach (FedTable table in FedTable.All)
        {
            using IDataReader rows = _connection.ExecuteReader(table.Select, new { after, to });
            while (rows.Read())
            {
                found.Add((rows.GetInt64(0), new FeedItem(table.Name, rows.GetString(1), rows.IsDBNull(2) ? null
                    : [.. Enumerable.Range(3, table.Columns.Length).Select(i => FedTable.Write(rows.GetValue(i)))])));
            }
        }

        return [.. found.OrderBy(static one => one.Sequence).Select(static one => one.Item)];
    }
}
