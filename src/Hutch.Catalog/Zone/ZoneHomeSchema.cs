using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of homes of datasets.</summary>
internal static class ZoneHomeSchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfHomes => ("homes", ["dataset_id"], "site_id, epoch");

    /// <summary>SQLite's triggers that number changes of homes; PostgreSQL has others.</summary>
    internal static string HomeTriggers => SqliteTriggers(FeedOfHomes);

    internal static string PostgresHomeTriggers => PostgresTrigger(FeedOfHomes);

    private static (string Table, string[] Keys, string Changes) FeedOfMoves =>
        ("homes", ["dataset_id"], "site_id, epoch, base_hash, next_id, released_hash");

    /// <summary>SQLite's triggers that also number the steps of a move; PostgreSQL has others.</summary>
    internal static string MoveTriggers =>
        "DROP TRIGGER feed_of_homes_inserted;\nDROP TRIGGER feed_of_homes_updated;\nDROP TRIGGER feed_of_homes_deleted;\n"
        + SqliteTriggers(FeedOfMoves);

    internal static string PostgresMoveTriggers => "DROP TRIGGER feed_of_homes ON homes;\n" + PostgresTrigger(FeedOfMoves);

    private static (string Table, string[] Keys, string Changes) FeedOfEnds =>
        ("homes", ["dataset_id"], "site_id, epoch, base_hash, next_id, released_hash, trashed_ms, ended_ms");

    /// <summary>SQLite's triggers that also number deletions at homes; PostgreSQL has others.</summary>
    internal static string EndTriggers =>
        "DROP TRIGGER feed_of_homes_inserted;\nDROP TRIGGER feed_of_homes_updated;\nDROP TRIGGER feed_of_homes_deleted;\n"
        + SqliteTriggers(FeedOfEnds);

    internal static string PostgresEndTriggers => "DROP TRIGGER feed_of_homes ON homes;\n" + PostgresTrigger(FeedOfEnds);

    internal static string HomesThatEnd =>
        """
        -- The end of its time in the home's trash, and the time of its purge, both reported by the home.
        ALTER TABLE homes ADD COLUMN trashed_ms INTEGER;
        ALTER TABLE homes ADD COLUMN ended_ms INTEGER;
        CREATE INDEX homes_that_end ON homes(dataset_id) WHERE trashed_ms IS NOT NULL OR ended_ms IS NOT NULL;

        """
        + EndTriggers;

    internal static string HomesThatMove =>
        """
        -- The history at the begin of the epoch; the next home; the history at which the home gave up.
        ALTER TABLE homes ADD COLUMN base_hash BLOB;
        ALTER TABLE homes ADD COLUMN next_id TEXT;
        ALTER TABLE homes ADD COLUMN released_hash BLOB;
        ALTER TABLE homes ADD COLUMN problem TEXT;
        CREATE INDEX homes_that_move ON homes(dataset_id) WHERE next_id IS NOT NULL OR epoch > 1;

        """
        + MoveTriggers;

    internal static string HomesOfDatasets =>
        """
        -- The one site that orders the writes of a dataset, and the number of its homes so far. See
        -- docs/decisions/0174-homes-and-copies.md.
        CREATE TABLE homes(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            site_id TEXT NOT NULL,
            epoch INTEGER NOT NULL);

        """
        + HomeTriggers
        + """

        -- Until this migration, each dataset was at the zone's own site.
        INSERT INTO homes(dataset_id, site_id, epoch) SELECT dataset_id, (SELECT id FROM zone_identity), 1 FROM names;
        """;
}
