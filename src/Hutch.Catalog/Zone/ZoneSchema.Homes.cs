namespace Hutch.Catalog.Zone;

internal static partial class ZoneSchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfHomes => ("homes", ["dataset_id"], "site_id, epoch");

    /// <summary>SQLite's words for the triggers that number changes of homes; PostgreSQL has others.</summary>
    internal static string HomeTriggers => SqliteTriggers(FeedOfHomes);

    /// <summary>The same for PostgreSQL.</summary>
    internal static string PostgresHomeTriggers => PostgresTrigger(FeedOfHomes);

    private static string HomesOfDatasets =>
        """
        -- The one site that orders the writes of a dataset, and how many homes it has had. See
        -- docs/decisions/0174-homes-and-copies.md.
        CREATE TABLE homes(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            site_id TEXT NOT NULL,
            epoch INTEGER NOT NULL);

        """
        + HomeTriggers
        + """

        -- So far every dataset was at the site beside the zone.
        INSERT INTO homes(dataset_id, site_id, epoch) SELECT dataset_id, (SELECT id FROM zone_identity), 1 FROM names;
        """;
}
