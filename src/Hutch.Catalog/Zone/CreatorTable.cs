namespace Hutch.Catalog.Zone;

/// <summary>The users and groups for which an account may create datasets that it does not own itself.</summary>
public sealed class CreatorTable : ZoneTable
{
    internal CreatorTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the users and groups for which an account may create datasets, in the order of their names.</summary>
    public IReadOnlyList<PrincipalRecord> ListFor(PrincipalId user) =>
        [.. _connection.Query<(string Id, string Kind, string Name)>(
            "SELECT p.id, p.kind, p.name FROM creators c JOIN principals p ON p.id = c.owner_id WHERE c.user_id = @user ORDER BY p.name",
            new { user = user.ToString() })
            .Select(row => new PrincipalRecord(ZoneText.PrincipalId(row.Id), ZoneText.Kind(row.Kind), row.Name))];

    /// <summary>Sets exactly the users and groups for which an account may create datasets.</summary>
    public void Set(PrincipalId user, IEnumerable<PrincipalId> owners)
    {
        _connection.Execute("DELETE FROM creators WHERE user_id = @user", new { user = user.ToString() });
        _connection.Execute(
            "INSERT INTO creators(user_id, owner_id) VALUES (@user, @owner)",
            owners.Distinct().Select(owner => new { user = user.ToString(), owner = owner.ToString() }));
    }
}
