using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

public sealed class MembershipTable : ZoneTable
{
    internal MembershipTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the members of a group in the order of their names.</summary>
    public IReadOnlyList<MemberRecord> MembersOf(PrincipalId group) =>
        [.. _connection.Query<MemberRow>(
            """
            SELECT p.id AS UserId, p.name AS UserName, m.manager AS Manager, m.since_ms AS SinceMs
            FROM memberships m JOIN principals p ON p.id = m.user_id WHERE m.group_id = @group ORDER BY p.name
            """,
            new { group = group.ToString() }).Select(r => r.ToRecord())];

    /// <summary>Lists the groups of a user in the order of their names.</summary>
    public IReadOnlyList<MembershipRecord> GroupsOf(PrincipalId user) =>
        [.. _connection.Query<GroupRow>(
            """
            SELECT p.id AS GroupId, p.name AS GroupName, m.manager AS Manager, v.end_ms AS EndMs
            FROM memberships m JOIN principals p ON p.id = m.group_id LEFT JOIN visits v ON v.id = m.group_id
            WHERE m.user_id = @user ORDER BY p.name
            """,
            new { user = user.ToString() }).Select(r => r.ToRecord())];

    public IReadOnlyList<PrincipalId> GroupsWith(IReadOnlyCollection<PrincipalId> users, int limit)
    {
        var parameters = new DynamicParameters(new { limit });
        string ids = AddList(parameters, "user", users.Select(id => id.ToString()));
        return
        [
            .. _connection.Query<string>(
                $"SELECT DISTINCT group_id FROM memberships WHERE user_id IN {ids} ORDER BY group_id LIMIT @limit", parameters)
                .Select(ZoneText.PrincipalId),
        ];
    }

    /// <summary>Returns those of some groups that have a member whose login name has a prefix.</summary>
    public IReadOnlyList<PrincipalId> GroupsWith(string beginning, IReadOnlyCollection<PrincipalId> groups)
    {
        var parameters = new DynamicParameters(new { pattern = PatternOf(beginning) });
        string ids = AddList(parameters, "group", groups.Select(id => id.ToString()));
        return
        [
            .. _connection.Query<string>(
                $"""
                SELECT DISTINCT m.group_id FROM memberships m JOIN principals p ON p.id = m.user_id
                WHERE m.group_id IN {ids} AND p.name LIKE @pattern ESCAPE '\'
                """,
                parameters).Select(ZoneText.PrincipalId),
        ];
    }

    public long CountEnabledManagers(PrincipalId group) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.group_id = @group AND m.manager = 1 AND "
            + "u.disabled_ms IS NULL",
            new { group = group.ToString() });

    public void Put(PrincipalId group, PrincipalId user, bool manager) =>
        _connection.Execute(
            """
            INSERT INTO memberships(group_id, user_id, manager, since_ms) VALUES (@group, @user, @manager, @now)
            ON CONFLICT (group_id, user_id) DO UPDATE SET manager = excluded.manager
            """,
            new { group = group.ToString(), user = user.ToString(), manager = manager ? 1 : 0, now = SqlTime.Now(_time) });

    public bool Remove(PrincipalId group, PrincipalId user) =>
        _connection.Execute(
            "DELETE FROM memberships WHERE group_id = @group AND user_id = @user",
            new { group = group.ToString(), user = user.ToString() }) > 0;

    [method: ExplicitConstructor]
    private sealed record MemberRow(string UserId, string UserName, long Manager, long SinceMs)
    {
        public MemberRecord ToRecord() => new(ZoneText.PrincipalId(UserId), UserName, Manager != 0, ZoneText.Time(SinceMs));
    }

    [method: ExplicitConstructor]
    private sealed record GroupRow(string GroupId, string GroupName, long Manager, long? EndMs)
    {
        public MembershipRecord ToRecord() => new(ZoneText.PrincipalId(GroupId), GroupName, Manager != 0)
        {
            WritesUntil = SqlTime.FromMilliseconds(EndMs),
        };
    }
}
