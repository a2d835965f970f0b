using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

public sealed class PrincipalTable : ZoneTable
{
    private const string SelectUsers =
        """
        SELECT p.id AS Id, p.name AS Name, u.display_name AS DisplayName, p.created_ms AS CreatedMs,
               u.disabled_ms AS DisabledMs, u.email AS Email
        FROM users u JOIN principals p ON p.id = u.id
        """;

    private const string SelectGroups =
        """
        SELECT p.id AS Id, p.name AS Name, g.description AS Description, p.created_ms AS CreatedMs
        FROM groups g JOIN principals p ON p.id = g.id
        """;

    internal PrincipalTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public PrincipalRecord? Find(string name) =>
        _connection.QuerySingleOrDefault<PrincipalRow>(
            "SELECT id AS Id, kind AS Kind, name AS Name FROM principals WHERE name = @name", new { name })?.ToRecord();

    public PrincipalRecord? Find(PrincipalId id) =>
        _connection.QuerySingleOrDefault<PrincipalRow>(
            "SELECT id AS Id, kind AS Kind, name AS Name FROM principals WHERE id = @id", new { id = id.ToString() })?.ToRecord();

    public UserRecord? FindUser(string name) =>
        _connection.QuerySingleOrDefault<UserRow>(SelectUsers + " WHERE p.name = @name", new { name })?.ToRecord();

    public UserRecord? FindUser(PrincipalId id) =>
        _connection.QuerySingleOrDefault<UserRow>(SelectUsers + " WHERE p.id = @id", new { id = id.ToString() })?.ToRecord();

    /// <summary>Lists users and groups whose name has a prefix, in the order of their names.</summary>
    public IReadOnlyList<PrincipalId> Named(string beginning, int limit) =>
        [.. _connection.Query<string>(
            @"SELECT id FROM principals WHERE name LIKE @pattern ESCAPE '\' ORDER BY name LIMIT @limit",
            new { pattern = PatternOf(beginning), limit }).Select(ZoneText.PrincipalId)];

    /// <summary>
    /// Lists accounts with a word of the display name that has a prefix, in the order of their login names. Case does not matter, except
    /// beyond ASCII in SQLite.
    /// </summary>
    public IReadOnlyList<PrincipalId> Called(string beginning, int limit)
    {
        string first = PatternOf(beginning);
        return
        [
            .. _connection.Query<string>(
                @"SELECT u.id FROM users u JOIN principals p ON p.id = u.id WHERE lower(u.display_name) LIKE @first ESCAPE '\'"
                + @" OR lower(u.display_name) LIKE @later ESCAPE '\' ORDER BY p.name LIMIT @limit",
                new { first, later = "% " + first, limit }).Select(ZoneText.PrincipalId),
        ];
    }

    /// <summary>Lists accounts in the order of their names, after a name.</summary>
    public IReadOnlyList<UserRecord> ListUsers(string? after, int limit) =>
        [.. _connection.Query<UserRow>(
            SelectUsers + " WHERE p.name > @after ORDER BY p.name LIMIT @limit", new { after = after ?? "", limit })
            .Select(r => r.ToRecord())];

    /// <summary>Makes an account. Refused when a user or group has the name.</summary>
    public Result<UserRecord> CreateUser(PrincipalId id, string name, string? displayName)
    {
        Result<Done> added = AddPrincipal(id, "user", name);
        if (!added.IsOk)
        {
            return added.Error;
        }

        _connection.Execute("INSERT INTO users(id, display_name) VALUES (@id, @displayName)", new { id = id.ToString(), displayName });
        return FindUser(id)!;
    }

    /// <summary>Sets the display name; null clears it.</summary>
    public void SetDisplayName(PrincipalId user, string? displayName) =>
        _connection.Execute("UPDATE users SET display_name = @displayName WHERE id = @id", new { id = user.ToString(), displayName });

    /// <summary>Sets the mail address; null clears it.</summary>
    public void SetEmail(PrincipalId user, string? email) =>
        _connection.Execute("UPDATE users SET email = @email WHERE id = @id", new { id = user.ToString(), email });

    /// <summary>Notes that an account has proved its mail address, which counts while it has that address.</summary>
    public void SetEmailVerified(PrincipalId user, string email) =>
        _connection.Execute("UPDATE users SET verified_email = @email WHERE id = @id", new { id = user.ToString(), email });

    /// <summary>Lists the first accounts that have proved a mail address and still have it.</summary>
    public IReadOnlyList<UserRecord> WithVerifiedEmail(string email, int limit) =>
        [.. _connection.Query<UserRow>(
            SelectUsers + " WHERE u.email = @email AND u.verified_email = @email ORDER BY p.name LIMIT @limit", new { email, limit })
            .Select(static row => row.ToRecord())];

    /// <summary>
    /// Returns true if nothing belongs to an account: no password, no token and no session, not even an ended one, no dataset, grant,
    /// membership, offer or permission to create for others.
    /// </summary>
    public bool IsUntouched(PrincipalId user) => _connection.ExecuteScalar<long>(
        """
        SELECT (SELECT count(*) FROM passwords WHERE user_id = @id) + (SELECT count(*) FROM tokens WHERE user_id = @id)
            + (SELECT count(*) FROM sessions WHERE user_id = @id) + (SELECT count(*) FROM names WHERE owner_id = @id)
            + (SELECT count(*) FROM grants WHERE principal_id = @id) + (SELECT count(*) FROM memberships WHERE user_id = @id)
            + (SELECT count(*) FROM offers WHERE receiver_id = @id) + (SELECT count(*) FROM creators WHERE user_id = @id)
        """,
        new { id = user.ToString() }) == 0;

    /// <summary>Disables or enables an account. Disabling again keeps the first time.</summary>
    public void SetDisabled(PrincipalId user, bool disabled) =>
        _connection.Execute(
            disabled
                ? "UPDATE users SET disabled_ms = coalesce(disabled_ms, @now) WHERE id = @id"
                : "UPDATE users SET disabled_ms = NULL WHERE id = @id",
            new { id = user.ToString(), now = SqlTime.Now(_time) });

    public GroupRecord? FindGroup(string name) =>
        _connection.QuerySingleOrDefault<GroupRow>(SelectGroups + " WHERE p.name = @name", new { name })?.ToRecord();

    /// <summary>Lists groups in the order of their names, after a name.</summary>
    /// <param name="visits">The visits that are listed among them; null for all.</param>
    public IReadOnlyList<GroupRecord> ListGroups(string? after, int limit, IReadOnlyCollection<PrincipalId>? visits = null)
    {
        var parameters = new DynamicParameters(new { after = after ?? "", limit });
        string others = visits is null
            ? ""
            : " AND (p.id NOT IN (SELECT id FROM visits) OR p.id IN "
                + AddList(parameters, "visit", visits.Select(id => id.ToString())) + ")";
        return
        [
            .. _connection.Query<GroupRow>(
                SelectGroups + " WHERE p.name > @after" + others + " ORDER BY p.name LIMIT @limit", parameters)
                .Select(r => r.ToRecord()),
        ];
    }

    /// <summary>Makes a group without members. Refused when a user or group has the name.</summary>
    public Result<GroupRecord> CreateGroup(PrincipalId id, string name, string? description)
    {
        Result<Done> added = AddPrincipal(id, "group", name);
        if (!added.IsOk)
        {
            return added.Error;
        }

        _connection.Execute("INSERT INTO groups(id, description) VALUES (@id, @description)", new { id = id.ToString(), description });
        return FindGroup(name)!;
    }

    /// <summary>
    /// Removes a group, its members, the invites and offers to it and its grants. An heir becomes the author of everything given or made in
    /// its name. The caller has checked that it owns no dataset.
    /// </summary>
    public void DeleteGroup(PrincipalId group, PrincipalId heir)
    {
        var ids = new { id = group.ToString(), heir = heir.ToString() };
        new InviteTable(_connection, _time).DeleteGroup(group);
        _connection.Execute("DELETE FROM offers WHERE receiver_id = @id", ids);
        _connection.Execute("DELETE FROM creators WHERE owner_id = @id", ids);
        _connection.Execute("DELETE FROM memberships WHERE group_id = @id", ids);
        _connection.Execute("DELETE FROM grants WHERE principal_id = @id", ids);
        _connection.Execute("UPDATE grants SET granted_by = @heir WHERE granted_by = @id", ids);
        _connection.Execute("UPDATE links SET created_by = @heir WHERE created_by = @id", ids);
        _connection.Execute("UPDATE invites SET created_by = @heir WHERE created_by = @id", ids);
        new VisitTable(_connection, _time).Delete(group);
        _connection.Execute("DELETE FROM groups WHERE id = @id", ids);
        _connection.Execute("DELETE FROM principals WHERE id = @id", ids);
    }

    private Result<Done> AddPrincipal(PrincipalId id, string kind, string name)
    {
        if (Find(name) is PrincipalRecord taken)
        {
            string what = taken.Kind == PrincipalKind.User ? "a user" : "a group";
            return ErrorCode.AlreadyExists.With(
                $"The name '{name}' is taken by {what}. A user and a group cannot have the same name.", "name", name);
        }

        _connection.Execute(
            "INSERT INTO principals(id, kind, name, created_ms) VALUES (@id, @kind, @name, @now)",
            new { id = id.ToString(), kind, name, now = SqlTime.Now(_time) });
        return Done.Value;
    }

    [method: ExplicitConstructor]
    private sealed record UserRow(
        string Id, string Name, string? DisplayName, long CreatedMs, long? DisabledMs, string? Email)
    {
        public UserRecord ToRecord() =>
            new(ZoneText.PrincipalId(Id), Name, DisplayName, ZoneText.Time(CreatedMs), SqlTime.FromMilliseconds(DisabledMs))
            {
                Email = Email,
            };
    }

    [method: ExplicitConstructor]
    private sealed record GroupRow(string Id, string Name, string? Description, long CreatedMs)
    {
        public GroupRecord ToRecord() => new(ZoneText.PrincipalId(Id), Name, Description, ZoneText.Time(CreatedMs));
    }
}
