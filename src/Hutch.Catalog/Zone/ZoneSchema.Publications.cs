namespace Hutch.Catalog.Zone;

internal static partial class ZoneSchema
{
    private const string PublicationsOfDatasets =
        """
        -- How datasets are cited. See docs/decisions/0290-publications.md. A row is never deleted: what was cited stays known.
        CREATE TABLE publications(
            dataset_id TEXT PRIMARY KEY NOT NULL REFERENCES names(dataset_id),
            revision INTEGER NOT NULL,
            changed_ms INTEGER NOT NULL,
            series_id TEXT,
            number INTEGER,
            snapshot INTEGER,
            root BLOB,
            files INTEGER,
            bytes INTEGER,
            published_ms INTEGER,
            withdrawn_ms INTEGER,
            withdrawn_why TEXT);
        CREATE UNIQUE INDEX publications_of_series ON publications(series_id, number) WHERE published_ms IS NOT NULL;
        CREATE INDEX publications_by_change ON publications(changed_ms, dataset_id) WHERE published_ms IS NOT NULL;

        CREATE TABLE publication_revisions(
            dataset_id TEXT NOT NULL REFERENCES publications(dataset_id),
            revision INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            author TEXT NOT NULL,
            description TEXT NOT NULL,
            PRIMARY KEY (dataset_id, revision));
        """;
}
