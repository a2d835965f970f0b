namespace Hutch.Catalog.Zone;

/// <summary>Tables that the servers of a zone share.</summary>
internal static class ZoneSharedSchema
{
    internal const string WhatServersShare =
        """
        -- Pending logins at OpenID providers.
        CREATE TABLE pending_logins(
            name TEXT PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            provider TEXT NOT NULL,
            facts TEXT NOT NULL,
            interval_s INTEGER NOT NULL,
            begun_ms INTEGER NOT NULL,
            next_ms INTEGER NOT NULL,
            ends_ms INTEGER NOT NULL);
        CREATE INDEX pending_logins_by_age ON pending_logins(kind, begun_ms);

        -- Empty if the zone has one process: it has these in memory, and the secrets in files.
        CREATE TABLE attempts(
            counter TEXT PRIMARY KEY NOT NULL,
            forgiven_ms INTEGER NOT NULL,
            changed_ms INTEGER NOT NULL);
        CREATE INDEX attempts_by_change ON attempts(changed_ms);

        CREATE TABLE login_places(
            user_name TEXT NOT NULL,
            address TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            PRIMARY KEY (user_name, address));
        CREATE INDEX login_places_by_time ON login_places(at_ms);

        CREATE TABLE secrets(
            name TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL,
            created_ms INTEGER NOT NULL);
        """;
}
