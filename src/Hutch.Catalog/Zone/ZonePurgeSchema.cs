using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of purges at all sites.</summary>
internal static class ZonePurgeSchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfPurges => ("purges", ["dataset_id"], "ordered_ms, proof");

    /// <summary>SQLite's triggers that number purges; PostgreSQL has others.</summary>
    internal static string PurgeTriggers => SqliteTriggers(FeedOfPurges);

    internal static string PostgresPurgeTriggers => PostgresTrigger(FeedOfPurges);

    internal static string PurgesEverywhere =>
        """
        -- Purges at all sites. A row is never deleted, so that a site that returns after years obeys it. See
        -- docs/decisions/0300-purge-at-all-sites.md. Sites receive neither the orderer nor the reason.
        CREATE TABLE purges(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            ordered_ms INTEGER NOT NULL,
            proof TEXT NOT NULL,
            ordered_by TEXT NOT NULL DEFAULT '',
            reason TEXT NOT NULL DEFAULT '');

        -- The sites that have confirmed the purge, with their signed statements.
        CREATE TABLE purge_answers(
            dataset_id TEXT NOT NULL,
            site_id TEXT NOT NULL,
            told_ms INTEGER NOT NULL,
            proof TEXT NOT NULL,
            PRIMARY KEY (dataset_id, site_id));

        """
        + PurgeTriggers
        + """

        -- Only sites of this release or a later one receive these rows: a site that was upgraded reads the feed again.
        UPDATE joined_zone SET incarnation = NULL;
        """;
}
