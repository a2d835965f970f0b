using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Notifications for people, to read in the portal and to send: the outbox of mail.</summary>
public sealed class MailTable : ZoneTable
{
    /// <summary>The name of the fact that identifies the subject of a mail that each person gets only once.</summary>
    public const string KeyFact = "key";

    private const string Select =
        """
        SELECT id AS Id, user_id AS UserId, caused_by AS CausedBy, address AS Address, template AS Template, kind AS Kind, facts AS Facts,
               state AS State, attempts AS Attempts, created_ms AS CreatedMs, sent_ms AS SentMs, failure AS Failure
        FROM mails
        """;

    internal MailTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    public void Add(
        PrincipalId? user, PrincipalId? causedBy, string? address, string template, NoticeKind kind,
        IReadOnlyDictionary<string, string> facts, bool send) =>
        _connection.Execute(
            """
            INSERT INTO mails(user_id, caused_by, address, template, kind, facts, state, created_ms, next_ms)
            VALUES (@user, @by, @address, @template, @kind, @facts, @state, @now, @next)
            """,
            new
            {
                user = user?.ToString(),
                by = causedBy?.ToString(),
                address,
                template,
                kind = kind.ToName(),
                facts = JsonSerializer.Serialize(facts, ZoneJson.Default.IReadOnlyDictionaryStringString),
                state = send ? "queued" : "kept",
                now = SqlTime.Now(_time),
                next = send ? SqlTime.Now(_time) : (long?)null,
            });

    /// <summary>
    /// Lists the mails to a user, and those that the user caused to people without an account; the newest first, before a number.
    /// </summary>
    public IReadOnlyList<MailRecord> ListOf(PrincipalId user, long? before, int limit) =>
        [.. _connection.Query<Row>(
            Select + " WHERE (user_id = @user OR (user_id IS NULL AND caused_by = @user)) AND id < @before ORDER BY id DESC LIMIT @limit",
            new { user = user.ToString(), before = before ?? long.MaxValue, limit }).Select(r => r.ToRecord())];

    /// <summary>Lists the mails to a user of the kinds that it wants in the bell; the newest first, before a number.</summary>
    public IReadOnlyList<MailRecord> ListInBell(PrincipalId user, long? before, int limit) =>
        [.. _connection.Query<Row>(
            Select + """
             WHERE user_id = @user AND id < @before
                AND kind NOT IN (SELECT kind FROM muted_notices WHERE user_id = @user AND in_bell = 0)
            ORDER BY id DESC LIMIT @limit
            """,
            new { user = user.ToString(), before = before ?? long.MaxValue, limit }).Select(r => r.ToRecord())];

    /// <summary>Returns true if a person, by account or address, has received a mail with a key already.</summary>
    public bool WasSaid(PrincipalId? user, string? address, string template, string key) => _connection.ExecuteScalar<bool>(
        $"""
        SELECT EXISTS(
            SELECT 1 FROM mails
            WHERE user_id IS NOT DISTINCT FROM @user AND (@address IS NULL OR address = @address) AND template = @template
                AND json_extract(facts, '$.{KeyFact}') = @key)
        """,
        new { user = user?.ToString(), address, template, key });

    /// <summary>Lists the mails that are due to be sent, the oldest first.</summary>
    public IReadOnlyList<MailRecord> Due(int limit) =>
        [.. _connection.Query<Row>(
            Select + " WHERE state = 'queued' AND next_ms <= @now ORDER BY next_ms, id LIMIT @limit",
            new { now = SqlTime.Now(_time), limit })
            .Select(r => r.ToRecord())];

    /// <summary>Leases a due mail for sending, until a time. Returns false when another server was faster.</summary>
    public bool TryLease(long id, DateTimeOffset until) =>
        _connection.Execute(
            "UPDATE mails SET next_ms = @until WHERE id = @id AND state = 'queued' AND next_ms <= @now",
            new { id, until = until.ToUnixTimeMilliseconds(), now = SqlTime.Now(_time) }) > 0;

    /// <summary>Returns the time of the next mail to send; null when none waits.</summary>
    public DateTimeOffset? NextDue() =>
        SqlTime.FromMilliseconds(_connection.ExecuteScalar<long?>("SELECT min(next_ms) FROM mails WHERE state = 'queued'"));

    /// <summary>Notes that the mail server accepted it.</summary>
    public void SetSent(long id) =>
        _connection.Execute(
            "UPDATE mails SET state = 'sent', sent_ms = @now, next_ms = NULL, failure = NULL, attempts = attempts + 1 WHERE id = @id",
            new { id, now = SqlTime.Now(_time) });

    /// <summary>Notes a failure; without a time for the next attempt, the mail is given up.</summary>
    public void SetFailed(long id, string failure, DateTimeOffset? next) =>
        _connection.Execute(
            "UPDATE mails SET state = @state, next_ms = @next, failure = @failure, attempts = attempts + 1 WHERE id = @id",
            new { id, failure, state = next is null ? "failed" : "queued", next = SqlTime.ToMilliseconds(next) });

    [method: ExplicitConstructor]
    private sealed record Row(
        long Id, string? UserId, string? CausedBy, string? Address, string Template, string Kind, string Facts,
        string State, long Attempts, long CreatedMs, long? SentMs, string? Failure)
    {
        public MailRecord ToRecord() =>
            new(
                Id,
                UserId is null ? null : ZoneText.PrincipalId(UserId),
                CausedBy is null ? null : ZoneText.PrincipalId(CausedBy),
                Address,
                Template,
                ZoneText.NoticeKind(Kind),
                JsonSerializer.Deserialize(Facts, ZoneJson.Default.IReadOnlyDictionaryStringString)!,
                ZoneText.MailState(State),
                (int)Attempts,
                ZoneText.Time(CreatedMs),
                SqlTime.FromMilliseconds(SentMs),
                Failure);
    }
}
