using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of summaries of datasets.</summary>
internal static class ZoneSummarySchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfSummaries => (
        "summaries", ["dataset_id"],
        "epoch, title, type, origin, created_ms, closed_ms, expires_ms, ended_ms, files, bytes, head_version, snapshot, in_folder, "
        + "parents");

    /// <summary>SQLite's triggers that number summaries; PostgreSQL has others.</summary>
    internal static string SummaryTriggers => SqliteTriggers(FeedOfSummaries);

    internal static string PostgresSummaryTriggers => PostgresTrigger(FeedOfSummaries);

    internal static string SummariesOfDatasets =>
        """
        -- The home's summary of a dataset, for lists at every site. The time of the last report is the zone's. See
        -- docs/decisions/0500-lists-of-the-whole-zone.md.
        CREATE TABLE summaries(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            epoch INTEGER NOT NULL,
            title TEXT,
            type TEXT NOT NULL,
            origin TEXT NOT NULL,
            created_ms INTEGER NOT NULL,
            closed_ms INTEGER,
            expires_ms INTEGER,
            ended_ms INTEGER,
            files INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            head_version INTEGER NOT NULL,
            snapshot INTEGER,
            in_folder INTEGER NOT NULL,
            parents TEXT NOT NULL,
            told_ms INTEGER);

        """
        + SummaryTriggers
        + """

        -- Only sites of this release or a later one receive these rows: a site that was upgraded reads the feed again.
        UPDATE joined_zone SET incarnation = NULL;
        """;
}
