namespace Hutch.Catalog.Zone;

/// <summary>A table in the zone feed, and the columns that sites receive. Unlisted columns never leave the zone.</summary>
/// <param name="Keys">The columns of its key; the first of two is a UUID.</param>
internal sealed record FedTable(string Name, string[] Keys, string[] Columns)
{
    private const int UuidLength = 36;

    /// <summary>All tables, in an order in which each refers only to those before it.</summary>
    public static IReadOnlyList<FedTable> All { get; } =
    [
        new("principals", ["id"], ["kind", "name", "created_ms"]),
        new("users", ["id"], ["display_name", "disabled_ms"]),
        new("groups", ["id"], ["description"]),
        new(
            VisitTable.Name, ["id"],
            ["title", "proposal", "instrument", "begin_ms", "end_ms", "embargo_ms", "keep_days", "samples", "contacts"]),
        new("memberships", ["group_id", "user_id"], ["manager", "since_ms"]),
        new("roles", ["user_id", "role"], ["since_ms"]),
        new("tokens", ["id"], ["user_id", "name", "secret_hash", "scope", "created_ms", "expires_ms", "revoked_ms"]),
        new("names", ["dataset_id"], ["owner_id", "slug", "public_right", "public_from_ms", "created_ms"]),
        new(
            "homes", ["dataset_id"],
            ["site_id", "epoch", "base_hash", "next_id", "released_hash", "previous_id", "release_proof", "grant_proof", "trashed_ms",
                "ended_ms"]),
        new("grants", ["dataset_id", "principal_id"], ["granted_right", "from_ms", "granted_by", "granted_ms"]),
        new("sites", ["id"], ["name", "key_hash", "labels", "joined_ms", "removed_ms", "address", "intake", "accepts"]),
        new("copies", ["dataset_id", "site_id"], ["asked_ms", "released_ms"]),
        new("rules", ["number"], ["scope", "subject", "rule", "until_ms", "created_by", "created_ms", "ended_ms"]),
        new(PurgeTable.Name, ["dataset_id"], ["ordered_ms", "proof"]),
        new(
            SummaryTable.Name, ["dataset_id"],
            ["epoch", "title", "type", "origin", "created_ms", "closed_ms", "expires_ms", "ended_ms", "files", "bytes", "head_version",
                "snapshot", "in_folder", "parents", "lineage"]),
    ];

    /// <summary>Selects the rows after a number, up to another one: number, key, and the columns, all null without a row.</summary>
    public string Select =>
        $"""
        SELECT f.sequence, f.key, t.{Keys[0]}, {string.Join(", ", Columns.Select(static column => "t." + column))}
        {FromFeed(HasChanged(Name))} AND f.sequence > @after AND f.sequence <= @to
        """;

    public string SelectDeleted => $"SELECT f.key {FromFeed($"f.kind = '{Name}'")} AND t.{Keys[0]} IS NULL ORDER BY f.sequence";

    public string Insert =>
        $"INSERT INTO {Name}({string.Join(", ", Keys.Concat(Columns))}) "
        + $"VALUES ({string.Join(", ", Keys.Concat(Columns).Select(static column => "@" + column))})";

    public string Delete => $"DELETE FROM {Name} WHERE {string.Join(" AND ", Keys.Select(static key => $"{key} = @{key}"))}";

    /// <summary>
    /// Returns the condition that a row of the feed <c>f</c> is of a table, for queries of a range of numbers. With a plain comparison,
    /// SQLite would use the index of the kind and read all rows of it, however few have changed. An expression leaves it the index of the
    /// numbers.
    /// </summary>
    public static string HasChanged(string table) => $"f.kind || '' = '{table}'";

    private string FromFeed(string isOurs) =>
        $"""
        FROM feed f LEFT JOIN {Name} t ON {(Keys.Length == 1
            ? $"t.{Keys[0]} = {(Keys[0] == "number" ? "CAST(f.key AS BIGINT)" : "f.key")}"
            : $"t.{Keys[0]} = substr(f.key, 1, {UuidLength}) AND t.{Keys[1]} = substr(f.key, {UuidLength + 2})")}
        WHERE {isOurs}
        """;

    /// <exception cref="FormatException">No such table is in the feed.</exception>
    public static FedTable Find(string name) =>
        All.FirstOrDefault(table => table.Name == name) ?? throw new FormatException($"the feed has no table '{name}'");

    public static string? Write(object value) => value switch
    {
        DBNull => null,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <exception cref="FormatException">It is invalid.</exception>
    public static object? Read(string column, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (column.EndsWith("_hash", StringComparison.Ordinal))
        {
            return Convert.FromHexString(text);
        }

        if (column.EndsWith("_ms", StringComparison.Ordinal) || column is "manager" or "number" or "epoch"
            or "files" or "bytes" or "head_version" or "snapshot" or "in_folder" or "keep_days")
        {
            return long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        }

        return text;
    }
}
