using System.Data.Common;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>What was done, by whom. Lines are added and read; the database itself refuses to change or delete one.</summary>
public sealed class AuditTable : ZoneTable
{
    internal AuditTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Adds a line.</summary>
    internal void Append(AuditActor actor, string action, string? target, string? detail) =>
        _connection.Execute(
            """
            INSERT INTO audit(at_ms, actor_id, actor_name, credential_id, action, target, detail)
            VALUES (@now, @actorId, @Name, @Credential, @action, @target, @detail)
            """,
            new { now = SqlTime.Now(_time), actorId = actor.Id?.ToString(), actor.Name, actor.Credential, action, target, detail });

    /// <summary>Lines after a position, oldest first.</summary>
    public IReadOnlyList<AuditRecord> List(long after, int limit) =>
        [.. _connection.Query<Row>(
            """
            SELECT sequence AS Sequence, at_ms AS AtMs, actor_id AS ActorId, actor_name AS ActorName, credential_id AS CredentialId,
                   action AS Action, target AS Target, detail AS Detail
            FROM audit WHERE sequence > @after ORDER BY sequence LIMIT @limit
            """,
            new { after, limit }).Select(r => r.ToRecord())];

    /// <summary>The newest line; 0 when there is none.</summary>
    public long Newest() => _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM audit");

    private sealed class Row
    {
        public long Sequence { get; init; }

        public long AtMs { get; init; }

        public string? ActorId { get; init; }

        public string? ActorName { get; init; }

        public string? CredentialId { get; init; }

        public string Action { get; init; } = "";

        public string? Target { get; init; }

        public string? Detail { get; init; }

        public AuditRecord ToRecord() =>
            new(
                Sequence,
                ZoneText.Time(AtMs),
                new AuditActor(ActorId is null ? null : ZoneText.PrincipalId(ActorId), ActorName ?? "", CredentialId),

                Action, Target, Detail);
    }
}
