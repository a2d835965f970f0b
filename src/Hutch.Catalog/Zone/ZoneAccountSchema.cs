namespace Hutch.Catalog.Zone;

/// <summary>Tables of accounts, passwords, sessions, invites and mail.</summary>
internal static class ZoneAccountSchema
{
    internal const string PasswordsSessionsInvitesMail =
        """
        ALTER TABLE users ADD COLUMN email TEXT;

        CREATE TABLE passwords(
            user_id TEXT PRIMARY KEY NOT NULL REFERENCES users(id),
            hash TEXT NOT NULL,
            changed_ms INTEGER NOT NULL);

        -- A session belongs to an account or to a share link. The link has no foreign key: a session that outlives it is refused.
        CREATE TABLE sessions(
            id TEXT PRIMARY KEY NOT NULL,
            secret_hash BLOB NOT NULL,
            user_id TEXT REFERENCES users(id),
            link_id TEXT,
            way TEXT NOT NULL CHECK (way IN ('password', 'login-link', 'share', 'openid', 'invite')),
            may_set_password INTEGER NOT NULL CHECK (may_set_password IN (0, 1)),
            address TEXT,
            agent TEXT,
            created_ms INTEGER NOT NULL,
            last_used_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            ended_ms INTEGER,
            CHECK ((user_id IS NULL) <> (link_id IS NULL)));
        CREATE INDEX sessions_of_user ON sessions(user_id);

        CREATE TABLE login_links(
            id TEXT PRIMARY KEY NOT NULL,
            secret_hash BLOB NOT NULL,
            user_id TEXT NOT NULL REFERENCES users(id),
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            used_ms INTEGER,
            revoked_ms INTEGER);
        CREATE INDEX login_links_of_user ON login_links(user_id);

        -- An invite to a dataset with a right, or to a group. The second secret is that of the mail.
        CREATE TABLE invites(
            id TEXT PRIMARY KEY NOT NULL,
            secret_hash BLOB NOT NULL,
            mailed_secret_hash BLOB,
            dataset_id TEXT REFERENCES names(dataset_id),
            group_id TEXT REFERENCES groups(id),
            granted_right TEXT NOT NULL,
            note TEXT,
            email TEXT,
            created_by TEXT NOT NULL REFERENCES principals(id),
            created_ms INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            max_uses INTEGER NOT NULL CHECK (max_uses > 0),
            uses INTEGER NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
            revoked_ms INTEGER,
            CHECK ((dataset_id IS NULL) <> (group_id IS NULL)));
        CREATE INDEX invites_of_dataset ON invites(dataset_id);
        CREATE INDEX invites_of_group ON invites(group_id);

        CREATE TABLE invite_uses(
            invite_id TEXT NOT NULL REFERENCES invites(id),
            user_id TEXT NOT NULL REFERENCES users(id),
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (invite_id, user_id));

        -- Messages for users, with their delivery. No row has a secret: it is made when the mail is sent.
        CREATE TABLE mails(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id TEXT REFERENCES users(id),
            caused_by TEXT REFERENCES principals(id),
            address TEXT,
            template TEXT NOT NULL,
            facts TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('kept', 'queued', 'sent', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            created_ms INTEGER NOT NULL,
            next_ms INTEGER,
            sent_ms INTEGER,
            failure TEXT);
        CREATE INDEX mails_of_user ON mails(user_id);
        CREATE INDEX mails_to_send ON mails(next_ms) WHERE state = 'queued';

        -- The identity of an account at an OpenID provider.
        CREATE TABLE identities(
            provider TEXT NOT NULL,
            subject TEXT NOT NULL,
            user_id TEXT NOT NULL REFERENCES users(id),
            created_ms INTEGER NOT NULL,
            PRIMARY KEY (provider, subject));
        CREATE INDEX identities_of_user ON identities(user_id);
        """;

    internal const string ProofsOfIdentity =
        """
        -- The mail address that a login link has proved; the address of a link; of an identity at a provider, its newest name there, and
        -- the proof that links it to an account: NULL for a link of an earlier release.
        ALTER TABLE users ADD COLUMN verified_email TEXT;
        ALTER TABLE login_links ADD COLUMN mailed_to TEXT;
        ALTER TABLE identities ADD COLUMN claimed TEXT;
        ALTER TABLE identities ADD COLUMN linked_by TEXT;
        """;

    internal const string KindsOfMails =
        """
        ALTER TABLE mails ADD COLUMN kind TEXT NOT NULL DEFAULT 'account';
        UPDATE mails SET kind = CASE
            WHEN template IN ('invite', 'shared', 'handed-over', 'dataset-published') THEN 'shares'
            WHEN template = 'offered' THEN 'requests'
            WHEN template IN ('copies-complete', 'copies-stuck', 'home-lost', 'home-returned') THEN 'copies'
            WHEN template IN ('program-refused', 'run-ended') THEN 'runs'
            WHEN template = 'acquisition-ended' THEN 'acquisitions'
            WHEN template IN ('retention-reminder', 'retention-ended') THEN 'expiry'
            ELSE 'account' END;

        -- Only logins that are switched off at the zone or at the provider.
        CREATE TABLE muted_notices(
            user_id TEXT NOT NULL REFERENCES users(id),
            kind TEXT NOT NULL,
            in_bell INTEGER NOT NULL CHECK (in_bell IN (0, 1)),
            by_mail INTEGER NOT NULL CHECK (by_mail IN (0, 1)),
            PRIMARY KEY (user_id, kind));
        """;
}
