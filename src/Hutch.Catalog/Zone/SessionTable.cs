using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Sessions of browsers: the hash of each secret, its user, and its end.</summary>
public sealed class SessionTable : ZoneTable
{
    private const string Select =
        """
        SELECT id AS Id, secret_hash AS SecretHash, user_id AS UserId, link_id AS LinkId, way AS Way, may_set_password AS MaySetPassword,
               address AS Address, agent AS Agent, created_ms AS CreatedMs, last_used_ms AS LastUsedMs,
               expires_ms AS ExpiresMs, ended_ms AS EndedMs, token_id AS TokenId
        FROM sessions
        """;

    private const string Live = " AND ended_ms IS NULL AND expires_ms > @now AND last_used_ms > @idleSince";

    internal SessionTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the session with this public part, or null; includes ended ones.</summary>
    public SessionRecord? Find(string id) => _connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id })?.ToRecord();

    /// <summary>Lists the sessions of a user that have not ended, the oldest first.</summary>
    /// <param name="idleSince">Sessions not used since this time count as ended.</param>
    public IReadOnlyList<SessionRecord> ListOf(PrincipalId user, DateTimeOffset idleSince) =>
        [.. _connection.Query<Row>(
            Select + " WHERE user_id = @user" + Live + " ORDER BY created_ms, id",
            new { user = user.ToString(), now = SqlTime.Now(_time), idleSince = idleSince.ToUnixTimeMilliseconds() })
            .Select(r => r.ToRecord())];

    /// <summary>Adds a session; its times of creation and last use are now.</summary>
    public SessionRecord Create(SessionRecord session)
    {
        _connection.Execute(
            """
            INSERT INTO sessions(
                id, secret_hash, user_id, link_id, way, may_set_password, address, agent, created_ms, last_used_ms, expires_ms, token_id)
            VALUES (@Id, @hash, @user, @LinkId, @way, @maySetPassword, @Address, @Agent, @now, @now, @expires, @TokenId)
            """,
            new
            {
                session.Id,
                hash = session.SecretHash.ToBytes(),
                user = session.UserId?.ToString(),
                session.LinkId,
                way = ZoneText.Way(session.Way),
                maySetPassword = session.MaySetPassword ? 1 : 0,
                session.Address,
                session.Agent,
                now = SqlTime.Now(_time),
                expires = session.ExpiresAt.ToUnixTimeMilliseconds(),
                session.TokenId,
            });
        return Find(session.Id)!;
    }

    /// <summary>
    /// Ends a session and the logins at sites that were made with it; returns false when it has ended already or does not exist.
    /// </summary>
    public bool End(string id) => End("id = @id", new { id, now = SqlTime.Now(_time) }) > 0;

    /// <summary>Counts the sessions of a user that began after a time, ended ones too.</summary>
    public long CountSince(PrincipalId user, DateTimeOffset since) => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM sessions WHERE user_id = @user AND created_ms > @since",
        new { user = user.ToString(), since = since.ToUnixTimeMilliseconds() });

    /// <summary>The begin of a user's newest session, also one that ended; null for none that is kept.</summary>
    public DateTimeOffset? LastOf(PrincipalId user) => SqlTime.FromMilliseconds(_connection.ExecuteScalar<long?>(
        "SELECT max(created_ms) FROM sessions WHERE user_id = @user", new { user = user.ToString() }));

    public int EndAllOf(PrincipalId user, string? except) =>
        End("user_id = @user AND id <> @except", new { user = user.ToString(), except = except ?? "", now = SqlTime.Now(_time) });

    /// <summary>Ends every session of all users; returns their number.</summary>
    public int EndAll() => End("1 = 1", new { now = SqlTime.Now(_time) });

    /// <summary>Lists the sessions that have not been used since a time but have logins at sites, which must end with them.</summary>
    public IReadOnlyList<string> ListIdleWithLogins(DateTimeOffset idleSince) =>
        [.. _connection.Query<string>(
            """
            SELECT DISTINCT s.id FROM tokens t JOIN sessions s ON s.id = t.login_id
            WHERE t.revoked_ms IS NULL AND s.ended_ms IS NULL AND s.last_used_ms <= @idleSince
            """,
            new { idleSince = idleSince.ToUnixTimeMilliseconds() })];

    private int End(string which, object values)
    {
        int ended = _connection.Execute($"UPDATE sessions SET ended_ms = @now WHERE ended_ms IS NULL AND {which}", values);
        _connection.Execute(
            """
            UPDATE tokens SET revoked_ms = @now
            WHERE revoked_ms IS NULL AND login_id IN (SELECT id FROM sessions WHERE ended_ms IS NOT NULL)
            """,
            new { now = SqlTime.Now(_time) });
        return ended;
    }

    /// <summary>Notes that a new password requires the old one from now on.</summary>
    public void TakePasswordLeave(string id) => _connection.Execute("UPDATE sessions SET may_set_password = 0 WHERE id = @id", new { id });

    /// <summary>Notes a use. A use before the noted one changes nothing.</summary>
    public void Touch(string id, DateTimeOffset usedAt) =>
        _connection.Execute(
            "UPDATE sessions SET last_used_ms = @at WHERE id = @id AND last_used_ms < @at",
            new { id, at = usedAt.ToUnixTimeMilliseconds() });

    /// <summary>Removes sessions that ended, or expired, before a time; returns their number. The audit retains their existence.</summary>
    public int DeleteBefore(DateTimeOffset before) =>
        _connection.Execute(
            "DELETE FROM sessions WHERE coalesce(ended_ms, expires_ms) < @before", new { before = before.ToUnixTimeMilliseconds() });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, byte[] SecretHash, string? UserId, string? LinkId, string Way, bool MaySetPassword, string? Address,
        string? Agent, long CreatedMs, long LastUsedMs, long ExpiresMs, long? EndedMs, string? TokenId)
    {
        public SessionRecord ToRecord() =>
            new(Id, new BlobHash(SecretHash), UserId is null ? null : ZoneText.PrincipalId(UserId),
                LinkId, TokenId is null ? ZoneText.Way(Way) : LoginWay.Zone, MaySetPassword, Address,
                Agent, ZoneText.Time(CreatedMs), ZoneText.Time(LastUsedMs), ZoneText.Time(ExpiresMs), SqlTime.FromMilliseconds(EndedMs))
            {
                TokenId = TokenId,
            };
    }
}
