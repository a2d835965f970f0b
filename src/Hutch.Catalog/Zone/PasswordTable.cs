using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

public sealed class PasswordTable : ZoneTable
{
    internal PasswordTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the hash of a user's password, or null without one.</summary>
    public string? Find(PrincipalId user) =>
        _connection.QuerySingleOrDefault<string>("SELECT hash FROM passwords WHERE user_id = @user", new { user = user.ToString() });

    public void Put(PrincipalId user, string hash) =>
        _connection.Execute(
            """
            INSERT INTO passwords(user_id, hash, changed_ms) VALUES (@user, @hash, @now)
            ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_ms = excluded.changed_ms
            """,
            new { user = user.ToString(), hash, now = SqlTime.Now(_time) });
}
