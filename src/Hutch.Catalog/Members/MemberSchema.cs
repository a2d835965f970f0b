using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Members;

/// <summary>The tables of <c>members.db</c>. A key is its kind and four words, so that it is compared as numbers.</summary>
internal static class MemberSchema
{
    /// <summary>"HuMb" in ASCII.</summary>
    public const int ApplicationId = 0x48754D62;

    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(
            1,
            "rows, packs, members, extents",
            """
            CREATE TABLE applied(
                is_only INTEGER PRIMARY KEY CHECK (is_only = 1),
                number INTEGER NOT NULL,
                id TEXT NOT NULL);
            CREATE TABLE rows(
                number INTEGER PRIMARY KEY,
                is_transient INTEGER NOT NULL,
                pack INTEGER,
                start INTEGER);
            CREATE TABLE packs(
                number INTEGER PRIMARY KEY,
                object TEXT NOT NULL,
                lane TEXT NOT NULL,
                length INTEGER NOT NULL,
                seal TEXT NOT NULL);
            CREATE INDEX packs_of_lane ON packs(lane, number);
            CREATE INDEX rows_of_pack ON rows(pack, start) WHERE pack IS NOT NULL;
            CREATE TABLE members(
                kind INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL, d INTEGER NOT NULL,
                number INTEGER NOT NULL,
                place INTEGER NOT NULL,
                length INTEGER NOT NULL,
                crc INTEGER NOT NULL,
                PRIMARY KEY (kind, a, b, c, d, number, place)) WITHOUT ROWID;
            CREATE TABLE extents(
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL,
                object TEXT NOT NULL UNIQUE,
                is_transient INTEGER NOT NULL,
                length INTEGER NOT NULL,
                crc INTEGER NOT NULL,
                log_row INTEGER);
            CREATE INDEX extents_of_upload ON extents(a, b, c);
            CREATE TABLE damaged(
                number INTEGER NOT NULL,
                place INTEGER NOT NULL,
                object TEXT NOT NULL,
                log_row INTEGER,
                PRIMARY KEY (number, place, object)) WITHOUT ROWID;
            CREATE TABLE condemned(
                object TEXT PRIMARY KEY,
                since_ms INTEGER NOT NULL,
                log_row INTEGER NOT NULL) WITHOUT ROWID;
            """),
        new(
            2,
            "members by row, rows of condemned packs",
            """
            CREATE INDEX members_of_row ON members(number);
            CREATE TABLE dead_rows(number INTEGER PRIMARY KEY);
            """),

        // The view begins anew: what stood in it does not say to which lane an extent belongs.
        new(
            3,
            "lanes of extents, and what lies in each lane",
            """
            DROP TABLE extents;
            DELETE FROM applied;
            DELETE FROM rows;
            DELETE FROM dead_rows;
            DELETE FROM packs;
            DELETE FROM members;
            DELETE FROM damaged;
            DELETE FROM condemned;
            CREATE TABLE extents(
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                a INTEGER NOT NULL, b INTEGER NOT NULL, c INTEGER NOT NULL,
                object TEXT NOT NULL UNIQUE,
                lane TEXT NOT NULL,
                is_transient INTEGER NOT NULL,
                length INTEGER NOT NULL,
                crc INTEGER NOT NULL,
                log_row INTEGER);
            CREATE INDEX extents_of_upload ON extents(a, b, c);
            CREATE INDEX extents_that_end ON extents(log_row, number) WHERE is_transient = 1;

            -- Counted with each change, as there are too many extents to be added up each time.
            CREATE TABLE lanes(
                name TEXT PRIMARY KEY,
                objects INTEGER NOT NULL,
                bytes INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TRIGGER extent_added AFTER INSERT ON extents BEGIN
                INSERT OR IGNORE INTO lanes VALUES (new.lane, 0, 0);
                UPDATE lanes SET objects = objects + 1, bytes = bytes + new.length WHERE name = new.lane;
            END;
            CREATE TRIGGER extent_removed AFTER DELETE ON extents BEGIN
                UPDATE lanes SET objects = objects - 1, bytes = bytes - old.length WHERE name = old.lane;
                DELETE FROM lanes WHERE name = old.lane AND objects = 0;
            END;
            CREATE TRIGGER pack_added AFTER INSERT ON packs BEGIN
                INSERT OR IGNORE INTO lanes VALUES (new.lane, 0, 0);
                UPDATE lanes SET objects = objects + 1, bytes = bytes + new.length WHERE name = new.lane;
            END;
            CREATE TRIGGER pack_removed AFTER DELETE ON packs BEGIN
                UPDATE lanes SET objects = objects - 1, bytes = bytes - old.length WHERE name = old.lane;
                DELETE FROM lanes WHERE name = old.lane AND objects = 0;
            END;
            """),
    ];
}
