namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private const string PutOverlay =
        """
        INSERT INTO overlay (dataset, path, entry, sequence, pending) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (dataset, path) DO UPDATE SET entry = excluded.entry, sequence = excluded.sequence, pending = excluded.pending
        """;

    private void PutEntry(JournalRecord.EntryPut record) =>
        Run(
            PutOverlay, Key(record.Dataset), record.Path.Value, EntryText(record.Entry), record.Sequence, record.Entry.IsPending ? 1L : 0L);

    /// <summary>
    /// Stores a removal as a row without entry, because the tree may still have the path. In a read-through dataset, the home's files
    /// without a hash are below the tree, and their removal leaves no row.
    /// </summary>
    private void RemoveEntry(JournalRecord.EntryRemoved record)
    {
        long key = Key(record.Dataset);
        int removed = Run(
            "DELETE FROM overlay WHERE dataset = $1 AND path = $2 AND pending = 1 "
            + "AND (SELECT home FROM datasets WHERE key = $1) IS NOT NULL",
            key, record.Path.Value);
        if (removed == 0)
        {
            Run(PutOverlay, key, record.Path.Value, null, record.Sequence, 0L);
        }
    }

    private void TakeSnapshot(JournalRecord.SnapshotTaken record)
    {
        long key = Key(record.Dataset);
        Run(
            """
            INSERT INTO snapshots (dataset, number, page, content, files, bytes, parent, reason, author, message, time, replaced)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            key,
            record.Number,
            record.Root.Page.ToString(),
            record.Root.Content.ToString(),
            record.Root.Files,
            record.Root.Bytes,
            record.Parent,
            record.Reason.ToName(),
            record.By,
            record.Message,
            record.Happened,
            record.Parent is null ? 0 : record.Replaced ?? 0);
        Run("DELETE FROM overlay WHERE dataset = $1 AND sequence <= $2 AND pending = 0", key, record.Through);
        Run(
            "UPDATE datasets SET page = $2, content = $3, files = $4, bytes = $5, snapshot = $6, last_number = $6, "
            + "changed = $7 WHERE key = $1 AND last_number < $6",
            key,
            record.Root.Page.ToString(),
            record.Root.Content.ToString(),
            record.Root.Files,
            record.Root.Bytes,
            record.Number,
            record.Sequence);
    }

    /// <summary>
    /// Drops a snapshot. What it and the next one had replaced is now between its neighbours, and at most all of the one before. Without
    /// one before, nothing keeps those bytes.
    /// </summary>
    private void DropSnapshot(JournalRecord.SnapshotDropped record)
    {
        long key = Key(record.Dataset);
        Run(
            """
            UPDATE snapshots SET replaced = min(
                replaced + (SELECT replaced FROM snapshots WHERE dataset = $1 AND number = $2),
                coalesce((SELECT bytes FROM snapshots WHERE dataset = $1 AND number < $2 ORDER BY number DESC LIMIT 1), 0))
            WHERE dataset = $1 AND number = (SELECT min(number) FROM snapshots WHERE dataset = $1 AND number > $2)
            """,
            key, record.Number);
        Run("DELETE FROM snapshots WHERE dataset = $1 AND number = $2", key, record.Number);
    }

    private void LeaveSnapshotOut(JournalRecord.SnapshotLeftOut record) => Run(
        "UPDATE snapshots SET left_out_until = $3 WHERE dataset = $1 AND number = $2",
        Key(record.Dataset), record.Number, record.UntilMilliseconds);

    private void SetTag(JournalRecord.TagSet record) => Run(
        "INSERT INTO tags (dataset, tag, number) VALUES ($1, $2, $3) ON CONFLICT (dataset, tag) DO UPDATE SET number = excluded.number",
        Key(record.Dataset), record.Tag, record.Number);

    private void RemoveTag(JournalRecord.TagRemoved record) =>
        Run("DELETE FROM tags WHERE dataset = $1 AND tag = $2", Key(record.Dataset), record.Tag);

    private string EntryText(Entry entry)
    {
        _line.ResetWrittenCount();
        EntryJson.Write(_line, entry);
        return Encoding.UTF8.GetString(_line.WrittenSpan);
    }
}
