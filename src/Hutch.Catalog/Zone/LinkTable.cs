using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Share links: a right for every holder of the secret, until the link ends or is withdrawn.</summary>
public sealed class LinkTable : ZoneTable
{
    private const string Select =
        """
        SELECT l.id AS Id, l.dataset_id AS DatasetId, l.granted_right AS GrantedRight, l.secret_hash AS SecretHash, p.name AS CreatedBy,
               l.created_ms AS CreatedMs, l.expires_ms AS ExpiresMs, l.revoked_ms AS RevokedMs
        FROM links l JOIN principals p ON p.id = l.created_by
        """;

    internal LinkTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Returns the link with this public part, or null; includes withdrawn and ended ones.</summary>
    public LinkRecord? Find(string id) => _connection.QuerySingleOrDefault<Row>(Select + " WHERE l.id = @id", new { id })?.ToRecord();

    /// <summary>Lists the valid links of a dataset, oldest first.</summary>
    public IReadOnlyList<LinkRecord> On(DatasetId dataset) =>
        [.. _connection.Query<Row>(
            Select + " WHERE l.dataset_id = @id AND l.revoked_ms IS NULL AND l.expires_ms > @now ORDER BY l.created_ms, l.id",
            new { id = dataset.ToString(), now = SqlTime.Now(_time) }).Select(r => r.ToRecord())];

    public LinkRecord Create(
        string id, DatasetId dataset, Rights right, BlobHash secretHash, PrincipalId createdBy, DateTimeOffset expiresAt)
    {
        _connection.Execute(
            """
            INSERT INTO links(id, dataset_id, granted_right, secret_hash, created_by, created_ms, expires_ms)
            VALUES (@id, @dataset, @right, @secretHash, @createdBy, @now, @expiresMs)
            """,
            new
            {
                id,
                dataset = dataset.ToString(),
                right = right.ToName(),
                secretHash = secretHash.ToBytes(),
                createdBy = createdBy.ToString(),
                now = SqlTime.Now(_time),
                expiresMs = expiresAt.ToUnixTimeMilliseconds(),
            });
        return Find(id)!;
    }

    /// <summary>Withdraws a link of a dataset; returns false when it was withdrawn already or does not exist.</summary>
    public bool Revoke(DatasetId dataset, string id) =>
        _connection.Execute(
            "UPDATE links SET revoked_ms = @now WHERE id = @id AND dataset_id = @dataset AND revoked_ms IS NULL",
            new { id, dataset = dataset.ToString(), now = SqlTime.Now(_time) }) > 0;

    /// <summary>Replaces the maker of the valid links of a user; returns their number.</summary>
    public int HandOver(PrincipalId from, PrincipalId to) =>
        _connection.Execute(
            "UPDATE links SET created_by = @to WHERE created_by = @from AND revoked_ms IS NULL AND expires_ms > @now",
            new { from = from.ToString(), to = to.ToString(), now = SqlTime.Now(_time) });

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, string DatasetId, string GrantedRight, byte[] SecretHash, string CreatedBy, long CreatedMs,
        long ExpiresMs, long? RevokedMs)
    {
        public LinkRecord ToRecord() =>
            new(Id, ZoneText.DatasetId(DatasetId), ZoneText.Right(GrantedRight),
                new BlobHash(SecretHash), CreatedBy, ZoneText.Time(CreatedMs),
                ZoneText.Time(ExpiresMs), SqlTime.FromMilliseconds(RevokedMs));
    }
}
