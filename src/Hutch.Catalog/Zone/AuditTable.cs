using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>The audit: actions and their authors. Lines are added and read; the database refuses to change or delete one.</summary>
public sealed class AuditTable : ZoneTable
{
    private const string Columns =
        """
        sequence AS Sequence, at_ms AS AtMs, actor_id AS ActorId, actor_name AS ActorName, credential_id AS CredentialId,
        action AS Action, target AS Target, detail AS Detail
        """;

    internal AuditTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    internal void Append(AuditActor actor, string action, string? target, string? detail) =>
        _connection.Execute(
            """
            INSERT INTO audit(at_ms, actor_id, actor_name, credential_id, action, target, detail)
            VALUES (@now, @actorId, @Name, @Credential, @action, @target, @detail)
            """,
            new { now = SqlTime.Now(_time), actorId = actor.Id?.ToString(), actor.Name, actor.Credential, action, target, detail });

    public IReadOnlyList<AuditRecord> List(AuditSpan span, int limit)
    {
        string wanted = (span.User is null ? "" : " AND actor_name = @User")
            + (span.Action is null ? "" : " AND action = @Action") + (span.Target is null ? "" : " AND target = @Target")
            + (span.IsWithoutServer ? " AND (actor_id IS NOT NULL OR actor_name <> @server)" : "");
        return
        [
            .. _connection.Query<Row>(
                $"""
                SELECT {Columns} FROM audit WHERE sequence > @After AND sequence < @Before AND at_ms >= @from AND at_ms < @to{wanted}
                ORDER BY sequence {(span.IsNewestFirst ? "DESC" : "")} LIMIT @limit
                """,
                new
                {
                    span.After,
                    span.Before,
                    from = span.Since?.ToUnixTimeMilliseconds() ?? long.MinValue,
                    to = span.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue,
                    span.User,
                    span.Action,
                    span.Target,
                    server = AuditActor.Server.Name,
                    limit,
                })
                .Select(r => r.ToRecord()),
        ];
    }

    /// <summary>Lists lines about a dataset and the invites to it, before a position, newest first.</summary>
    public IReadOnlyList<AuditRecord> ListOf(DatasetId dataset, long before, int limit) =>
        [.. _connection.Query<Row>(
            $"""
            SELECT {Columns} FROM audit
            WHERE (target = @target OR target IN (SELECT 'invite:' || id FROM invites WHERE dataset_id = @id)) AND sequence < @before
            ORDER BY sequence DESC LIMIT @limit
            """,
            new { id = dataset.ToString(), target = "dataset:" + dataset, before, limit }).Select(r => r.ToRecord())];

    /// <summary>Returns the newest line about a target with an action; null without one.</summary>
    public AuditRecord? LastOf(string target, string action) => _connection.Query<Row>(
        $"SELECT {Columns} FROM audit WHERE target = @target AND action = @action ORDER BY sequence DESC LIMIT 1",
        new { target, action }).SingleOrDefault()?.ToRecord();

    /// <summary>Returns the number of the newest line; 0 without any.</summary>
    public long Newest() => _connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM audit");

    [method: ExplicitConstructor]
    private sealed record Row(
        long Sequence, long AtMs, string? ActorId, string? ActorName, string? CredentialId, string Action,
        string? Target, string? Detail)
    {
        public AuditRecord ToRecord() =>
            new(
                Sequence,
                ZoneText.Time(AtMs),
                new AuditActor(ActorId is null ? null : ZoneText.PrincipalId(ActorId), ActorName ?? "", CredentialId),
                Action, Target, Detail);
    }
}
