using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of visits and their notes.</summary>
internal static class ZoneVisitSchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfVisits => (
        VisitTable.Name, ["id"], "title, proposal, instrument, begin_ms, end_ms, embargo_ms, keep_days, samples, contacts");

    /// <summary>SQLite's triggers that number visits; PostgreSQL has others.</summary>
    internal static string VisitTriggers => SqliteTriggers(FeedOfVisits);

    internal static string PostgresVisitTriggers => PostgresTrigger(FeedOfVisits);

    internal static string Visits =>
        """
        -- A visit is a group with dates. Samples and local contacts are JSON.
        CREATE TABLE visits(
            id TEXT PRIMARY KEY NOT NULL REFERENCES groups(id),
            title TEXT,
            proposal TEXT NOT NULL,
            instrument TEXT,
            begin_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            embargo_ms INTEGER,
            keep_days INTEGER,
            samples TEXT NOT NULL,
            contacts TEXT NOT NULL);
        CREATE INDEX visits_of_proposal ON visits(proposal);

        -- Only the zone has the notes. A number is never reused.
        CREATE TABLE visit_notes(
            visit_id TEXT NOT NULL REFERENCES visits(id),
            number INTEGER NOT NULL,
            author TEXT NOT NULL,
            written_ms INTEGER NOT NULL,
            text TEXT,
            dataset_id TEXT,
            path TEXT,
            PRIMARY KEY (visit_id, number));

        """
        + VisitTriggers
        + """

        -- Only sites of this release or a later one receive visits: a site that was upgraded reads the feed again.
        UPDATE joined_zone SET incarnation = NULL;
        """;
}
