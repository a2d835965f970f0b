using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The accounts of identities at OpenID providers and of SCIM clients, whose names here have a colon.</summary>
public sealed class IdentityTable : ZoneTable
{
    /// <summary>Between the transactions that make an account and its identity; later links were to an account that there was.</summary>
    private const int SameTimeMs = 1000;

    internal IdentityTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public PrincipalId? Find(string provider, string subject) =>
        _connection.QuerySingleOrDefault<string>(
            "SELECT user_id FROM identities WHERE provider = @provider AND subject = @subject", new { provider, subject }) is { } id
            ? ZoneText.PrincipalId(id)
            : null;

    /// <param name="claimed">The name that the provider gives; null for none.</param>
    /// <param name="by">What the link rests on.</param>
    public void Add(string provider, string subject, PrincipalId user, IdentityProof by, string? claimed = null) =>
        _connection.Execute(
            """
            INSERT INTO identities(provider, subject, user_id, created_ms, claimed, linked_by)
            VALUES (@provider, @subject, @user, @now, @claimed, @by)
            """,
            new { provider, subject, user = user.ToString(), now = SqlTime.Now(_time), claimed, by = by.ToName() });

    /// <summary>Notes the name that the provider gives now.</summary>
    public void NoteClaim(string provider, string subject, string? claimed) => _connection.Execute(
        "UPDATE identities SET claimed = @claimed WHERE provider = @provider AND subject = @subject AND coalesce(claimed, '') <> @claimed",
        new { provider, subject, claimed = claimed ?? "" });

    /// <summary>Removes the identities of an account at a provider; returns their number.</summary>
    public int Remove(PrincipalId user, string provider) => _connection.Execute(
        "DELETE FROM identities WHERE user_id = @user AND provider = @provider", new { user = user.ToString(), provider });

    /// <summary>Returns the subject of an account at a provider; null for none.</summary>
    public string? FindSubject(PrincipalId user, string provider) => _connection.QueryFirstOrDefault<string>(
        "SELECT subject FROM identities WHERE user_id = @user AND provider = @provider ORDER BY created_ms",
        new { user = user.ToString(), provider });

    /// <summary>
    /// Lists links of an earlier release to accounts that there were, except those with a name that the provider is known to give exactly:
    /// such a link may rest on a name that was changed until it fitted.
    /// </summary>
    public IReadOnlyList<DoubtfulIdentity> ListDoubtful(int limit) =>
        [.. _connection.Query<DoubtfulRow>(
            """
            SELECT p.name AS Account, i.provider AS Provider, i.subject AS Subject, i.claimed AS Claimed
            FROM identities i JOIN principals p ON p.id = i.user_id
            WHERE i.linked_by IS NULL AND i.provider NOT LIKE '%:%' AND i.created_ms > p.created_ms + @sameTime
              AND (i.claimed IS NULL OR i.claimed <> p.name)
            ORDER BY p.name, i.provider LIMIT @limit
            """,
            new { sameTime = SameTimeMs, limit })
            .Select(static row => new DoubtfulIdentity(row.Account, row.Provider, row.Subject, row.Claimed))];

    public long Count(string provider) =>
        _connection.ExecuteScalar<long>("SELECT count(*) FROM identities WHERE provider = @provider", new { provider });

    /// <summary>Lists the accounts of a provider's identities, in the order of their subjects.</summary>
    public IReadOnlyList<PrincipalId> ListUsers(string provider, long skip, int limit) =>
        [.. _connection.Query<string>(
            "SELECT user_id FROM identities WHERE provider = @provider ORDER BY subject LIMIT @limit OFFSET @skip",
            new { provider, limit, skip }).Select(ZoneText.PrincipalId)];

    public bool HasAny(PrincipalId user, string provider) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM identities WHERE user_id = @user AND provider = @provider", new { user = user.ToString(), provider }) > 0;

    [method: ExplicitConstructor]
    private sealed record DoubtfulRow(string Account, string Provider, string Subject, string? Claimed);
}

/// <summary>A link of an identity to an account that may rest on a changed name.</summary>
/// <param name="Claimed">The name that the provider gave at the last login; null if there was none since the upgrade.</param>
public sealed record DoubtfulIdentity(string Account, string Provider, string Subject, string? Claimed);
