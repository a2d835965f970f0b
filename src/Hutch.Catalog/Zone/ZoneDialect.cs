using Hutch.Catalog.Sqlite;
using Npgsql;

namespace Hutch.Catalog.Zone;

/// <summary>
/// The differences of PostgreSQL's dialect from SQLite's: types, and the few statements that only one of them understands. The migrations
/// are written once, for SQLite; both understand every other statement of the zone.
/// </summary>
internal static class ZoneDialect
{
    /// <summary>A function for the one query into JSON.</summary>
    private const string Functions =
        """
        CREATE FUNCTION json_extract(document TEXT, path TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE STRICT
            AS $$ SELECT document::json #>> string_to_array(substr(path, 3), '.') $$;

        """;

    private const string AuditIsAppendOnly =
        """
        CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
        CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
        """;

    /// <summary>
    /// Lets a transaction postpone the checks of references to its end: a site applies rows of its zone in any order. It is a statement and
    /// no migration, so that it includes the references of every later migration.
    /// </summary>
    public const string MakeReferencesDeferrable =
        """
        DO $$
        DECLARE reference RECORD;
        BEGIN
            FOR reference IN
                SELECT conrelid::regclass AS of_table, conname FROM pg_constraint
                WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::text::regnamespace
            LOOP
                EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE', reference.of_table, reference.conname);
            END LOOP;
        END $$
        """;

    /// <summary>The replacements, in order: the name of a type may be part of an earlier one.</summary>
    private static readonly (string Sqlite, string Postgres)[] Words =
    [
        (ZoneSchema.AuditIsAppendOnly, AuditIsAppendOnly),
        (ZoneSchema.AuditIsNeverReplaced, ""),
        (ZoneFeedSchema.FeedTriggers, ZoneFeedSchema.PostgresFeedTriggers),
        (ZoneHomeSchema.HomeTriggers, ZoneHomeSchema.PostgresHomeTriggers),
        (ZoneHomeSchema.MoveTriggers, ZoneHomeSchema.PostgresMoveTriggers),
        (ZoneHomeSchema.EndTriggers, ZoneHomeSchema.PostgresEndTriggers),
        (ZoneCopySchema.CopyTriggers, ZoneCopySchema.PostgresCopyTriggers),
        (ZoneCopySchema.ReleaseTriggers, ZoneCopySchema.PostgresReleaseTriggers),
        (ZonePurgeSchema.PurgeTriggers, ZonePurgeSchema.PostgresPurgeTriggers),
        (ZoneSummarySchema.SummaryTriggers, ZoneSummarySchema.PostgresSummaryTriggers),
        (ZoneVisitSchema.VisitTriggers, ZoneVisitSchema.PostgresVisitTriggers),
        (ZoneSiteSchema.SiteTriggers, ZoneSiteSchema.PostgresSiteTriggers),
        (ZoneSiteSchema.TermsTriggers, ZoneSiteSchema.PostgresTermsTriggers),
        ("lower(hex(randomblob(8)))", "left(encode(sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'hex'), 16)"),
        ("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        (" INTEGER", " BIGINT"),
        (" BLOB", " BYTEA"),

        // Ordered by bytes, as SQLite does, whatever the language of the database.
        (" TEXT", " TEXT COLLATE \"C\""),
    ];

    /// <summary>Returns the statement that postpones the checks of references to the end of the transaction.</summary>
    public static string DeferReferences(DbConnection connection) =>
        connection is NpgsqlConnection ? "SET CONSTRAINTS ALL DEFERRED" : "PRAGMA defer_foreign_keys = ON";

    /// <summary>Returns the statement that makes the postponed checks of references now; null where only the commit makes them.</summary>
    public static string? CheckReferences(DbConnection connection) =>
        connection is NpgsqlConnection ? "SET CONSTRAINTS ALL IMMEDIATE" : null;

    public static IReadOnlyList<Migration> Migrations { get; } = [.. ZoneSchema.Migrations.Select(ForPostgres)];

    private static Migration ForPostgres(Migration migration)
    {
        string sql = Words.Aggregate(
            migration.Sql, static (text, word) => text.Replace(word.Sqlite, word.Postgres, StringComparison.Ordinal));
        return migration with { Sql = migration.Number == 1 ? Functions + sql : sql };
    }
}
