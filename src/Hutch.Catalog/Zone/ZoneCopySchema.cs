using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of copies of datasets at sites.</summary>
internal static class ZoneCopySchema
{
    private static readonly (string Table, string[] Keys, string Changes) FeedOfCopies =
        ("copies", ["dataset_id", "site_id"], "asked_ms");

    /// <summary>SQLite's triggers that number wanted copies of sites; PostgreSQL has others.</summary>
    internal static string CopyTriggers => SqliteTriggers(FeedOfCopies);

    internal static string PostgresCopyTriggers => PostgresTrigger(FeedOfCopies);

    private static (string Table, string[] Keys, string Changes) FeedOfReleases =>
        ("copies", ["dataset_id", "site_id"], "asked_ms, released_ms");

    /// <summary>SQLite's triggers that also number releases of copies; PostgreSQL has others.</summary>
    internal static string ReleaseTriggers =>
        "DROP TRIGGER feed_of_copies_inserted;\nDROP TRIGGER feed_of_copies_updated;\nDROP TRIGGER feed_of_copies_deleted;\n"
        + SqliteTriggers(FeedOfReleases);

    internal static string PostgresReleaseTriggers => "DROP TRIGGER feed_of_copies ON copies;\n" + PostgresTrigger(FeedOfReleases);

    internal static string CopiesThatAreReleased =>
        """
        -- True if a rule chose the site without a request; and the time since which its copy is no longer needed.
        ALTER TABLE copies ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE copies ADD COLUMN released_ms INTEGER;
        UPDATE copies SET chosen = 1 WHERE reason LIKE 'was chosen for %';
        CREATE INDEX copies_of_rules ON copies(dataset_id) WHERE chosen = 1 AND released_ms IS NULL;
        CREATE INDEX copies_released ON copies(site_id) WHERE released_ms IS NOT NULL;

        """
        + ReleaseTriggers;

    internal static string CopiesOfDatasets =>
        """
        -- The wanted copies, each with the newest progress that its site reported. A site receives its own rows.
        CREATE TABLE copies(
            dataset_id TEXT NOT NULL,
            site_id TEXT NOT NULL,
            asked_ms INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending',
            history_hash BLOB,
            snapshot INTEGER,
            files INTEGER,
            bytes INTEGER,
            files_done INTEGER,
            bytes_done INTEGER,
            problem TEXT,
            told_ms INTEGER,
            complete_ms INTEGER,
            PRIMARY KEY (dataset_id, site_id));

        """
        + CopyTriggers;
}
