using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Invites to datasets and groups, and the users that have accepted them.</summary>
public sealed class InviteTable : ZoneTable
{
    private const string Manager = "manager";
    private const string Member = "member";

    private const string Select =
        """
        SELECT i.id AS Id, i.secret_hash AS SecretHash, i.mailed_secret_hash AS MailedSecretHash,
               i.dataset_id AS DatasetId, i.group_id AS GroupId,
               coalesce(o.name || '/' || n.slug, g.name, '') AS TargetName, i.granted_right AS GrantedRight, i.note AS Note,
               i.email AS Email, c.id AS CreatorId, c.kind AS CreatorKind, c.name AS CreatorName, i.created_ms AS CreatedMs,
               i.expires_ms AS ExpiresMs, i.max_uses AS MaxUses, i.uses AS Uses, i.revoked_ms AS RevokedMs
        FROM invites i JOIN principals c ON c.id = i.created_by
             LEFT JOIN names n ON n.dataset_id = i.dataset_id LEFT JOIN principals o ON o.id = n.owner_id
             LEFT JOIN principals g ON g.id = i.group_id
        """;

    internal InviteTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the invite with this public part, or null; includes withdrawn, used-up and ended ones.</summary>
    public InviteRecord? Find(string id) => _connection.QuerySingleOrDefault<Row>(Select + " WHERE i.id = @id", new { id })?.ToRecord();

    /// <summary>Lists the invites to a dataset that have not ended, the oldest first; includes withdrawn ones.</summary>
    public IReadOnlyList<InviteRecord> On(DatasetId dataset) => List(" WHERE i.dataset_id = @target", dataset.ToString());

    /// <summary>Lists the invites to a group that have not ended, the oldest first; includes withdrawn ones.</summary>
    public IReadOnlyList<InviteRecord> In(PrincipalId group) => List(" WHERE i.group_id = @target", group.ToString());

    /// <summary>Counts the invites by mail that a user has made since a time; includes withdrawn ones.</summary>
    public int CountMailedBy(PrincipalId user, DateTimeOffset since) => _connection.ExecuteScalar<int>(
        "SELECT count(*) FROM invites WHERE created_by = @user AND email IS NOT NULL AND created_ms > @since",
        new { user = user.ToString(), since = since.ToUnixTimeMilliseconds() });

    public InviteRecord Create(InviteRecord invite)
    {
        _connection.Execute(
            """
            INSERT INTO invites(
                id, secret_hash, dataset_id, group_id, granted_right, note, email, created_by, created_ms, expires_ms, max_uses)
            VALUES (@Id, @hash, @dataset, @group, @right, @Note, @Email, @by, @now, @expires, @MaxUses)
            """,
            new
            {
                invite.Id,
                hash = invite.SecretHash.ToBytes(),
                dataset = invite.Target.Dataset?.ToString(),
                group = invite.Target.Group?.ToString(),
                right = invite.Target.Dataset is not null ? invite.Target.Right.ToName() : invite.Target.Manager ? Manager : Member,
                invite.Note,
                invite.Email,
                by = invite.CreatedBy.Id.ToString(),
                now = SqlTime.Now(_time),
                expires = invite.ExpiresAt.ToUnixTimeMilliseconds(),
                invite.MaxUses,
            });
        return Find(invite.Id)!;
    }

    /// <summary>Notes the secret that is sent by mail, in addition to the one that was shown.</summary>
    public void SetMailedSecret(string id, BlobHash secretHash) =>
        _connection.Execute("UPDATE invites SET mailed_secret_hash = @hash WHERE id = @id", new { id, hash = secretHash.ToBytes() });

    /// <summary>Returns true if a user has accepted it before.</summary>
    public bool WasUsedBy(string id, PrincipalId user) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM invite_uses WHERE invite_id = @id AND user_id = @user", new { id, user = user.ToString() }) > 0;

    /// <summary>
    /// Counts the acceptance of a user; returns false, and counts nothing, if the invite was withdrawn, is used up or has ended.
    /// </summary>
    public bool Use(string id, PrincipalId user)
    {
        int counted = _connection.Execute(
            "UPDATE invites SET uses = uses + 1 WHERE id = @id AND revoked_ms IS NULL AND expires_ms > @now AND uses < max_uses",
            new { id, now = SqlTime.Now(_time) });
        return counted > 0
            && _connection.Execute(
                "INSERT INTO invite_uses(invite_id, user_id, at_ms) VALUES (@id, @user, @now)",
                new { id, user = user.ToString(), now = SqlTime.Now(_time) }) > 0;
    }

    /// <summary>Withdraws an invite; returns false when it was withdrawn already or does not exist.</summary>
    public bool Revoke(string id) =>
        _connection.Execute(
            "UPDATE invites SET revoked_ms = @now WHERE id = @id AND revoked_ms IS NULL", new { id, now = SqlTime.Now(_time) }) > 0;

    /// <summary>Replaces the maker of the valid invites of a user; returns their number.</summary>
    public int HandOver(PrincipalId from, PrincipalId to) =>
        _connection.Execute(
            "UPDATE invites SET created_by = @to WHERE created_by = @from AND revoked_ms IS NULL AND expires_ms > @now AND uses < max_uses",
            new { from = from.ToString(), to = to.ToString(), now = SqlTime.Now(_time) });

    public void DeleteDataset(DatasetId dataset) => Delete("dataset_id", dataset.ToString());

    public void DeleteGroup(PrincipalId group) => Delete("group_id", group.ToString());

    private void Delete(string column, string target)
    {
        _connection.Execute(
            $"DELETE FROM invite_uses WHERE invite_id IN (SELECT id FROM invites WHERE {column} = @target)", new { target });
        _connection.Execute($"DELETE FROM invites WHERE {column} = @target", new { target });
    }

    private IReadOnlyList<InviteRecord> List(string where, string target) =>
        [.. _connection.Query<Row>(
            Select + where + " AND i.expires_ms > @now ORDER BY i.created_ms, i.id", new { target, now = SqlTime.Now(_time) })
            .Select(r => r.ToRecord())];

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, byte[] SecretHash, byte[]? MailedSecretHash, string? DatasetId, string? GroupId, string TargetName,
        string GrantedRight, string? Note, string? Email, string CreatorId, string CreatorKind, string CreatorName,
        long CreatedMs, long ExpiresMs, long MaxUses, long Uses, long? RevokedMs)
    {
        public InviteRecord ToRecord() =>
            new(Id, new BlobHash(SecretHash), MailedSecretHash is null ? null : new BlobHash(MailedSecretHash), Target(), Note, Email,
                new PrincipalRecord(ZoneText.PrincipalId(CreatorId), ZoneText.Kind(CreatorKind), CreatorName), ZoneText.Time(CreatedMs),
                ZoneText.Time(ExpiresMs), (int)MaxUses, (int)Uses, SqlTime.FromMilliseconds(RevokedMs));

        private InviteTarget Target() => DatasetId is not null
            ? new InviteTarget(ZoneText.DatasetId(DatasetId), null, TargetName, ZoneText.Right(GrantedRight), Manager: false)
            : new InviteTarget(null, ZoneText.PrincipalId(GroupId!), TargetName, Rights.None, GrantedRight == InviteTable.Manager);
    }
}
