using System.Data.Common;
using Dapper;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// What servers tell each other of failed attempts to log in, and of the places from which accounts have lately logged in.
/// </summary>
public sealed class AttemptTable : ZoneTable
{
    internal AttemptTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Adds failures to a counter, which is the time at which all of them are forgiven.</summary>
    /// <param name="counter">Its name.</param>
    /// <param name="cost">What the failures add to that time.</param>
    public void Fail(string counter, TimeSpan cost) =>
        _connection.Execute(
            """
            INSERT INTO attempts(counter, forgiven_ms, changed_ms) VALUES (@counter, @now + @cost, @now)
            ON CONFLICT (counter) DO UPDATE SET
                forgiven_ms = CASE WHEN attempts.forgiven_ms > @now THEN attempts.forgiven_ms ELSE @now END + @cost, changed_ms = @now
            """,
            new { counter, cost = (long)cost.TotalMilliseconds, now = SqlTime.Now(_time) });

    /// <summary>The counters that changed after a time and are not forgiven: each with the time at which it is.</summary>
    public IReadOnlyList<(string Counter, DateTimeOffset ForgivenAt)> Since(DateTimeOffset after) =>
        [.. _connection.Query<(string Counter, long ForgivenMs)>(
            "SELECT counter, forgiven_ms FROM attempts WHERE changed_ms > @after AND forgiven_ms > @now",
            new { after = after.ToUnixTimeMilliseconds(), now = SqlTime.Now(_time) })
            .Select(row => (row.Counter, ZoneText.Time(row.ForgivenMs)))];

    /// <summary>Notes that an account has logged in from an address.</summary>
    public void AddPlace(string user, string address) =>
        _connection.Execute(
            """
            INSERT INTO login_places(user_name, address, at_ms) VALUES (@user, @address, @now)
            ON CONFLICT (user_name, address) DO UPDATE SET at_ms = @now
            """,
            new { user, address, now = SqlTime.Now(_time) });

    /// <summary>From where accounts have logged in after a time.</summary>
    public IReadOnlyList<(string User, string Address)> PlacesSince(DateTimeOffset after) =>
        [.. _connection.Query<(string User, string Address)>(
            "SELECT user_name, address FROM login_places WHERE at_ms > @after", new { after = after.ToUnixTimeMilliseconds() })];

    /// <summary>Forgets what is forgiven, and places where nobody has logged in since a time.</summary>
    public void Forget(DateTimeOffset placesBefore)
    {
        _connection.Execute("DELETE FROM attempts WHERE forgiven_ms <= @now", new { now = SqlTime.Now(_time) });
        _connection.Execute("DELETE FROM login_places WHERE at_ms < @before", new { before = placesBefore.ToUnixTimeMilliseconds() });
    }
}
