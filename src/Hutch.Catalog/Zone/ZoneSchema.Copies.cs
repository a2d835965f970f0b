namespace Hutch.Catalog.Zone;

internal static partial class ZoneSchema
{
    private static readonly (string Table, string[] Keys, string Changes) s_feedOfCopies =
        ("copies", ["dataset_id", "site_id"], "asked_ms");

    /// <summary>SQLite's words for the triggers that number what sites are to have; PostgreSQL has others.</summary>
    internal static string CopyTriggers => SqliteTriggers(s_feedOfCopies);

    /// <summary>The same for PostgreSQL.</summary>
    internal static string PostgresCopyTriggers => PostgresTrigger(s_feedOfCopies);

    private static string CopiesOfDatasets =>
        """
        -- Which site is to have a copy of which dataset, and what it said last of how far it is. A site is told of its own.
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
