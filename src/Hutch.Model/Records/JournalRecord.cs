using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

/// <summary>
/// A change at a site: one JSON line of the journal. The records of a site, applied in the order of their sequence numbers, are its
/// complete state; <c>site.db</c> is a view of them.
/// </summary>
/// <remarks>
/// The hierarchy is closed. A released kind never changes its name or meaning; new facts are new optional fields or new kinds.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "k")]
[JsonDerivedType(typeof(DatasetCreated), "dataset.created")]
[JsonDerivedType(typeof(DatasetDescribed), "dataset.described")]
[JsonDerivedType(typeof(DatasetClosed), "dataset.closed")]
[JsonDerivedType(typeof(DatasetTrashed), "dataset.trashed")]
[JsonDerivedType(typeof(DatasetRestored), "dataset.restored")]
[JsonDerivedType(typeof(DatasetEnded), "dataset.ended")]
[JsonDerivedType(typeof(PurgeCompleted), "purge.completed")]
[JsonDerivedType(typeof(MetadataSet), "metadata.set")]
[JsonDerivedType(typeof(EntryPut), "entry.put")]
[JsonDerivedType(typeof(EntryRemoved), "entry.removed")]
[JsonDerivedType(typeof(SnapshotTaken), "snapshot.taken")]
[JsonDerivedType(typeof(SnapshotDropped), "snapshot.dropped")]
[JsonDerivedType(typeof(SnapshotLeftOut), "snapshot.left-out")]
[JsonDerivedType(typeof(TagSet), "tag.set")]
[JsonDerivedType(typeof(TagRemoved), "tag.removed")]
[JsonDerivedType(typeof(BlobAssembled), "blob.assembled")]
[JsonDerivedType(typeof(BlobForgotten), "blob.forgotten")]
[JsonDerivedType(typeof(SessionStarted), "session.started")]
[JsonDerivedType(typeof(SessionExtended), "session.extended")]
[JsonDerivedType(typeof(SessionBlobs), "session.blobs")]
[JsonDerivedType(typeof(SessionExtent), "session.extent")]
[JsonDerivedType(typeof(SessionUploadDropped), "session.upload-dropped")]
[JsonDerivedType(typeof(SessionEnded), "session.ended")]
[JsonDerivedType(typeof(UploadStarted), "upload.started")]
[JsonDerivedType(typeof(UploadPartStored), "upload.part")]
[JsonDerivedType(typeof(UploadEnded), "upload.ended")]
[JsonDerivedType(typeof(SettingSet), "setting.set")]
[JsonDerivedType(typeof(DatasetExpirySet), "dataset.expiry-set")]
[JsonDerivedType(typeof(DatasetBeingKept), "dataset.being-kept")]
[JsonDerivedType(typeof(RunStarted), "run.started")]
[JsonDerivedType(typeof(RunFinished), "run.finished")]
[JsonDerivedType(typeof(RunCopied), "run.copied")]
[JsonDerivedType(typeof(ResultRow), "result.row")]
[JsonDerivedType(typeof(MessagePublished), "message.published")]
[JsonDerivedType(typeof(QuotaSet), "quota.set")]
[JsonDerivedType(typeof(UsageNoted), "usage.noted")]
[JsonDerivedType(typeof(FolderSet), "folder.set")]
[JsonDerivedType(typeof(FileRegistered), "file.registered")]
[JsonDerivedType(typeof(FileVanished), "file.vanished")]
[JsonDerivedType(typeof(RetentionTold), "retention.told")]
[JsonDerivedType(typeof(RepositorySet), "repository.set")]
[JsonDerivedType(typeof(KeysHeld), "keys.held")]
[JsonDerivedType(typeof(KeysDropped), "keys.dropped")]
[JsonDerivedType(typeof(CopyCompleted), "copy.complete")]
[JsonDerivedType(typeof(HomeReleased), "home.released")]
[JsonDerivedType(typeof(HomeTaken), "home.taken")]
[JsonDerivedType(typeof(CopyHeld), "copy.held")]
[JsonDerivedType(typeof(EvictionSet), "eviction.set")]
[JsonDerivedType(typeof(Checkpoint), "checkpoint")]
[JsonDerivedType(typeof(SegmentRetired), "segment.retired")]
[JsonDerivedType(typeof(TemporaryDropped), "temporary.dropped")]
public abstract partial record JournalRecord
{
    /// <summary>The position in the order of all changes at this site, from 1; gaps are allowed.</summary>
    [JsonIgnore]
    public long Sequence { get; init; }

    /// <summary>The time of the commit, in milliseconds since 1970-01-01T00:00:00Z.</summary>
    [JsonPropertyName("ms")]
    [JsonPropertyOrder(-1)]
    public long Time { get; init; }

    /// <summary>The time of the change at the home of a dataset of which this site has a copy; null for changes here.</summary>
    [JsonPropertyName("at")]
    [JsonPropertyOrder(-1)]
    public long? AtHome { get; init; }

    /// <summary>The time of the change, here or at the home of the dataset.</summary>
    [JsonIgnore]
    public long Happened => AtHome ?? Time;

    /// <summary>Reads the sequence number. <see cref="RecordLineWriter"/> writes it before all other keys.</summary>
    [JsonInclude]
    [JsonPropertyName("seq")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    internal long ReadSequence
    {
        get => 0;
        init => Sequence = value;
    }
}
