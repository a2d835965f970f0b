using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>One-time login links: the hash of each secret, its account, and its end.</summary>
public sealed class LoginLinkTable : ZoneTable
{
    internal LoginLinkTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the link with this public part, or null; includes used and ended ones.</summary>
    public LoginLinkRecord? Find(string id) =>
        _connection.QuerySingleOrDefault<Row>(
            """
            SELECT id AS Id, secret_hash AS SecretHash, user_id AS UserId, created_ms AS CreatedMs, expires_ms AS ExpiresMs,
                   used_ms AS UsedMs, revoked_ms AS RevokedMs, mailed_to AS MailedTo
            FROM login_links WHERE id = @id
            """,
            new { id })?.ToRecord();

    /// <param name="mailedTo">The address to which it is sent, which its use proves; null for a link that is not mailed.</param>
    public LoginLinkRecord Create(string id, BlobHash secretHash, PrincipalId user, DateTimeOffset expiresAt, string? mailedTo = null)
    {
        _connection.Execute(
            """
            INSERT INTO login_links(id, secret_hash, user_id, created_ms, expires_ms, mailed_to)
            VALUES (@id, @hash, @user, @now, @expires, @mailedTo)
            """,
            new
            {
                id,
                hash = secretHash.ToBytes(),
                user = user.ToString(),
                now = SqlTime.Now(_time),
                expires = expiresAt.ToUnixTimeMilliseconds(),
                mailedTo,
            });
        return Find(id)!;
    }

    /// <summary>Uses a link up; returns false when it was used or withdrawn before, or has ended.</summary>
    public bool Use(string id) =>
        _connection.Execute(
            "UPDATE login_links SET used_ms = @now WHERE id = @id AND used_ms IS NULL AND revoked_ms IS NULL AND expires_ms > @now",
            new { id, now = SqlTime.Now(_time) }) > 0;

    /// <summary>Withdraws every unused link of a user; returns their number.</summary>
    public int RevokeAllOf(PrincipalId user) =>
        _connection.Execute(
            "UPDATE login_links SET revoked_ms = @now WHERE user_id = @user AND used_ms IS NULL AND revoked_ms IS NULL",
            new { user = user.ToString(), now = SqlTime.Now(_time) });

    /// <summary>Withdraws every unused link of all users; returns their number.</summary>
    public int RevokeAll() => _connection.Execute(
        "UPDATE login_links SET revoked_ms = @now WHERE used_ms IS NULL AND revoked_ms IS NULL", new { now = SqlTime.Now(_time) });

    public int DeleteBefore(DateTimeOffset before) =>
        _connection.Execute("DELETE FROM login_links WHERE expires_ms < @before", new { before = before.ToUnixTimeMilliseconds() });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, byte[] SecretHash, string UserId, long CreatedMs, long ExpiresMs, long? UsedMs, long? RevokedMs,
        string? MailedTo)
    {
        public LoginLinkRecord ToRecord() =>
            new(Id, new BlobHash(SecretHash), ZoneText.PrincipalId(UserId), ZoneText.Time(CreatedMs), ZoneText.Time(ExpiresMs),
                SqlTime.FromMilliseconds(UsedMs), SqlTime.FromMilliseconds(RevokedMs))
            {
                MailedTo = MailedTo,
            };
    }
}
