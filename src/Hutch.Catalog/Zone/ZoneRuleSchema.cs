namespace Hutch.Catalog.Zone;

/// <summary>Tables of placement rules.</summary>
internal static class ZoneRuleSchema
{
    internal const string RulesOfPlacement =
        """
        -- Copy rules. The subject is the id of a dataset or an owner, or the name of a type. See
        -- docs/decisions/0177-rules-choose-sites.md.
        CREATE TABLE rules(
            number INTEGER PRIMARY KEY NOT NULL,
            scope TEXT NOT NULL,
            subject TEXT NOT NULL,
            rule TEXT NOT NULL,
            until_ms INTEGER,
            created_by TEXT NOT NULL,
            created_ms INTEGER NOT NULL,
            ended_ms INTEGER);
        CREATE INDEX rules_by_subject ON rules(subject, scope) WHERE ended_ms IS NULL;
        ALTER TABLE copies ADD COLUMN reason TEXT;
        CREATE INDEX copies_to_come ON copies(site_id) WHERE complete_ms IS NULL;

        -- The free space that a site reported last; and the name of the zone's own site.
        ALTER TABLE sites ADD COLUMN free_bytes INTEGER;
        ALTER TABLE zone_identity ADD COLUMN labels TEXT NOT NULL DEFAULT '';
        """;
}
