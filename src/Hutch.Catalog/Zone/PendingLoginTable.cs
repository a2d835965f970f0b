using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Unfinished logins by the hash of their one-time secret. Any server can take one, once; each expires.</summary>
public sealed class PendingLoginTable : ZoneTable
{
    internal PendingLoginTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Adds a login, and removes the oldest ones when there are too many of its kind.</summary>
    public void Add(PendingLogin login, int most)
    {
        long now = SqlTime.Now(_time);
        DeleteExpired();
        long count = _connection.ExecuteScalar<long>("SELECT count(*) FROM pending_logins WHERE kind = @Kind", new { login.Kind });
        if (count >= most)
        {
            _connection.Execute(
                """
                DELETE FROM pending_logins WHERE name IN (
                    SELECT name FROM pending_logins WHERE kind = @Kind ORDER BY begun_ms, name LIMIT @surplus)
                """,
                new { login.Kind, surplus = count - most + 1 });
        }

        _connection.Execute(
            """
            INSERT INTO pending_logins(name, kind, provider, facts, interval_s, begun_ms, next_ms, ends_ms)
            VALUES (@Name, @Kind, @Provider, @facts, 0, @now, @now, @ends)
            """,
            new
            {
                login.Name,
                login.Kind,
                login.Provider,
                facts = JsonSerializer.Serialize(login.Facts, ZoneJson.Default.IReadOnlyDictionaryStringString),
                now,
                ends = login.EndsAt.ToUnixTimeMilliseconds(),
            });
    }

    /// <summary>Returns the login with this name, and keeps it.</summary>
    public PendingLogin? Find(string kind, string name) =>
        _connection.QuerySingleOrDefault<Row>(
            """
            SELECT name AS Name, kind AS Kind, provider AS Provider, facts AS Facts, ends_ms AS EndsMs
            FROM pending_logins WHERE name = @name AND kind = @kind AND ends_ms > @now
            """,
            new { name, kind, now = SqlTime.Now(_time) })?.ToRecord();

    /// <summary>Takes the login with this name, so that it cannot be used again.</summary>
    public PendingLogin? Take(string kind, string name)
    {
        PendingLogin? login = Find(kind, name);
        _connection.Execute("DELETE FROM pending_logins WHERE name = @name AND kind = @kind", new { name, kind });
        return login;
    }

    /// <summary>Replaces the facts of a login; nothing when it has ended.</summary>
    public void SetFacts(PendingLogin login)
    {
        _connection.Execute(
            "UPDATE pending_logins SET facts = @facts WHERE name = @Name AND kind = @Kind",
            new
            {
                login.Name,
                login.Kind,
                facts = JsonSerializer.Serialize(login.Facts, ZoneJson.Default.IReadOnlyDictionaryStringString),
            });
    }

    public void DeleteExpired() =>
        _connection.Execute("DELETE FROM pending_logins WHERE ends_ms <= @now", new { now = SqlTime.Now(_time) });

    [method: ExplicitConstructor]
    private sealed record Row(string Name, string Kind, string Provider, string Facts, long EndsMs)
    {
        public PendingLogin ToRecord() =>
            new(Name, Kind, Provider, JsonSerializer.Deserialize(Facts, ZoneJson.Default.IReadOnlyDictionaryStringString)!,
                ZoneText.Time(EndsMs));
    }
}

/// <param name="Name">The hash of the secret that names it.</param>
/// <param name="Kind">Its kind, such as <c>browser</c>; each kind has its own limit.</param>
/// <param name="Provider">The OpenID provider; empty for a login without one.</param>
/// <param name="Facts">The data for its completion. Secrets among them expire with it.</param>
public sealed record PendingLogin(
    string Name, string Kind, string Provider, IReadOnlyDictionary<string, string> Facts, DateTimeOffset EndsAt)
{
    /// <summary>Returns no secret.</summary>
    public override string ToString() => nameof(PendingLogin);
}
