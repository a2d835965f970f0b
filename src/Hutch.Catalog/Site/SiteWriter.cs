using System.Buffers;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Site;

/// <summary>
/// Applies journal records to <c>site.db</c>. Every row follows from records alone, so that a rebuild, which applies the same records to an
/// empty database, gives the same rows.
/// </summary>
/// <remarks>Used by one thread at a time: the committer, or a rebuild.</remarks>
public sealed partial class SiteWriter
{
    private const int MaxRememberedKeys = 10_000;

    private readonly SqliteSession _session;
    private readonly Dictionary<DatasetId, long> _keys = [];
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    /// <summary>Writes through a session with a current schema, for exclusive use.</summary>
    public SiteWriter(SqliteSession session)
    {
        _session = session;
        Queries = new SiteQueries(session);
        AppliedSequence = Queries.AppliedSequence();
    }

    /// <summary>Queries of the current state, including changes of the open transaction.</summary>
    public SiteQueries Queries { get; }

    /// <summary>The sequence number of the last record in the database.</summary>
    public long AppliedSequence { get; private set; }

    /// <summary>Reads the applied sequence again, after rows were loaded without this writer.</summary>
    public void Refresh() => DeleteBlob(Queries.AppliedSequence());

    public void Begin() => _session.Begin();

    /// <summary>Commits the transaction of a group; readers see all of it at once.</summary>
    public void Commit()
    {
        Run("UPDATE site_state SET value = $1 WHERE name = 'applied'", AppliedSequence);
        _session.Commit();
    }

    public void Rollback()
    {
        _session.RollbackIfOpen();
        DeleteBlob(Queries.AppliedSequence());
    }

    public void BeginOperation() => _session.Savepoint();

    /// <summary>Releases the savepoint and keeps the operation's changes.</summary>
    public void CommitOperation() => _session.ReleaseSavepoint();

    /// <summary>Rolls back the operation; the rest of the group remains.</summary>
    /// <param name="appliedSequence">The value of <see cref="AppliedSequence"/> before the operation.</param>
    public void UndoOperation(long appliedSequence)
    {
        _session.RollbackToSavepoint();
        DeleteBlob(appliedSequence);
    }

    /// <summary>Applies one record. Records at or below <see cref="AppliedSequence"/> are refused: they would count twice.</summary>
    /// <param name="line">Its JSON line in the journal, without the line feed, for the event.</param>
    public void Apply(JournalRecord record, ReadOnlySpan<byte> line)
    {
        if (record.Sequence <= AppliedSequence)
        {
            throw new InvalidOperationException(
                $"Record {record.Sequence} comes after {AppliedSequence}: records are applied once and in order.");
        }

        switch (record)
        {
            case JournalRecord.EntryPut put: PutEntry(put); break;
            case JournalRecord.EntryRemoved removed: RemoveEntry(removed); break;
            case JournalRecord.DatasetCreated created: CreateDataset(created); break;
            case JournalRecord.DatasetDescribed described: DescribeDataset(described); break;
            case JournalRecord.DatasetClosed closed: CloseDataset(closed); break;
            case JournalRecord.DatasetTrashed trashed: TrashDataset(trashed); break;
            case JournalRecord.DatasetRestored restored: RestoreDataset(restored); break;
            case JournalRecord.DatasetEnded ended: EndDataset(ended); break;
            case JournalRecord.PurgeCompleted completed: CompletePurge(completed); break;
            case JournalRecord.MetadataSet metadata: SetMetadata(metadata); break;
            case JournalRecord.SnapshotTaken snapshot: TakeSnapshot(snapshot); break;
            case JournalRecord.SnapshotDropped dropped: DropSnapshot(dropped); break;
            case JournalRecord.SnapshotLeftOut left: LeaveSnapshotOut(left); break;
            case JournalRecord.TagSet tag: SetTag(tag); break;
            case JournalRecord.TagRemoved tag: RemoveTag(tag); break;
            case JournalRecord.BlobAssembled blob: AssembleBlob(blob); break;
            case JournalRecord.BlobForgotten blob: DeleteBlob(blob); break;
            case JournalRecord.SessionStarted session: StartSession(session); break;
            case JournalRecord.SessionExtended session: ExtendSession(session); break;
            case JournalRecord.SessionBlobs blobs: AddSessionBlobs(blobs); break;
            case JournalRecord.SessionExtent extent: AddSessionExtent(extent); break;
            case JournalRecord.SessionUploadDropped upload: DropSessionUpload(upload); break;
            case JournalRecord.SessionEnded session: EndSession(session); break;
            case JournalRecord.UploadStarted upload: StartUpload(upload); break;
            case JournalRecord.UploadPartStored part: StorePart(part); break;
            case JournalRecord.UploadEnded upload: EndUpload(upload); break;
            case JournalRecord.SettingSet setting: Set(setting); break;
            case JournalRecord.DatasetExpirySet expiry: SetExpiry(expiry); break;
            case JournalRecord.DatasetBeingKept being: SetBeingKept(being); break;
            case JournalRecord.RunStarted run: StartRun(run); break;
            case JournalRecord.RunFinished run: FinishRun(run); break;
            case JournalRecord.RunAttempted run: SetAttempt(run); break;
            case JournalRecord.RunPartSet part: SetPart(part); break;
            case JournalRecord.RunCopied run: CopyRun(run); break;
            case JournalRecord.ProgramSwitched program: Switch(program); break;
            case JournalRecord.ProgramsWanted programs: Want(programs); break;
            case JournalRecord.ProgramsDue programs: AddDue(programs); break;
            case JournalRecord.ProgramDropped program: Drop(program); break;
            case JournalRecord.ProgramSent program: Send(program); break;
            case JournalRecord.RunHandedOver run: HandOver(run); break;
            case JournalRecord.RunCompared compared: AddStatement(compared); break;
            case JournalRecord.ResultRow row: AddResult(row); break;
            case JournalRecord.Checkpoint checkpoint: SetCheckpoint(checkpoint); break;
            case JournalRecord.QuotaSet quota: SetQuota(quota); break;
            case JournalRecord.UsageNoted usage: NoteUsage(usage); break;
            case JournalRecord.BudgetSet budget: SetBudget(budget); break;
            case JournalRecord.FolderSet folder: SetFolder(folder); break;
            case JournalRecord.FileRegistered file: RegisterFile(file); break;
            case JournalRecord.FileVanished file: LoseFile(file); break;
            case JournalRecord.RepositorySet repository: SetRepository(repository); break;
            case JournalRecord.KeysHeld keys: StoreKeys(keys); break;
            case JournalRecord.KeysDropped keys: DropKeys(keys); break;
            case JournalRecord.CopyCompleted copy: CompleteCopy(copy); break;
            case JournalRecord.HomeReleased home: ReleaseHome(home); break;
            case JournalRecord.HomeTaken home: SetHome(home); break;
            case JournalRecord.CopyHeld held: SetHold(held); break;
            case JournalRecord.EvictionSet eviction: SetEviction(eviction); break;
            case JournalRecord.RetentionTold: break;
            case JournalRecord.MessagePublished: break;
            case JournalRecord.SegmentRetired: break;
            case JournalRecord.TemporaryDropped dropped: DropTemporary(dropped); break;
            default: throw new InvalidOperationException($"No rule applies {record.GetType().Name} to the database.");
        }

        AddEvent(record, line);
        AppliedSequence = record.Sequence;
    }

    private void DeleteBlob(long appliedSequence)
    {
        AppliedSequence = appliedSequence;
        _keys.Clear();
    }

    /// <summary>Returns the key of a dataset that must exist, since its record came earlier.</summary>
    private long Key(DatasetId id)
    {
        if (!_keys.TryGetValue(id, out long key))
        {
            key = Queries.DatasetKey(id) ?? throw new InvalidOperationException($"Dataset {id} has no record before this one.");
            if (_keys.Count >= MaxRememberedKeys)
            {
                _keys.Clear();
            }

            _keys.Add(id, key);
        }

        return key;
    }

    private int Run(string sql, params ReadOnlySpan<object?> values) => _session.Prepared(sql).Run(values);
}
