namespace Hutch.Catalog.Zone;

/// <summary>Tables and triggers of the zone feed.</summary>
internal static class ZoneFeedSchema
{
    /// <summary>SQLite's triggers that number changes; PostgreSQL has others.</summary>
    internal static string FeedTriggers => string.Concat(FeedOfTables.Select(static of => SqliteTriggers(of)));

    /// <summary>The same for PostgreSQL: one function, whose arguments are the columns of the key.</summary>
    internal static string PostgresFeedTriggers =>
        """
        CREATE FUNCTION note_in_feed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            changed JSONB;
            changed_key VARCHAR;
        BEGIN
            IF TG_OP = 'DELETE' THEN changed := to_jsonb(OLD); ELSE changed := to_jsonb(NEW); END IF;
            changed_key := changed ->> TG_ARGV[0];
            IF TG_NARGS > 1 THEN changed_key := changed_key || ' ' || (changed ->> TG_ARGV[1]); END IF;
            INSERT INTO feed(kind, key, sequence)
                VALUES (TG_TABLE_NAME, changed_key, (SELECT coalesce(max(sequence), 0) + 1 FROM feed))
                ON CONFLICT (kind, key) DO UPDATE SET sequence = excluded.sequence;
            RETURN NULL;
        END $$;

        """ + string.Concat(FeedOfTables.Select(PostgresTrigger));

    /// <summary>The state of migration 9: the tables, their keys, and the columns whose changes are in the feed.</summary>
    private static (string Table, string[] Keys, string Changes)[] FeedOfTables =>
    [
        ("principals", ["id"], "name"),
        ("users", ["id"], "display_name, disabled_ms"),
        ("groups", ["id"], "description"),
        ("memberships", ["group_id", "user_id"], "manager"),
        ("roles", ["user_id", "role"], "role"),
        ("tokens", ["id"], "name, scope, expires_ms, revoked_ms"),
        ("names", ["dataset_id"], "owner_id, slug, public_right, public_from_ms"),
        ("grants", ["dataset_id", "principal_id"], "granted_right, from_ms, granted_by, granted_ms"),
        ("sites", ["id"], "name, labels, removed_ms"),
    ];

    internal static string FeedOfTheZone =>
        """
        -- The number of each row's last change. A row that was deleted keeps its number. See docs/decisions/0173-feed-of-the-zone.md.
        CREATE TABLE feed(
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (kind, key));
        CREATE UNIQUE INDEX feed_by_sequence ON feed(sequence);

        CREATE TABLE feed_incarnation(id TEXT NOT NULL);
        INSERT INTO feed_incarnation(id) VALUES (lower(hex(randomblob(8))));

        -- The last change that a site has received from its zone, and the time of the last contact.
        ALTER TABLE joined_zone ADD COLUMN incarnation TEXT;
        ALTER TABLE joined_zone ADD COLUMN sequence INTEGER;
        ALTER TABLE joined_zone ADD COLUMN line INTEGER;
        ALTER TABLE joined_zone ADD COLUMN mark TEXT;
        ALTER TABLE joined_zone ADD COLUMN heard_ms INTEGER;

        """
        + FeedTriggers
        + """

        -- Existing rows get their numbers.
        UPDATE principals SET name = name;
        UPDATE users SET display_name = display_name;
        UPDATE groups SET description = description;
        UPDATE memberships SET manager = manager;
        UPDATE roles SET role = role;
        UPDATE tokens SET name = name;
        UPDATE names SET slug = slug;
        UPDATE grants SET granted_right = granted_right;
        UPDATE sites SET labels = labels;
        """;

    internal static string PostgresTrigger((string Table, string[] Keys, string Changes) of) =>
        $"CREATE TRIGGER feed_of_{of.Table} AFTER INSERT OR DELETE OR UPDATE OF {of.Changes} ON {of.Table} "
        + $"FOR EACH ROW EXECUTE FUNCTION note_in_feed({string.Join(", ", of.Keys.Select(static key => $"'{key}'"))});\n";

    internal static string SqliteTriggers((string Table, string[] Keys, string Changes) of)
    {
        return One("inserted", "INSERT", "NEW") + One("updated", $"UPDATE OF {of.Changes}", "NEW") + One("deleted", "DELETE", "OLD");

        string One(string name, string when, string row) =>
            $"CREATE TRIGGER feed_of_{of.Table}_{name} AFTER {when} ON {of.Table} BEGIN\n"
            + "    INSERT INTO feed(kind, key, sequence)\n"
            + $"        VALUES ('{of.Table}', {string.Join(" || ' ' || ", of.Keys.Select(key => $"{row}.{key}"))}, "
            + "(SELECT coalesce(max(sequence), 0) + 1 FROM feed))\n"
            + "        ON CONFLICT (kind, key) DO UPDATE SET sequence = excluded.sequence;\n"
            + "END;\n";
    }
}
