using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private void StartUpload(JournalRecord.UploadStarted record) => Run(
        "INSERT INTO uploads (id, dataset, path, attributes, checksum, author, started, sent_bytes) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        record.Upload.ToString("N"), Key(record.Dataset), record.Path.Value,
        EntryText(record.Attributes), record.Checksum, record.By, record.Time, SiteUpload.OwnBytes);

    private void StorePart(JournalRecord.UploadPartStored record)
    {
        string upload = record.Upload.ToString("N");
        Run(
            "UPDATE uploads SET sent_bytes = sent_bytes + $2 WHERE id = $1",
            upload,
            SiteUploadPart.Counted(record.Size) - (Queries.UploadPart(record.Upload, record.Number)?.CountedBytes ?? 0));
        Run(
            """
            INSERT INTO upload_parts (upload, number, part, size, time, checksum, expires, extents)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (upload, number) DO UPDATE SET part = excluded.part, size = excluded.size, time = excluded.time,
                checksum = excluded.checksum, expires = excluded.expires, extents = excluded.extents
            """,
            upload,
            record.Number,
            record.Part.ToString("N"),
            record.Size,
            record.Time,
            record.Checksum,
            record.ExpiresMilliseconds,
            JsonSerializer.Serialize(record.Extents, ExtentListJson.Default.IReadOnlyListExtent));
    }

    private void EndUpload(JournalRecord.UploadEnded record)
    {
        string id = record.Upload.ToString("N");
        Run("DELETE FROM upload_parts WHERE upload = $1", id);
        Run("DELETE FROM uploads WHERE id = $1", id);
    }

    private void Set(JournalRecord.SettingSet record)
    {
        AddRecordBytes(
            record.Dataset,
            Encoding.UTF8.GetByteCount(record.Value ?? "") - Queries.SettingBytes(Key(record.Dataset), record.Name));
        if (record.Value is null)
        {
            Run("DELETE FROM settings WHERE dataset = $1 AND name = $2", Key(record.Dataset), record.Name);
            return;
        }

        Run(
            "INSERT INTO settings (dataset, name, value) VALUES ($1, $2, $3) ON CONFLICT (dataset, "
            + "name) DO UPDATE SET value = excluded.value",
            Key(record.Dataset), record.Name, record.Value);
    }

    private void SetExpiry(JournalRecord.DatasetExpirySet record)
    {
        if (record.ExpiresMilliseconds is null)
        {
            Run("UPDATE datasets SET kept = $2 WHERE id = $1 AND expires IS NOT NULL", record.Dataset.ToString(), record.Time);
            Run("UPDATE datasets SET keeping = NULL, keeping_until = NULL WHERE id = $1", record.Dataset.ToString());
        }

        Run(
            "UPDATE datasets SET expires = $2, transient_days = $3 WHERE id = $1",
            record.Dataset.ToString(), record.ExpiresMilliseconds, record.Days);
    }

    private void SetBeingKept(JournalRecord.DatasetBeingKept record) => Run(
        "UPDATE datasets SET keeping = $2, keeping_until = $3 WHERE id = $1",
        record.Dataset.ToString(),
        record.UntilMilliseconds is null ? null : record.Keeping.ToString("N"),
        record.UntilMilliseconds);
}
