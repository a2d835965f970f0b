using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>Visits and their notes. The members of a visit are those of its group.</summary>
public sealed class VisitTable : ZoneTable
{
    /// <summary>The name of the table in the feed.</summary>
    public const string Name = "visits";

    private const string Select =
        """
        SELECT v.id AS Id, p.name AS Name, v.title AS Title, v.proposal AS Proposal, v.instrument AS Instrument, v.begin_ms AS BeginMs,
               v.end_ms AS EndMs, v.embargo_ms AS EmbargoMs, v.keep_days AS KeepDays, v.samples AS Samples, v.contacts AS Contacts
        FROM visits v JOIN principals p ON p.id = v.id
        """;

    internal VisitTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>The time by which visits begin and end: that of the zone.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    public VisitRecord? Find(PrincipalId group) =>
        _connection.QuerySingleOrDefault<Row>(Select + " WHERE v.id = @id", new { id = group.ToString() })?.ToRecord();

    /// <summary>Lists visits, those that begin last first.</summary>
    public IReadOnlyList<VisitRecord> List(int limit) =>
        [.. _connection.Query<Row>(Select + " ORDER BY v.begin_ms DESC, p.name LIMIT @limit", new { limit }).Select(row => row.ToRecord())];

    /// <summary>Lists the visits of an instrument that have not ended, those that begin first first.</summary>
    public IReadOnlyList<VisitRecord> ListNotEnded(string instrument, int limit) =>
    [
        .. _connection.Query<Row>(
            Select + " WHERE v.instrument = @instrument AND v.end_ms > @now ORDER BY v.begin_ms, p.name LIMIT @limit",
            new { instrument, now = SqlTime.Now(_time), limit })
            .Select(static row => row.ToRecord()),
    ];

    /// <summary>Lists some visits, those that begin last first.</summary>
    public IReadOnlyList<VisitRecord> List(IEnumerable<PrincipalId> groups)
    {
        var parameters = new DynamicParameters();
        string ids = AddList(parameters, "id", groups.Select(static id => id.ToString()));
        return
        [
            .. _connection.Query<Row>(Select + $" WHERE v.id IN {ids} ORDER BY v.begin_ms DESC, p.name", parameters)
                .Select(static row => row.ToRecord()),
        ];
    }

    /// <summary>Makes a group a visit, or changes the visit.</summary>
    public void Put(VisitRecord visit)
    {
        _connection.Execute(
            """
            INSERT INTO visits(id, title, proposal, instrument, begin_ms, end_ms, embargo_ms, keep_days, samples, contacts)
            VALUES (@id, @Title, @Proposal, @Instrument, @begin, @end, @embargo, @KeepDays, @samples, @contacts)
            ON CONFLICT (id) DO UPDATE SET title = excluded.title, proposal = excluded.proposal, instrument = excluded.instrument,
                begin_ms = excluded.begin_ms, end_ms = excluded.end_ms, embargo_ms = excluded.embargo_ms, keep_days = excluded.keep_days,
                samples = excluded.samples, contacts = excluded.contacts
            """,
            new
            {
                id = visit.Id.ToString(),
                visit.Title,
                visit.Proposal,
                visit.Instrument,
                begin = visit.Begin.ToUnixTimeMilliseconds(),
                end = visit.End.ToUnixTimeMilliseconds(),
                embargo = SqlTime.ToMilliseconds(visit.EmbargoEnd),
                visit.KeepDays,
                samples = JsonSerializer.Serialize(visit.Samples, ZoneJson.Default.IReadOnlyListVisitSample),
                contacts = JsonSerializer.Serialize(
                    visit.LocalContacts.Select(static id => id.ToString()).ToArray(), ZoneJson.Default.StringArray),
            });
    }

    /// <summary>Removes what a group has as a visit.</summary>
    internal void Delete(PrincipalId group)
    {
        _connection.Execute("DELETE FROM visit_notes WHERE visit_id = @id", new { id = group.ToString() });
        _connection.Execute("DELETE FROM visits WHERE id = @id", new { id = group.ToString() });
    }

    /// <summary>
    /// Moves the embargo of the datasets of a visit that have the one given, rather than another choice of their owner; returns them.
    /// </summary>
    public IReadOnlyList<DatasetId> MoveEmbargo(PrincipalId group, DateTimeOffset from, DateTimeOffset? to)
    {
        var values = new { id = group.ToString(), from = from.ToUnixTimeMilliseconds(), to = SqlTime.ToMilliseconds(to) };
        List<string> datasets = [.. _connection.Query<string>(
            "SELECT dataset_id FROM names WHERE owner_id = @id AND public_from_ms = @from AND public_right <> 'none'", values)];
        _connection.Execute(
            to is null
                ? "UPDATE names SET public_right = 'none', public_from_ms = NULL WHERE owner_id = @id AND public_from_ms = @from"
                : "UPDATE names SET public_from_ms = @to WHERE owner_id = @id AND public_from_ms = @from",
            values);
        return [.. datasets.Select(ZoneText.DatasetId)];
    }

    /// <summary>Lists the notes on a visit after a number, the oldest first.</summary>
    public IReadOnlyList<VisitNoteRecord> NotesOn(PrincipalId visit, long after, int limit) =>
        [.. _connection.Query<NoteRow>(
            """
            SELECT number AS Number, author AS Author, written_ms AS WrittenMs, text AS Text, dataset_id AS DatasetId, path AS Path
            FROM visit_notes WHERE visit_id = @id AND number > @after AND text IS NOT NULL ORDER BY number LIMIT @limit
            """,
            new { id = visit.ToString(), after, limit }).Select(static row => row.ToRecord())];

    /// <summary>Counts the notes that were ever written on a visit.</summary>
    public long CountNotes(PrincipalId visit) => _connection.ExecuteScalar<long>(
        "SELECT coalesce(max(number), 0) FROM visit_notes WHERE visit_id = @id", new { id = visit.ToString() });

    public VisitNoteRecord AddNote(PrincipalId visit, string author, string text, DatasetId? dataset, string? path)
    {
        long number = CountNotes(visit) + 1;
        long now = SqlTime.Now(_time);
        _connection.Execute(
            """
            INSERT INTO visit_notes(visit_id, number, author, written_ms, text, dataset_id, path)
            VALUES (@id, @number, @author, @now, @text, @dataset, @path)
            """,
            new { id = visit.ToString(), number, author, now, text, dataset = dataset?.ToString(), path });
        return new VisitNoteRecord(number, author, DateTimeOffset.FromUnixTimeMilliseconds(now), text, dataset, path);
    }

    /// <summary>Removes the text and the pin of a note. Its number is never given again.</summary>
    public void ClearNote(PrincipalId visit, long number) => _connection.Execute(
        "UPDATE visit_notes SET text = NULL, dataset_id = NULL, path = NULL WHERE visit_id = @id AND number = @number",
        new { id = visit.ToString(), number });

    [method: ExplicitConstructor]
    private sealed record NoteRow(
        long Number, string Author, long WrittenMs, string Text, string? DatasetId, string? Path)
    {
        public VisitNoteRecord ToRecord() =>
            new(Number, Author, ZoneText.Time(WrittenMs), Text, DatasetId is null ? null : ZoneText.DatasetId(DatasetId), Path);
    }

    [method: ExplicitConstructor]
    private sealed record Row(
        string Id, string Name, string? Title, string Proposal, string? Instrument, long BeginMs, long EndMs,
        long? EmbargoMs, long? KeepDays, string Samples, string Contacts)
    {
        public VisitRecord ToRecord() =>
            new(ZoneText.PrincipalId(Id), Name, Title, Proposal, Instrument, ZoneText.Time(BeginMs), ZoneText.Time(EndMs),
                SqlTime.FromMilliseconds(EmbargoMs), (int?)KeepDays)
            {
                Samples = JsonSerializer.Deserialize(Samples, ZoneJson.Default.IReadOnlyListVisitSample) ?? [],
                LocalContacts =
                    [.. (JsonSerializer.Deserialize(Contacts, ZoneJson.Default.StringArray) ?? []).Select(ZoneText.PrincipalId)],
            };
    }
}
