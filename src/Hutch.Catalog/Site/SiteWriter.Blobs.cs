namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    /// <summary>The number of lists of a push session that are searched one by one. More of them are sorted into the table.</summary>
    internal const int MaxSessionLists = 256;

    internal const int MaxListedHashes = 16_384;

    /// <summary>
    /// Several uploads may assemble the same blob. The copy that lasts longest is used, so that permanent data never depend on expiring
    /// extents; the extents of the others are garbage.
    /// </summary>
    private void AssembleBlob(JournalRecord.BlobAssembled record)
    {
        LargeBlob? present = Queries.LargeBlob(record.Hash);
        if (present is not null && (present.Expires is null || present.Expires >= record.ExpiresMilliseconds))
        {
            return;
        }

        if (present is not null)
        {
            DeleteBlob(record.Hash);
        }

        Run(
            "INSERT INTO blobs (hash, size, upload, expires) VALUES ($1, $2, $3, $4)",
            record.Hash.ToString(), record.Size, record.Upload.ToString("N"), record.ExpiresMilliseconds);
        foreach (Extent extent in record.Extents)
        {
            Run(
                "INSERT INTO extents (upload, start, length, crc, part, part_start) VALUES ($1, $2, $3, $4, $5, $6)",
                record.Upload.ToString("N"), extent.Offset, extent.Length, (long)extent.Crc, extent.Upload?.ToString("N"), extent.Start);
        }
    }

    private void DeleteBlob(JournalRecord.BlobForgotten record) => DeleteBlob(record.Hash);

    private void DeleteBlob(BlobHash hash)
    {
        Run("DELETE FROM extents WHERE upload = (SELECT upload FROM blobs WHERE hash = $1)", hash.ToString());
        Run("DELETE FROM blobs WHERE hash = $1", hash.ToString());
    }

    private void DropTemporary(JournalRecord.TemporaryDropped record) => Run(
        "INSERT INTO dropped_segments (segment, time, files, bytes) VALUES ($1, $2, $3, $4)",
        record.Segment, record.Time, record.Files, record.Bytes);

    private void StartSession(JournalRecord.SessionStarted record) => Run(
        "INSERT INTO sessions (id, dataset, author, base, started, expires, copies) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        record.Session.ToString("N"),
        record.IsCopy == true ? Queries.DatasetKey(record.Dataset) ?? 0 : Key(record.Dataset),
        record.By,
        record.Base,
        record.Time,
        record.ExpiresMilliseconds,
        record.IsCopy == true ? record.Dataset.ToString() : null);

    private void ExtendSession(JournalRecord.SessionExtended record) =>
        Run("UPDATE sessions SET expires = $2 WHERE id = $1", record.Session.ToString("N"), record.ExpiresMilliseconds);

    private void AddSessionBlobs(JournalRecord.SessionBlobs record)
    {
        if (record.Hashes.Count == 0)
        {
            return;
        }

        string session = record.Session.ToString("N");
        if (record.Bytes is long bytes)
        {
            AddSent(session, bytes, record.Hashes.Count);
        }

        Run(
            "INSERT INTO session_lists (session, sequence, hashes, list) VALUES ($1, $2, $3, $4)",
            session, record.Sequence, record.Hashes.Count, string.Join(' ', record.Hashes));
        if (Queries.HasExtents(record.Session))
        {
            foreach (BlobHash hash in record.Hashes)
            {
                Run("DELETE FROM session_extents WHERE session = $1 AND hash = $2", session, hash.ToString());
            }
        }

        (long lists, long hashes) = Queries.SessionListed(record.Session);
        if (lists >= MaxSessionLists || hashes >= MaxListedHashes)
        {
            SortSessionLists(record.Session, session);
        }
    }

    /// <summary>Sorts the lists in the order of hashes, so that each page is changed once.</summary>
    private void SortSessionLists(Guid push, string session)
    {
        foreach (BlobHash hash in Queries.SessionLists(push).Order())
        {
            Run("INSERT INTO session_blobs (session, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING", session, hash.ToString());
        }

        Run("DELETE FROM session_lists WHERE session = $1", session);
    }

    private void AddSessionExtent(JournalRecord.SessionExtent record)
    {
        string session = record.Session.ToString("N");
        if (record.Extent.Offset == 0)
        {
            AddSent(session, record.Size, 1);
        }

        Run(
            """
            INSERT INTO session_extents (session, hash, start, size, upload, length, crc) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (session, hash, start) DO UPDATE SET upload = excluded.upload, length = excluded.length, crc = excluded.crc
            """,
            session,
            record.Hash.ToString(),
            record.Extent.Offset,
            record.Size,
            record.Upload.ToString("N"),
            record.Extent.Length,
            (long)record.Extent.Crc);
    }

    private void DropSessionUpload(JournalRecord.SessionUploadDropped record)
    {
        string session = record.Session.ToString("N");
        if (Queries.SessionUploadReach(record.Session, record.Hash) is { } dropped)
        {
            AddSent(session, -dropped.Size, -1);
        }

        Run("DELETE FROM session_extents WHERE session = $1 AND hash = $2", session, record.Hash.ToString());
    }

    private void AddSent(string session, long bytes, long files) => Run(
        "UPDATE sessions SET sent_bytes = sent_bytes + $2, sent_files = sent_files + $3 WHERE id = $1", session, bytes, files);

    private void EndSession(JournalRecord.SessionEnded record)
    {
        string session = record.Session.ToString("N");
        Run("DELETE FROM session_extents WHERE session = $1", session);
        Run("DELETE FROM session_blobs WHERE session = $1", session);
        Run("DELETE FROM session_lists WHERE session = $1", session);
        Run("DELETE FROM sessions WHERE id = $1", session);
    }

    private void SetCheckpoint(JournalRecord.Checkpoint record)
    {
        Run("DELETE FROM checkpoint_parts");
        for (int i = 0; i < record.Parts.Count; i++)
        {
            Run("INSERT INTO checkpoint_parts (position, hash) VALUES ($1, $2)", i, record.Parts[i].ToString());
        }

        Run("DELETE FROM events WHERE sequence < $1", record.EventsFrom);
    }
}
