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

        -- Either of an account, or of whoever opened a share link. The link has no foreign key: a session may outlive it, and is refused then.
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

        -- To a dataset with a right, or to a group. The second secret is the one that went out by mail.
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

        -- What is to be said to somebody, and what became of it. A secret is never in it: it is made when the mail goes out.
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

        -- Who an OpenID provider says somebody is.
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
        -- The address that a login by a mailed link has proved; where a link went; and of an identity at a provider, the name that the
        -- provider gave last, and what its link to an account rests on: NULL for a link of an earlier release.
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

        -- Only what is off in one of the two places.
        CREATE TABLE muted_notices(
            user_id TEXT NOT NULL REFERENCES users(id),
            kind TEXT NOT NULL,
            in_bell INTEGER NOT NULL CHECK (in_bell IN (0, 1)),
            by_mail INTEGER NOT NULL CHECK (by_mail IN (0, 1)),
            PRIMARY KEY (user_id, kind));
        """;
}
