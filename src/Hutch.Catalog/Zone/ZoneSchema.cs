using Hutch.Catalog.Sqlite;
using static Hutch.Catalog.Zone.ZoneAccountSchema;
using static Hutch.Catalog.Zone.ZoneCopySchema;
using static Hutch.Catalog.Zone.ZoneFeedSchema;
using static Hutch.Catalog.Zone.ZoneHomeSchema;
using static Hutch.Catalog.Zone.ZonePublicationSchema;
using static Hutch.Catalog.Zone.ZonePurgeSchema;
using static Hutch.Catalog.Zone.ZoneRuleSchema;
using static Hutch.Catalog.Zone.ZoneSharedSchema;
using static Hutch.Catalog.Zone.ZoneSiteSchema;
using static Hutch.Catalog.Zone.ZoneSummarySchema;
using static Hutch.Catalog.Zone.ZoneVisitSchema;

namespace Hutch.Catalog.Zone;

/// <remarks>
/// Column types, so that the second engine maps them one to one (<see cref="ZoneDialect"/>): ids are TEXT (lower-case UUID, or the public
/// part of a token), times are INTEGER milliseconds since 1970 (<c>…_ms</c>), hashes are BLOB of 32 bytes, flags are INTEGER 0 or 1, names
/// of closed lists are TEXT.
/// </remarks>
internal static class ZoneSchema
{
    /// <summary>"HutZ": marks the file as a zone database.</summary>
    public const int ApplicationId = 0x4875745A;

    /// <summary>All migrations; a released one never changes.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, "accounts, names, rights and audit", AccountsNamesRightsAudit),
        new(2, "passwords, sessions, one-time links, invites, mail, identities", PasswordsSessionsInvitesMail),
        new(3, "tokens that are S3 keys", "ALTER TABLE tokens ADD COLUMN s3_generation INTEGER"),
        new(4, "the audit by what it is about", "CREATE INDEX audit_of_target ON audit(target, sequence);\n\n" + AuditIsNeverReplaced),
        new(5, "the id of the zone", """
            CREATE TABLE zone_identity(id TEXT NOT NULL);
            INSERT INTO zone_identity(id) VALUES (lower(hex(randomblob(8))));
            """),
        new(6, "datasets that are offered, and who may create them for others", """
            -- At most one per dataset; it ends when its creator is no longer the owner.
            CREATE TABLE offers(
                dataset_id TEXT PRIMARY KEY NOT NULL REFERENCES names(dataset_id),
                receiver_id TEXT NOT NULL REFERENCES principals(id),
                offered_by TEXT NOT NULL REFERENCES users(id),
                offered_ms INTEGER NOT NULL);
            CREATE INDEX offers_of_receiver ON offers(receiver_id);

            CREATE TABLE creators(
                user_id TEXT NOT NULL REFERENCES users(id),
                owner_id TEXT NOT NULL REFERENCES principals(id),
                PRIMARY KEY (user_id, owner_id));
            """),
        new(7, "what servers share: logins under way, failed attempts, secrets", WhatServersShare),
        new(8, "sites that join the zone", SitesAndTheirInvites),
        new(9, "the feed of the zone, and the view of a site", FeedOfTheZone),
        new(10, "homes of datasets", HomesOfDatasets),
        new(11, "the clock of the zone, and how far sites have followed", """
            -- At a site: the lead of the zone's clock. At a zone: the last change that a site has stored durably.
            ALTER TABLE joined_zone ADD COLUMN clock_ahead_ms INTEGER;
            ALTER TABLE sites ADD COLUMN confirmed INTEGER;
            """),
        new(12, "what sites tell a zone that was restored", """
            -- The time of the restore with which this life of the zone began; and the life of each site's report about the time before.
            ALTER TABLE feed_incarnation ADD COLUMN begun_ms INTEGER;
            ALTER TABLE sites ADD COLUMN told TEXT;
            UPDATE sites SET told = (SELECT id FROM feed_incarnation);
            """),
        new(13, "copies of datasets at sites", CopiesOfDatasets),
        new(14, "where sites are dialled", AddressesOfSites),
        new(15, "rules that say where datasets are", RulesOfPlacement),
        new(16, "homes that move", HomesThatMove),
        new(17, "what homes and the zone sign of moves", """
            -- The previous home; its signature of the end of its epoch; the zone's signature for the next home. A move that began
            -- without signatures does not continue.
            ALTER TABLE homes ADD COLUMN previous_id TEXT;
            ALTER TABLE homes ADD COLUMN release_proof TEXT;
            ALTER TABLE homes ADD COLUMN grant_proof TEXT;
            UPDATE homes SET next_id = NULL, released_hash = NULL, problem = NULL WHERE next_id IS NOT NULL;
            """),
        new(18, "what homes delete", HomesThatEnd),
        new(19, "what sites take", TermsOfSites),
        new(20, "copies that rules no longer want", CopiesThatAreReleased),
        new(21, "copies that are held for their homes", """
            -- The time since which the site retains it until the home releases it.
            ALTER TABLE copies ADD COLUMN held_ms INTEGER;
            """),
        new(22, "what is told of copies", """
            -- The time since which a rule is not fulfilled, and its newest message to its creator. Older rules send no message.
            ALTER TABLE rules ADD COLUMN lacking_ms INTEGER;
            ALTER TABLE rules ADD COLUMN told TEXT NOT NULL DEFAULT 'whole';

            -- The account that requested the copy and gets the messages, and the newest one; the time and the size of the last progress.
            ALTER TABLE copies ADD COLUMN asked_by TEXT;
            ALTER TABLE copies ADD COLUMN told TEXT NOT NULL DEFAULT 'nothing';
            ALTER TABLE copies ADD COLUMN moved_ms INTEGER;
            ALTER TABLE copies ADD COLUMN moved_bytes INTEGER NOT NULL DEFAULT 0;
            """),
        new(23, "publications of datasets", PublicationsOfDatasets),
        new(24, "DOIs of publications", DoisOfPublications),
        new(25, "purges at all sites", PurgesEverywhere),
        new(26, "people who ask to read datasets", """
            CREATE TABLE access_requests(
                dataset_id TEXT NOT NULL REFERENCES names(dataset_id),
                user_id TEXT NOT NULL REFERENCES users(id),
                text TEXT NOT NULL,
                asked_ms INTEGER NOT NULL,
                denied_ms INTEGER,
                PRIMARY KEY (dataset_id, user_id));
            CREATE INDEX access_requests_of_user ON access_requests(user_id);
            """),
        new(27, "downloads", """
            -- The bytes that this site has sent, without references to names or users of a zone that it has joined. The reader is the id
            -- of an account, or empty for all readers without a login.
            CREATE TABLE downloads(
                dataset_id TEXT NOT NULL,
                reader TEXT NOT NULL,
                times INTEGER NOT NULL,
                bytes INTEGER NOT NULL,
                first_ms INTEGER NOT NULL,
                last_ms INTEGER NOT NULL,
                PRIMARY KEY (dataset_id, reader));
            """),
        new(28, "names that a site gives without its zone", """
            -- At a site: the names that it gave while its zone was unreachable, with the token and the owner; the holder of the
            -- dataset until then; and the zone's name for it if that differs. Never in the feed. See
            -- docs/decisions/0360-provisional-names.md.
            CREATE TABLE given_names(
                dataset_id TEXT PRIMARY KEY NOT NULL,
                token_id TEXT NOT NULL,
                maker_id TEXT NOT NULL,
                holder_id TEXT NOT NULL,
                owner_id TEXT NOT NULL,
                slug TEXT NOT NULL,
                given_ms INTEGER NOT NULL,
                registered_as TEXT,
                UNIQUE (owner_id, slug));
            """),
        new(29, "servers that join with accounts and datasets", ServersThatJoinWithData),
        new(30, "what homes say of their datasets", SummariesOfDatasets),
        new(31, "datasets by age", "CREATE INDEX names_by_age ON names(created_ms, dataset_id)"),
        new(32, "rules for sites with copies", """
            -- Sites request copies from other sites, which therefore need to know the sites that a rule excludes: rules are sent again.
            UPDATE feed SET sequence = sequence + (SELECT max(sequence) FROM feed) WHERE kind = 'rules';
            """),
        new(33, "what types inherit from", """
            -- The type that the zone knows, for rules about types; NULL until it was looked up.
            ALTER TABLE summaries ADD COLUMN lineage TEXT;
            """),
        new(34, "how fast copies come", """
            -- The bytes of a copy that had moved at three moments; and the latest rate from the home to its site, bytes per second.
            ALTER TABLE copies ADD COLUMN pace TEXT;
            CREATE TABLE site_paces(
                from_site_id TEXT NOT NULL,
                to_site_id TEXT NOT NULL,
                bytes_per_second INTEGER NOT NULL,
                told_ms INTEGER NOT NULL,
                PRIMARY KEY (from_site_id, to_site_id));
            """),
        new(35, "files of copies that cannot be had", """
            -- Their number and the first of them, as JSON; NULL for none.
            ALTER TABLE copies ADD COLUMN failures TEXT;
            """),
        new(36, "logins at sites", LoginsAtSites),
        new(37, "regions of sites", RegionsOfSites),
        new(38, "visits and their notes", Visits),
        new(39, "kinds of notifications, and what people mute", KindsOfMails),
        new(40, "consents to logins at sites", ConsentsToLogins),
        new(41, "what links of identities rest on", ProofsOfIdentity),
        new(42, "publications by time", ZonePublicationSchema.PublicationsByTime),
    ];

    /// <summary>SQLite's triggers that protect the audit; PostgreSQL has others.</summary>
    internal const string AuditIsAppendOnly =
        """
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        """;

    /// <summary>A trigger against replacement, which PostgreSQL does not have: there a number cannot be given twice.</summary>
    internal const string AuditIsNeverReplaced =
        """
        -- "INSERT OR REPLACE" deletes without asking the trigger for deletions.
        CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE sequence = NEW.sequence)
            BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
        """;

    private const string AccountsNamesRightsAudit =
        """
        -- Incremented by each change, in its transaction: a cache entry of an older version is read again.
        CREATE TABLE zone_version(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL);
        INSERT INTO zone_version(id, version) VALUES (1, 1);

        -- Users and groups share one space of names, because either can stand before the slash of owner/slug.
        CREATE TABLE principals(
            id TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('user', 'group')),
            name TEXT NOT NULL UNIQUE,
            created_ms INTEGER NOT NULL);

        CREATE TABLE users(
            id TEXT PRIMARY KEY NOT NULL REFERENCES principals(id),
            display_name TEXT,
            disabled_ms INTEGER);

        CREATE TABLE groups(
            id TEXT PRIMARY KEY NOT NULL REFERENCES principals(id),
            description TEXT);

        CREATE TABLE memberships(
            group_id TEXT NOT NULL REFERENCES groups(id),
            user_id TEXT NOT NULL REFERENCES users(id),
            manager INTEGER NOT NULL CHECK (manager IN (0, 1)),
            since_ms INTEGER NOT NULL,
            PRIMARY KEY (group_id, user_id));
        CREATE INDEX memberships_of_user ON memberships(user_id);

        CREATE TABLE roles(
            user_id TEXT NOT NULL REFERENCES users(id),
            role TEXT NOT NULL,
            since_ms INTEGER NOT NULL,
            PRIMARY KEY (user_id, role));

        CREATE TABLE tokens(
            id TEXT PRIMARY KEY NOT NULL,
            user_id TEXT NOT NULL REFERENCES users(id),
            name TEXT,
            secret_hash BLOB NOT NULL,
            scope TEXT NOT NULL,
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER,
            revoked_ms INTEGER,
            last_used_ms INTEGER);
        CREATE INDEX tokens_of_user ON tokens(user_id);

        CREATE TABLE names(
            dataset_id TEXT PRIMARY KEY NOT NULL,
            owner_id TEXT NOT NULL REFERENCES principals(id),
            slug TEXT NOT NULL,
            public_right TEXT NOT NULL,
            public_from_ms INTEGER,
            created_ms INTEGER NOT NULL,
            UNIQUE (owner_id, slug));
        CREATE INDEX names_by_slug ON names(slug);

        CREATE TABLE grants(
            dataset_id TEXT NOT NULL REFERENCES names(dataset_id),
            principal_id TEXT NOT NULL REFERENCES principals(id),
            granted_right TEXT NOT NULL,
            from_ms INTEGER,
            granted_by TEXT NOT NULL REFERENCES principals(id),
            granted_ms INTEGER NOT NULL,
            PRIMARY KEY (dataset_id, principal_id));
        CREATE INDEX grants_of_principal ON grants(principal_id);

        CREATE TABLE links(
            id TEXT PRIMARY KEY NOT NULL,
            dataset_id TEXT NOT NULL REFERENCES names(dataset_id),
            granted_right TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            created_by TEXT NOT NULL REFERENCES principals(id),
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            revoked_ms INTEGER);
        CREATE INDEX links_of_dataset ON links(dataset_id);

        -- No foreign keys: an entry of the audit outlives its subject.
        CREATE TABLE audit(
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            at_ms INTEGER NOT NULL,
            actor_id TEXT,
            actor_name TEXT,
            credential_id TEXT,
            action TEXT NOT NULL,
            target TEXT,
            detail TEXT);

        """ + AuditIsAppendOnly;
}
