namespace Hutch.Catalog.Zone;

/// <summary>Tables of publications.</summary>
internal static class ZonePublicationSchema
{
    internal const string PublicationsOfDatasets =
        """
        -- Citable publications. See docs/decisions/0290-publications.md. A row is never deleted, so that citations stay valid.
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

    internal const string PublicationsByTime =
        """
        CREATE INDEX publications_by_time ON publications(published_ms DESC, dataset_id)
            WHERE published_ms IS NOT NULL AND withdrawn_ms IS NULL
        """;

    internal const string DoisOfPublications =
        """
        -- DOIs of publications and of works in all versions, and the pending messages to the registration service. The state is the one
        -- that the service confirmed. A DOI that was public is never deleted. See docs/decisions/0305-dois.md.
        CREATE TABLE dois(
            doi TEXT PRIMARY KEY NOT NULL,
            dataset_id TEXT NOT NULL REFERENCES publications(dataset_id),
            is_series INTEGER NOT NULL CHECK (is_series IN (0, 1)),
            state TEXT NOT NULL CHECK (state IN ('pending', 'draft', 'registered', 'findable')),
            told TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            problem TEXT,
            next_ms INTEGER NOT NULL);
        CREATE UNIQUE INDEX dois_of_publications ON dois(dataset_id, is_series);
        CREATE INDEX dois_by_time ON dois(next_ms, doi);
        """;
}
