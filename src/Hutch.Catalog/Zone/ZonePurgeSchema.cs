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
        -- What ends at every site at once. A row is never deleted: a site that comes back after years meets it. See
        -- docs/decisions/0300-purge-at-all-sites.md. Sites get neither who ordered it nor why.
        CREATE TABLE purges(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            ordered_ms INTEGER NOT NULL,
            proof TEXT NOT NULL,
            ordered_by TEXT NOT NULL DEFAULT '',
            reason TEXT NOT NULL DEFAULT '');

        -- Which sites have said that nothing is left there, and what they have signed.
        CREATE TABLE purge_answers(
            dataset_id TEXT NOT NULL,
            site_id TEXT NOT NULL,
            told_ms INTEGER NOT NULL,
            proof TEXT NOT NULL,
            PRIMARY KEY (dataset_id, site_id));

        """
        + PurgeTriggers
        + """

        -- A zone of this release feeds these rows to sites of this release only: one that was brought to it reads the feed anew.
        UPDATE joined_zone SET incarnation = NULL;
        """;
}
