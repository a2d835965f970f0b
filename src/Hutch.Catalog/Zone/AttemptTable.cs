using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The failed logins and recent login addresses of accounts, which servers share with each other.</summary>
public sealed class AttemptTable : ZoneTable
{
    internal AttemptTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Adds failures to a counter. Its value is the time at which all of them are forgiven.</summary>
    /// <param name="cost">The delay that the failures add to that time.</param>
    public void Fail(string counter, TimeSpan cost) =>
        _connection.Execute(
            """
            INSERT INTO attempts(counter, forgiven_ms, changed_ms) VALUES (@counter, @now + @cost, @now)
            ON CONFLICT (counter) DO UPDATE SET
                forgiven_ms = CASE WHEN attempts.forgiven_ms > @now THEN attempts.forgiven_ms ELSE @now END + @cost, changed_ms = @now
            """,
            new { counter, cost = (long)cost.TotalMilliseconds, now = SqlTime.Now(_time) });

    /// <summary>Lists the unforgiven counters that changed after a time, with their times of forgiveness.</summary>
    public IReadOnlyList<(string Counter, DateTimeOffset ForgivenAt)> Since(DateTimeOffset after) =>
        [.. _connection.Query<(string Counter, long ForgivenMs)>(
            "SELECT counter, forgiven_ms FROM attempts WHERE changed_ms > @after AND forgiven_ms > @now",
            new { after = after.ToUnixTimeMilliseconds(), now = SqlTime.Now(_time) })
            .Select(row => (row.Counter, ZoneText.Time(row.ForgivenMs)))];

    public void AddPlace(string user, string address) =>
        _connection.Execute(
            """
            INSERT INTO login_places(user_name, address, at_ms) VALUES (@user, @address, @now)
            ON CONFLICT (user_name, address) DO UPDATE SET at_ms = @now
            """,
            new { user, address, now = SqlTime.Now(_time) });

    public IReadOnlyList<(string User, string Address)> PlacesSince(DateTimeOffset after) =>
        [.. _connection.Query<(string User, string Address)>(
            "SELECT user_name, address FROM login_places WHERE at_ms > @after", new { after = after.ToUnixTimeMilliseconds() })];

    /// <summary>Removes forgiven counters, and addresses without a login since a time.</summary>
    public void DeleteBefore(DateTimeOffset placesBefore)
    {
        _connection.Execute("DELETE FROM attempts WHERE forgiven_ms <= @now", new { now = SqlTime.Now(_time) });
        _connection.Execute("DELETE FROM login_places WHERE at_ms < @before", new { before = placesBefore.ToUnixTimeMilliseconds() });
    }
}
