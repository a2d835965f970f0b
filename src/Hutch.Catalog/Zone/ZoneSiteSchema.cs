using static Hutch.Catalog.Zone.ZoneFeedSchema;

namespace Hutch.Catalog.Zone;

/// <summary>Tables of the sites of a zone.</summary>
internal static class ZoneSiteSchema
{
    private static (string Table, string[] Keys, string Changes) FeedOfSites =>
        ("sites", ["id"], "name, labels, removed_ms, address");

    /// <summary>SQLite's triggers that also number changes of addresses; PostgreSQL has others.</summary>
    internal static string SiteTriggers =>
        "DROP TRIGGER feed_of_sites_inserted;\nDROP TRIGGER feed_of_sites_updated;\nDROP TRIGGER feed_of_sites_deleted;\n"
        + SqliteTriggers(FeedOfSites);

    internal static string PostgresSiteTriggers => "DROP TRIGGER feed_of_sites ON sites;\n" + PostgresTrigger(FeedOfSites);

    private static (string Table, string[] Keys, string Changes) FeedOfTerms =>
        ("sites", ["id"], "name, labels, removed_ms, address, intake, accepts");

    /// <summary>SQLite's triggers that also number changes of sites' terms; PostgreSQL has others.</summary>
    internal static string TermsTriggers =>
        "DROP TRIGGER feed_of_sites_inserted;\nDROP TRIGGER feed_of_sites_updated;\nDROP TRIGGER feed_of_sites_deleted;\n"
        + SqliteTriggers(FeedOfTerms);

    internal static string PostgresTermsTriggers => "DROP TRIGGER feed_of_sites ON sites;\n" + PostgresTrigger(FeedOfTerms);

    internal static string TermsOfSites =>
        """
        -- The datasets that sites accept: a state, null for open, and an expression over datasets, null for all. And the zone's own site.
        ALTER TABLE sites ADD COLUMN intake TEXT;
        ALTER TABLE sites ADD COLUMN accepts TEXT;
        ALTER TABLE zone_identity ADD COLUMN intake TEXT;
        ALTER TABLE zone_identity ADD COLUMN accepts TEXT;

        """
        + TermsTriggers;

    internal static string AddressesOfSites =>
        """
        ALTER TABLE sites ADD COLUMN address TEXT;

        """
        + SiteTriggers
        + """

        -- A site received its own copies only; as a home it needs all of them.
        UPDATE copies SET asked_ms = asked_ms;
        """;

    internal const string ServersThatJoinWithData =
        """
        -- At a zone: the accounts for which an invite lets a site bring datasets, and those of each site that joined with it.
        ALTER TABLE site_invites ADD COLUMN accounts TEXT;
        CREATE TABLE brought_accounts(
            site_id TEXT NOT NULL,
            principal_id TEXT NOT NULL,
            PRIMARY KEY (site_id, principal_id));

        -- At a site: its pending reports of a dataset from before it joined; the id of the zone that it was; true while reports are
        -- pending.
        ALTER TABLE given_names ADD COLUMN brought TEXT;
        ALTER TABLE joined_zone ADD COLUMN former_id TEXT;
        ALTER TABLE joined_zone ADD COLUMN is_bringing INTEGER;
        """;

    internal const string LoginsAtSites =
        """
        -- At a zone: the approved origin of a site's portal, and the SHA-256 of its certificate; NULL for none. The token or session
        -- for which a login at a site was made. At a site: the token of a session.
        ALTER TABLE sites ADD COLUMN portal TEXT;
        ALTER TABLE sites ADD COLUMN portal_certificate TEXT;
        ALTER TABLE tokens ADD COLUMN login_id TEXT;
        CREATE INDEX tokens_of_login ON tokens(login_id) WHERE login_id IS NOT NULL;
        ALTER TABLE sessions ADD COLUMN token_id TEXT;
        """;

    internal const string RegionsOfSites =
        """
        -- At a zone: the region of signatures of S3 keys for a site, never reused. Earlier sites get a unique one.
        ALTER TABLE sites ADD COLUMN region TEXT;
        UPDATE sites SET region = name || '-' || id WHERE removed_ms IS NULL;
        CREATE UNIQUE INDEX sites_by_region ON sites(region) WHERE region IS NOT NULL;

        -- Only sites of this release or a later one receive tokens of S3 keys: a site that was upgraded reads the feed again.
        UPDATE joined_zone SET incarnation = NULL;
        """;

    internal const string ConsentsToLogins =
        """
        -- At a zone, never in the feed: the consents of users to logins at sites, with the portal and the key that they saw; the operator
        -- of a site, and the time since which the zone trusts it.
        CREATE TABLE site_consents(
            user_id TEXT NOT NULL REFERENCES users(id),
            site_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            portal TEXT NOT NULL,
            portal_certificate TEXT,
            key_hash BLOB NOT NULL,
            given_ms INTEGER NOT NULL,
            PRIMARY KEY (user_id, site_id));
        ALTER TABLE sites ADD COLUMN run_by TEXT;
        ALTER TABLE sites ADD COLUMN trusted_ms INTEGER;

        -- Logins without a consent end. A site has only a view, which its zone corrects.
        UPDATE tokens SET revoked_ms = created_ms
        WHERE login_id IS NOT NULL AND revoked_ms IS NULL AND scope NOT LIKE '%opens:%' AND NOT EXISTS (SELECT 1 FROM joined_zone);

        -- Only sites of this release or a later one receive narrow logins: a site that was upgraded reads the feed again.
        UPDATE joined_zone SET incarnation = NULL;
        """;

    internal const string SitesAndTheirInvites =
        """
        -- A removed site keeps its row: its id is never reused.
        CREATE TABLE sites(
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            key_hash BLOB NOT NULL,
            labels TEXT NOT NULL,
            joined_ms INTEGER NOT NULL,
            removed_ms INTEGER,
            heard_ms INTEGER);
        CREATE UNIQUE INDEX sites_by_name ON sites(name) WHERE removed_ms IS NULL;
        CREATE UNIQUE INDEX sites_by_key ON sites(key_hash) WHERE removed_ms IS NULL;

        CREATE TABLE site_invites(
            id TEXT PRIMARY KEY NOT NULL,
            secret_hash BLOB NOT NULL,
            name TEXT NOT NULL,
            labels TEXT NOT NULL,
            key_hash BLOB,
            created_by TEXT NOT NULL REFERENCES principals(id),
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            used_ms INTEGER,
            used_by_key BLOB,
            site_id TEXT REFERENCES sites(id),
            revoked_ms INTEGER);
        CREATE INDEX site_invites_by_name ON site_invites(name);

        -- Empty at a zone; at a site that has joined one, the zone.
        CREATE TABLE joined_zone(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            zone_id TEXT NOT NULL,
            site_id TEXT NOT NULL,
            site_name TEXT NOT NULL,
            address TEXT NOT NULL,
            key_hash BLOB NOT NULL,
            joined_ms INTEGER NOT NULL);
        """;
}
