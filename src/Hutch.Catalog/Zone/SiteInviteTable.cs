using System.Collections.Immutable;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Sites;

namespace Hutch.Catalog.Zone;

public sealed class SiteInviteTable : ZoneTable
{
    private const string Select =
        """
        SELECT id AS Id, secret_hash AS SecretHash, name AS Name, labels AS Labels, key_hash AS KeyHash, created_ms AS CreatedMs,
               expires_ms AS ExpiresMs, used_ms AS UsedMs, used_by_key AS UsedByKey, site_id AS SiteId, revoked_ms AS RevokedMs,
               accounts AS Accounts
        FROM site_invites
        """;

    internal SiteInviteTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the invite with this public part, or null; includes used, withdrawn and ended ones.</summary>
    public SiteInviteRecord? Find(string id) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id })?.ToRecord();

    /// <summary>Lists the usable invites, in the order of their names.</summary>
    public IReadOnlyList<SiteInviteRecord> ListOpen() =>
        [.. _connection.Query<Row>(
            Select + " WHERE used_ms IS NULL AND revoked_ms IS NULL AND expires_ms > @now ORDER BY name", new { now = SqlTime.Now(_time) })
            .Select(row => row.ToRecord())];

    /// <param name="returning">The id of the site that comes back with it; null for a new site.</param>
    public SiteInviteRecord Create(
        string id, BlobHash secretHash, string name, ImmutableSortedDictionary<string, string> labels, BlobHash? key,
        IReadOnlyList<string> accounts, PrincipalId by, DateTimeOffset expiresAt, string? returning = null)
    {
        _connection.Execute(
            """
            INSERT INTO site_invites(id, secret_hash, name, labels, key_hash, accounts, created_by, created_ms, expires_ms, site_id)
            VALUES (@id, @secretHash, @name, @labels, @key, @accounts, @by, @now, @expires, @returning)
            """,
            new
            {
                id,
                secretHash = secretHash.ToBytes(),
                name,
                labels = SiteLabels.Format(labels),
                key = key?.ToBytes(),
                accounts = string.Join('\n', accounts),
                by = by.ToString(),
                now = SqlTime.Now(_time),
                expires = expiresAt.ToUnixTimeMilliseconds(),
                returning,
            });
        return Find(id)!;
    }

    public void Use(string id, BlobHash key, string siteId) =>
        _connection.Execute(
            "UPDATE site_invites SET used_ms = @now, used_by_key = @key, site_id = @siteId WHERE id = @id",
            new { id, key = key.ToBytes(), siteId, now = SqlTime.Now(_time) });

    /// <summary>Lets a site bring datasets of an account.</summary>
    public void AllowImport(string siteId, PrincipalId account) => _connection.Execute(
        "INSERT INTO brought_accounts(site_id, principal_id) VALUES (@siteId, @id) ON CONFLICT DO NOTHING",
        new { siteId, id = account.ToString() });

    /// <summary>Returns the accounts whose datasets a site may bring.</summary>
    public IReadOnlySet<PrincipalId> OwnersToImport(string siteId) => _connection.Query<string>(
        "SELECT principal_id FROM brought_accounts WHERE site_id = @siteId", new { siteId }).Select(ZoneText.PrincipalId).ToHashSet();

    /// <summary>Ends that for good: the site has brought everything, and its invite names no account any more.</summary>
    public void EndImport(string siteId)
    {
        _connection.Execute("DELETE FROM brought_accounts WHERE site_id = @siteId", new { siteId });
        _connection.Execute("UPDATE site_invites SET accounts = NULL WHERE site_id = @siteId", new { siteId });
    }

    public void Revoke(string id) =>
        _connection.Execute("UPDATE site_invites SET revoked_ms = @now WHERE id = @id", new { id, now = SqlTime.Now(_time) });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, byte[] SecretHash, string Name, string Labels, byte[]? KeyHash, long CreatedMs, long ExpiresMs,
        long? UsedMs, byte[]? UsedByKey, string? SiteId, long? RevokedMs, string? Accounts)
    {
        public SiteInviteRecord ToRecord() => new(
            Id, new BlobHash(SecretHash), Name, SiteLabels.Read(Labels), KeyHash is null ? null : new BlobHash(KeyHash),
            ZoneText.Time(CreatedMs), ZoneText.Time(ExpiresMs), SqlTime.FromMilliseconds(UsedMs),
            UsedByKey is null ? null : new BlobHash(UsedByKey), SiteId, SqlTime.FromMilliseconds(RevokedMs))
        {
            Accounts = (Accounts ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries),
        };
    }
}
