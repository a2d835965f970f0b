using Hutch.Model.Site;

namespace Hutch.Catalog.Site;

public sealed partial class SiteWriter
{
    private static readonly string[] OfDataset = ["parents", "overlay", "snapshots", "tags", "metadata", "settings"];

    private void CreateDataset(JournalRecord.DatasetCreated record)
    {
        long key = record.Sequence;
        if (Queries.Dataset(record.Dataset) is { Ended: not null } before)
        {
            key = before.Key;
            DeleteEnded(before);
        }

        Run(
            """
            INSERT INTO datasets (
                key, id, owner, slug, title, type, origin, created, created_by, page, content, files, bytes, last_number, expires,
                git_rule)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15)
            """,
            key,
            record.Dataset.ToString(),
            record.Owner,
            record.Slug,
            record.Title,
            record.Type,
            SiteText.ToText(record.Origin),
            record.Happened,
            record.By,
            record.Root.Page.ToString(),
            record.Root.Content.ToString(),
            record.Root.Files,
            record.Root.Bytes,
            record.ExpiresMilliseconds,
            record.GitRule);

        for (int i = 0; i < record.Parents.Count; i++)
        {
            VersionReference parent = record.Parents[i];
            Run(
                "INSERT INTO parents (dataset, position, parent, snapshot, root) VALUES ($1, $2, $3, $4, $5)",
                key, i, parent.Dataset.ToString(), parent.Snapshot, parent.Root?.ToString());
        }
    }

    /// <summary>Removes the rest of an ended copy when a new one begins under the same key.</summary>
    private void DeleteEnded(SiteDataset ended)
    {
        foreach (string table in OfDataset)
        {
            Run($"DELETE FROM {table} WHERE dataset = $1", ended.Key);
        }

        Run("DELETE FROM datasets WHERE key = $1", ended.Key);
    }

    private void DescribeDataset(JournalRecord.DatasetDescribed record) => Run(
        "UPDATE datasets SET owner = coalesce($2, owner), slug = coalesce($3, slug), title = coalesce($4, title), "
        + "type = coalesce($5, type) WHERE id = $1",
        record.Dataset.ToString(), record.Owner, record.Slug, record.Title, record.Type);

    private void CloseDataset(JournalRecord.DatasetClosed record) =>
        Run("UPDATE datasets SET closed = $2, changed = $3 WHERE id = $1", record.Dataset.ToString(), record.Happened, record.Sequence);

    private void TrashDataset(JournalRecord.DatasetTrashed record) =>
        Run(
            "UPDATE datasets SET trashed_until = $2, restored_here = NULL WHERE id = $1",
            record.Dataset.ToString(), record.UntilMilliseconds);

    private void RestoreDataset(JournalRecord.DatasetRestored record) => Run(
        "UPDATE datasets SET trashed_until = NULL, restored_here = coalesce($2, restored_here) WHERE id = $1",
        record.Dataset.ToString(), record.Here == true ? 1 : null);

    /// <summary>
    /// The bytes end. A closed dataset retains its tree, which is its manifest, and its snapshots. A purge removes these too, since the
    /// names and documents may be the reason for it.
    /// </summary>
    private void EndDataset(JournalRecord.DatasetEnded record)
    {
        string id = record.Dataset.ToString();
        long key = Key(record.Dataset);
        bool keepsManifest = record.Way != DatasetEnd.Purged && Queries.IsClosed(record.Dataset);
        Run(
            "UPDATE datasets SET ended = $2, ended_way = $3, ended_reason = $4, trashed_until = NULL, changed = $5, "
            + "restored_here = NULL, keeping = NULL, keeping_until = NULL, held_nonce = NULL, held_home = NULL, "
            + "eviction = NULL WHERE id = $1",
            id, record.Time, SiteText.ToText(record.Way), record.Reason, record.Sequence);
        Run("DELETE FROM overlay WHERE dataset = $1", key);
        Run("DELETE FROM results WHERE dataset = $1", key);
        EndRepository(key);
        if (keepsManifest)
        {
            return;
        }

        Run("DELETE FROM folder_files WHERE dataset = $1", key);

        Run(
            "UPDATE datasets SET page = $2, content = $3, files = 0, bytes = 0, metadata_bytes = 0, snapshot = NULL WHERE id = $1",
            id, TreeRoot.Empty.Page.ToString(), TreeRoot.Empty.ContentId.ToString());
        Run("DELETE FROM snapshots WHERE dataset = $1", key);
        Run("DELETE FROM tags WHERE dataset = $1", key);
        Run("DELETE FROM metadata WHERE dataset = $1", key);
        Run("DELETE FROM statements WHERE dataset = $1", id);
        if (record.Way == DatasetEnd.Purged)
        {
            Run("UPDATE datasets SET title = NULL WHERE id = $1", id);
            Run("DELETE FROM settings WHERE dataset = $1", key);
            Run("DELETE FROM events WHERE dataset = $1", key);
            Run("INSERT INTO purges (dataset) VALUES ($1) ON CONFLICT DO NOTHING", key);
        }
    }

    private void CompletePurge(JournalRecord.PurgeCompleted record) => Run("DELETE FROM purges WHERE dataset = $1", Key(record.Dataset));

    private void CompleteCopy(JournalRecord.CopyCompleted record) => Run(
        "UPDATE datasets SET home = $2, epoch = $3, history = $4 WHERE id = $1",
        record.Dataset.ToString(), record.Home.ToString(), record.Epoch, record.History.ToString());

    private void ReleaseHome(JournalRecord.HomeReleased record) => Run(
        "UPDATE datasets SET home = $2, epoch = $3, history = $4, released_epoch = $3, released_history = $4, released_to = $5 "
        + "WHERE id = $1",
        record.Dataset.ToString(), record.Home.ToString(), record.Epoch, record.History.ToString(), record.To);

    private void SetHome(JournalRecord.HomeTaken record)
    {
        Run(
            "UPDATE datasets SET home = NULL, epoch = $2, history = NULL, restored_here = NULL, held_nonce = NULL, held_home = NULL "
            + "WHERE id = $1",
            record.Dataset.ToString(), record.Epoch);
        Run("UPDATE snapshots SET left_out_until = NULL WHERE dataset = $1 AND left_out_until IS NOT NULL", Key(record.Dataset));
    }

    private void SetHold(JournalRecord.CopyHeld record) => Run(
        "UPDATE datasets SET held_nonce = $2, held_home = $3 WHERE id = $1",
        record.Dataset.ToString(), record.Nonce?.ToString(), record.Home?.ToString());

    private void SetEviction(JournalRecord.EvictionSet record) => Run(
        "UPDATE datasets SET eviction = $2 WHERE id = $1",
        record.Dataset.ToString(), record.Eviction is { } eviction ? EvictionJson.Write(eviction) : null);

    private void SetMetadata(JournalRecord.MetadataSet record)
    {
        long key = Key(record.Dataset);
        string document = record.Document.GetRawText();
        Run(
            "INSERT INTO metadata (dataset, version, time, author, document) VALUES ($1, $2, $3, $4, $5)",
            key, record.Version, record.Happened, record.By, document);
        AddRecordBytes(record.Dataset, Encoding.UTF8.GetByteCount(document));
    }

    /// <summary>Counts what a dataset keeps in records: metadata, settings of doors, runs.</summary>
    private void AddRecordBytes(DatasetId dataset, long bytes) =>
        Run("UPDATE datasets SET metadata_bytes = metadata_bytes + $2 WHERE id = $1", dataset.ToString(), bytes);
}
