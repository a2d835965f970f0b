using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Tokens: the hash of each secret, its scope, and its end.</summary>
public sealed class TokenTable : ZoneTable
{
    private const string Select =
        """
        SELECT id AS Id, user_id AS UserId, name AS Name, secret_hash AS SecretHash, scope AS Scope, created_ms AS CreatedMs,
               expires_ms AS ExpiresMs, revoked_ms AS RevokedMs, last_used_ms AS LastUsedMs,
               s3_generation AS S3Generation, login_id AS LoginId
        FROM tokens
        """;

    private const string IsGood = "revoked_ms IS NULL AND (expires_ms IS NULL OR expires_ms > @now)";
    /// <summary>Made by the server for a purpose: for a step of a program, or for a login at a site.</summary>
    private const string IsStep = "(scope LIKE '%parent:%' OR login_id IS NOT NULL)";

    private const string RevokeAt = "UPDATE tokens SET revoked_ms = @now WHERE revoked_ms IS NULL AND ";

    internal TokenTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the token with this public part, or null; includes revoked and expired ones.</summary>
    public TokenRecord? Find(string id) => _connection.QuerySingleOrDefault<Row>(Select + " WHERE id = @id", new { id })?.ToRecord();

    /// <summary>
    /// Lists the unrevoked tokens of a user after a token's id, in the order of their ids. Includes expired ones, but not those of tokens
    /// for steps and logins at sites, nor what an S3 key is at its sites.
    /// </summary>
    public IReadOnlyList<TokenRecord> ListOf(PrincipalId user, string? after, int limit) =>
        [.. _connection.Query<Row>(
            $"{Select} WHERE user_id = @user AND revoked_ms IS NULL AND id > @after AND ({IsGood} OR NOT {IsStep}) "
            + "AND NOT (login_id IS NOT NULL AND scope LIKE '%opens:%') ORDER BY id LIMIT @limit",
            new { user = user.ToString(), after = after ?? "", limit, now = SqlTime.Now(_time) }).Select(r => r.ToRecord())];

    /// <summary>Lists the valid tokens of a user, without those for steps and logins at sites, in the order of their ids.</summary>
    public IReadOnlyList<TokenRecord> GoodOf(PrincipalId user) =>
        [.. _connection.Query<Row>(
            $"{Select} WHERE user_id = @user AND {IsGood} AND NOT {IsStep} ORDER BY id",
            new { user = user.ToString(), now = SqlTime.Now(_time) }).Select(r => r.ToRecord())];

    /// <summary>Counts the valid tokens of a user, without those for steps and logins at sites.</summary>
    public long CountOf(PrincipalId user) =>
        _connection.ExecuteScalar<long>(
            $"SELECT count(*) FROM tokens WHERE user_id = @user AND {IsGood} AND NOT {IsStep}",
            new { user = user.ToString(), now = SqlTime.Now(_time) });

    public long CountOfSteps(PrincipalId user, string parent) =>
        _connection.ExecuteScalar<long>(
            $"SELECT count(*) FROM tokens WHERE user_id = @user AND {IsGood} AND scope LIKE @ofParent",
            new { user = user.ToString(), now = SqlTime.Now(_time), ofParent = $"%parent:{parent}%" });

    /// <summary>Counts the tokens for steps that a token of a user has made within the last hour, including ended ones.</summary>
    public long CountOfLateSteps(PrincipalId user, string parent) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM tokens WHERE user_id = @user AND created_ms > @since AND scope LIKE @ofParent",
            new
            {
                user = user.ToString(),
                since = SqlTime.Now(_time) - (long)TimeSpan.FromHours(1).TotalMilliseconds,
                ofParent = $"%parent:{parent}%",
            });

    /// <summary>Lists the valid tokens for a site that the zone made of S3 keys.</summary>
    public IReadOnlyList<TokenRecord> S3KeysAt(string siteId) =>
        [.. _connection.Query<Row>(
            $"{Select} WHERE {IsGood} AND scope LIKE @opens AND scope LIKE @atSite AND scope NOT LIKE '%narrowable%' ORDER BY id",
            new { now = SqlTime.Now(_time), opens = $"%opens:{siteId}%", atSite = "%site:" + siteId })
            .Select(static row => row.ToRecord())];

    public TokenRecord Create(
        string id, PrincipalId user, string? name, BlobHash secretHash,
        TokenScope scope, DateTimeOffset? expiresAt, int? s3Generation = null, string? loginId = null)
    {
        _connection.Execute(
            """
            INSERT INTO tokens(id, user_id, name, secret_hash, scope, created_ms, expires_ms, s3_generation, login_id)
            VALUES (@id, @user, @name, @secretHash, @scope, @now, @expiresMs, @s3Generation, @loginId)
            """,
            new
            {
                id,
                user = user.ToString(),
                name,
                secretHash = secretHash.ToBytes(),
                scope = scope.ToString(),
                now = SqlTime.Now(_time),
                expiresMs = SqlTime.ToMilliseconds(expiresAt),
                s3Generation,
                loginId,
            });
        return Find(id)!;
    }

    public void SetEnd(string id, DateTimeOffset end) => _connection.Execute(
        "UPDATE tokens SET expires_ms = @end WHERE id = @id AND revoked_ms IS NULL", new { id, end = SqlTime.ToMilliseconds(end) });

    /// <summary>
    /// Revokes a token and the logins at sites that were made with it; returns false when it was revoked already or does not exist.
    /// </summary>
    public bool Revoke(string id)
    {
        bool isRevoked = _connection.Execute(RevokeAt + "id = @id", new { id, now = SqlTime.Now(_time) }) > 0;
        _connection.Execute(RevokeAt + "login_id = @id", new { id, now = SqlTime.Now(_time) });
        return isRevoked;
    }

    public int RevokeAllOf(PrincipalId user) =>
        _connection.Execute(RevokeAt + "user_id = @user", new { user = user.ToString(), now = SqlTime.Now(_time) });

    /// <summary>Ends every login at a site, but no S3 key that opens it; returns their number.</summary>
    public int RevokeLoginsAt(string siteId) => _connection.Execute(
        RevokeAt + "login_id IS NOT NULL AND scope LIKE @atSite AND scope NOT LIKE '%opens:%'",
        new { now = SqlTime.Now(_time), atSite = "%site:" + siteId });

    /// <summary>Ends every login of a user at a site, but no S3 key that opens it; returns their number.</summary>
    public int RevokeLoginsAt(string siteId, PrincipalId user) => _connection.Execute(
        RevokeAt + "user_id = @user AND login_id IS NOT NULL AND scope LIKE @atSite AND scope NOT LIKE '%opens:%'",
        new { now = SqlTime.Now(_time), user = user.ToString(), atSite = "%site:" + siteId });

    /// <summary>Lists the valid logins at a site that were made with a token or session, the newest first.</summary>
    public IReadOnlyList<TokenRecord> LoginsOf(string loginId, string siteId) =>
        [.. _connection.Query<Row>(
            $"{Select} WHERE login_id = @loginId AND {IsGood} ORDER BY created_ms DESC, id", new { loginId, now = SqlTime.Now(_time) })
            .Select(static row => row.ToRecord()).Where(token => token.Scope.Site == siteId)];

    /// <summary>Lists the valid logins of a user at a site.</summary>
    public IReadOnlyList<TokenRecord> GoodLoginsOf(PrincipalId user, string siteId) =>
        [.. _connection.Query<Row>(
            $"{Select} WHERE user_id = @user AND {IsGood} AND login_id IS NOT NULL AND scope LIKE @atSite "
            + "AND scope NOT LIKE '%opens:%' ORDER BY id",
            new { user = user.ToString(), now = SqlTime.Now(_time), atSite = "%site:" + siteId }).Select(static row => row.ToRecord())];

    /// <summary>Counts the logins at sites that a token or session has made within the last hour, including ended ones.</summary>
    public long CountOfLateLogins(string loginId) => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM tokens WHERE login_id = @loginId AND created_ms > @since",
        new { loginId, since = SqlTime.Now(_time) - (long)TimeSpan.FromHours(1).TotalMilliseconds });

    /// <summary>
    /// Removes tokens for steps and logins at sites that expired before a time; returns their number. The audit retains their existence.
    /// The expiry also decides for revoked ones, so that no older copy of the zone brings one back to life.
    /// </summary>
    public int DeleteJobTokens(DateTimeOffset before) => _connection.Execute(
        $"DELETE FROM tokens WHERE {IsStep} AND expires_ms < @before", new { before = before.ToUnixTimeMilliseconds() });

    /// <summary>Notes a use. A use before the noted one changes nothing.</summary>
    public void Touch(string id, DateTimeOffset usedAt) =>
        _connection.Execute(
            "UPDATE tokens SET last_used_ms = @at WHERE id = @id AND (last_used_ms IS NULL OR last_used_ms < @at)",
            new { id, at = usedAt.ToUnixTimeMilliseconds() });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, string UserId, string? Name, byte[] SecretHash, string Scope, long CreatedMs, long? ExpiresMs,
        long? RevokedMs, long? LastUsedMs, long? S3Generation, string? LoginId)
    {
        public TokenRecord ToRecord() =>
            new(Id, ZoneText.PrincipalId(UserId), Name, new BlobHash(SecretHash), ZoneText.Scope(Scope), ZoneText.Time(CreatedMs),
                SqlTime.FromMilliseconds(ExpiresMs), SqlTime.FromMilliseconds(RevokedMs),
                SqlTime.FromMilliseconds(LastUsedMs), (int?)S3Generation)
            {
                LoginId = LoginId,
            };
    }
}
