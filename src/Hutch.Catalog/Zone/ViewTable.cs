using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>A site's view of its zone: the same tables, written only by the feed.</summary>
public sealed class ViewTable : ZoneTable
{
    /// <summary>The time limit for a statement about all rows of a large zone.</summary>
    private const int WholeSeconds = 600;

    /// <summary>The tables that only a zone has, and those that a server filled at its first start before it became a site.</summary>
    private static readonly string[] OfAZone =
    [
        "site_invites", "invite_uses", "invites", "offers", "access_requests", "creators", "mails", "muted_notices", "identities",
        "login_links", "sessions", "passwords", "links", "given_names", "visit_notes", "site_consents",
    ];

    internal ViewTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the last position of the view; null before anything came.</summary>
    public FeedPosition? Position() =>
        _connection.QuerySingleOrDefault<Row>(
            "SELECT incarnation AS Incarnation, sequence AS Sequence, line AS Line, mark AS Mark FROM joined_zone")
            is { Incarnation: { } life } row
            ? new FeedPosition(life, row.Sequence, row.Line, row.Mark ?? "")
            : null;

    /// <summary>Returns the last noted time of contact with the zone.</summary>
    public DateTimeOffset? LastContact() =>
        SqlTime.FromMilliseconds(_connection.QuerySingleOrDefault<long?>("SELECT heard_ms FROM joined_zone"));

    /// <summary>Returns the lead of the zone's clock over this machine's at that time; negative if it was behind.</summary>
    public TimeSpan ClockAhead() => TimeSpan.FromMilliseconds(
        _connection.QuerySingleOrDefault<long?>("SELECT clock_ahead_ms FROM joined_zone") ?? 0);

    /// <summary>Notes contact with the zone now, and the lead of its clock over this machine's.</summary>
    public void RecordContact(TimeSpan clockAhead) => _connection.Execute(
        "UPDATE joined_zone SET heard_ms = @now, clock_ahead_ms = @ahead",
        new { now = SqlTime.Now(_time), ahead = (long)clockAhead.TotalMilliseconds });

    /// <summary>Replaces rows with those of the zone, in the transaction of the change.</summary>
    /// <param name="items">The rows, each once.</param>
    /// <returns>The datasets named by this site that have other names now.</returns>
    /// <exception cref="FormatException">A row is invalid.</exception>
    public IReadOnlyList<string> Apply(IReadOnlyCollection<FeedItem> items, bool isWhole, FeedPosition to)
    {
        // Names and accounts may swap: all old rows are removed before any new one is added, and references are checked at the commit.
        _connection.Execute(ZoneDialect.DeferReferences(_connection));
        var given = new ProvisionalNameTable(_connection, _time);
        IReadOnlyDictionary<string, string> aside = given.StepAside();
        ILookup<string, FeedItem> byTable = items.ToLookup(static item => FedTable.Find(item.Table).Name);
        HashSet<string> hidden = [.. byTable["names"].Where(static item => item.Row is null).Select(static item => item.Key)];
        foreach (string dataset in hidden)
        {
            DeleteGrants(dataset, byTable["grants"].Select(static item => item.Key));
        }

        foreach (FedTable table in FedTable.All.Reverse())
        {
            if (isWhole)
            {
                _connection.Execute("DELETE FROM " + table.Name, commandTimeout: WholeSeconds);
            }
            else
            {
                Run(table.Delete, byTable[table.Name].Select(item => Keys(table, item)));
            }
        }

        foreach (FedTable table in FedTable.All)
        {
            Run(
                table.Insert,
                byTable[table.Name]
                    .Where(item => item.Row is not null && !(table.Name == "grants" && hidden.Contains(item.Key.Split(' ')[0])))
                    .Select(item => Values(table, item)));
        }

        // These have no triggers.
        var feed = new FeedTable(_connection, _time);
        byTable["rules"].ToList().ForEach(item => feed.NoteRule(long.Parse(item.Key, CultureInfo.InvariantCulture)));
        _connection.Execute(
            "UPDATE joined_zone SET incarnation = @Incarnation, sequence = @Sequence, line = @Line, mark = @Mark, heard_ms = @now",
            new { to.Incarnation, to.Sequence, to.Line, to.Mark, now = SqlTime.Now(_time) });
        IReadOnlyList<string> changed = given.ComeBack(aside, new JoinedZoneTable(_connection, _time).Find()!.SiteId);
        if (ZoneDialect.CheckReferences(_connection) is { } check)
        {
            // Not at the commit, which has no time for a million rows.
            _connection.Execute(check, commandTimeout: WholeSeconds);
        }

        return changed;
    }

    /// <summary>Counts the usable items of each kind that end when this database becomes a view.</summary>
    public IReadOnlyDictionary<string, long> CountOwn()
    {
        long now = SqlTime.Now(_time);
        (string What, string From)[] kinds =
        [
            ("tokens", "tokens WHERE revoked_ms IS NULL AND s3_generation IS NULL AND coalesce(expires_ms, @now + 1) > @now"),
            ("S3 keys", "tokens WHERE revoked_ms IS NULL AND s3_generation IS NOT NULL AND coalesce(expires_ms, @now + 1) > @now"),
            ("sessions", "sessions WHERE ended_ms IS NULL AND expires_ms > @now"),
            ("passwords", "passwords"),
            ("share links", "links WHERE revoked_ms IS NULL AND expires_ms > @now"),
            ("invites", "invites WHERE revoked_ms IS NULL AND expires_ms > @now AND uses < max_uses"),
            ("offers", "offers"),
            ("requests for access", "access_requests WHERE denied_ms IS NULL"),
            ("placement rules", "rules WHERE ended_ms IS NULL"),
            ("roles", "roles WHERE role <> 'user'"),
        ];
        return kinds.ToDictionary(
            static kind => kind.What, kind => _connection.ExecuteScalar<long>($"SELECT count(*) FROM {kind.From}", new { now }));
    }

    /// <summary>Removes every account, and gives the database the id of the zone: from now on it is a view.</summary>
    internal void Begin(string zone)
    {
        _connection.Execute(ZoneDialect.DeferReferences(_connection));
        foreach (string table in OfAZone.Concat(FedTable.All.Reverse().Select(static table => table.Name)))
        {
            _connection.Execute("DELETE FROM " + table);
        }

        _connection.Execute("UPDATE zone_identity SET id = @zone", new { zone });
    }

    /// <summary>
    /// Removes the grants on a dataset that is hidden from this site, since the zone no longer sends them. Also removes their tombstones:
    /// to a restored zone, their absence here means nothing.
    /// </summary>
    private void DeleteGrants(string dataset, IEnumerable<string> received)
    {
        foreach (string key in _connection.Query<string>(
            "SELECT dataset_id || ' ' || principal_id FROM grants WHERE dataset_id = @dataset", new { dataset }).Except(received).ToList())
        {
            _connection.Execute(
                "DELETE FROM grants WHERE dataset_id = @dataset AND dataset_id || ' ' || principal_id = @key", new { dataset, key });
            _connection.Execute("DELETE FROM feed WHERE kind = 'grants' AND key = @key", new { key });
        }
    }

    private static DynamicParameters Keys(FedTable table, FeedItem item)
    {
        string[] parts = table.Keys.Length == 1 ? [item.Key] : item.Key.Split(' ', 2);
        if (parts.Length != table.Keys.Length)
        {
            throw new FormatException($"'{item.Key}' is no key of {table.Name}");
        }

        var parameters = new DynamicParameters();
        for (int i = 0; i < parts.Length; i++)
        {
            parameters.Add(table.Keys[i], FedTable.Read(table.Keys[i], parts[i]));
        }

        return parameters;
    }

    private static DynamicParameters Values(FedTable table, FeedItem item)
    {
        if (item.Row!.Count != table.Columns.Length)
        {
            throw new FormatException($"a row of {table.Name} has {item.Row.Count} columns");
        }

        DynamicParameters parameters = Keys(table, item);
        for (int i = 0; i < table.Columns.Length; i++)
        {
            parameters.Add(table.Columns[i], FedTable.Read(table.Columns[i], item.Row[i]));
        }

        return parameters;
    }

    private void Run(string statement, IEnumerable<DynamicParameters> rows)
    {
        foreach (DynamicParameters row in rows)
        {
            _connection.Execute(statement, row);
        }
    }

    [method: ExplicitConstructor]
    private sealed record Row(string? Incarnation, long Sequence, long Line, string? Mark);
}
