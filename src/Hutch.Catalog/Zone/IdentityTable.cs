using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The accounts of identities at OpenID providers.</summary>
public sealed class IdentityTable : ZoneTable
{
    internal IdentityTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public PrincipalId? Find(string provider, string subject) =>
        _connection.QuerySingleOrDefault<string>(
            "SELECT user_id FROM identities WHERE provider = @provider AND subject = @subject", new { provider, subject }) is { } id
            ? ZoneText.PrincipalId(id)
            : null;

    public void Add(string provider, string subject, PrincipalId user) =>
        _connection.Execute(
            "INSERT INTO identities(provider, subject, user_id, created_ms) VALUES (@provider, @subject, @user, @now)",
            new { provider, subject, user = user.ToString(), now = SqlTime.Now(_time) });

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
}
