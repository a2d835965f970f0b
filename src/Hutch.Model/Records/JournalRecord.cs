using Hutch.Model.Analyses;

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
[JsonDerivedType(typeof(RunAttempted), "run.attempted")]
[JsonDerivedType(typeof(RunPartSet), "run.part")]
[JsonDerivedType(typeof(RunCopied), "run.copied")]
[JsonDerivedType(typeof(ProgramSwitched), "program.switched")]
[JsonDerivedType(typeof(ProgramsWanted), "program.wanted")]
[JsonDerivedType(typeof(ProgramsDue), "program.due")]
[JsonDerivedType(typeof(ProgramDropped), "program.dropped")]
[JsonDerivedType(typeof(ProgramSent), "program.sent")]
[JsonDerivedType(typeof(RunHandedOver), "run.handed-over")]
[JsonDerivedType(typeof(RunCompared), "run.compared")]
[JsonDerivedType(typeof(ResultRow), "result.row")]
[JsonDerivedType(typeof(MessagePublished), "message.published")]
[JsonDerivedType(typeof(QuotaSet), "quota.set")]
[JsonDerivedType(typeof(UsageNoted), "usage.noted")]
[JsonDerivedType(typeof(BudgetSet), "budget.set")]
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
public abstract record JournalRecord
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

    /// <summary>
    /// A dataset was created; or a copy that had ended at its site began again. <c>Owner</c> and <c>Slug</c> are copies of the zone's data,
    /// for salvage without the zone.
    /// </summary>
    /// <param name="Type">The type, such as <c>generic</c> or <c>mx/rotation</c>.</param>
    /// <param name="Origin">Original, derived or following.</param>
    /// <param name="Parents">The parents in order; empty for an original.</param>
    /// <param name="Root">The initial tree; the empty tree unless entries were copied by reference.</param>
    /// <param name="ExpiresMilliseconds">The time when its bytes expire, for data that is temporary from its start.</param>
    /// <param name="GitRule">
    /// The version of the rule that maps its files to git; null for rule 1, in records from before there was a choice.
    /// </param>
    public sealed record DatasetCreated(
        DatasetId Dataset,
        string Owner,
        string Slug,
        string? Title,
        string Type,
        DatasetOrigin Origin,
        string By,
        IReadOnlyList<VersionReference> Parents,
        TreeReference Root,
        long? ExpiresMilliseconds,
        int? GitRule = null) : JournalRecord;

    /// <summary>The name, title or type of a dataset changed; null leaves a value unchanged.</summary>
    public sealed record DatasetDescribed(
        DatasetId Dataset, string? Owner, string? Slug, string? Title, string? Type, string By) : JournalRecord;

    /// <summary>A dataset was closed at its snapshot <c>Number</c>: its contents do not change any more.</summary>
    public sealed record DatasetClosed(DatasetId Dataset, long Number, string By) : JournalRecord;

    /// <summary>A dataset was put in the trash, from which it can be restored until the given time.</summary>
    public sealed record DatasetTrashed(DatasetId Dataset, long UntilMilliseconds, string By) : JournalRecord;

    /// <param name="Here">
    /// True for a copy that a user at its site restored, regardless of its home: it stays until a user puts it in the trash here.
    /// </param>
    public sealed record DatasetRestored(DatasetId Dataset, string By, bool? Here = null) : JournalRecord;

    /// <summary>The bytes of a dataset ended; its record stays.</summary>
    /// <param name="Way">The way: expiry, the end of its time in the trash, or purge.</param>
    /// <param name="By">The user who requested it; null for an automatic end.</param>
    public sealed record DatasetEnded(DatasetId Dataset, DatasetEnd Way, string? Reason, string? By) : JournalRecord;

    /// <summary>Segments contain nothing of a purged dataset any more, except its record.</summary>
    public sealed record PurgeCompleted(DatasetId Dataset) : JournalRecord;

    /// <summary>The user's metadata document was replaced; it is stored exactly as received.</summary>
    public sealed record MetadataSet(DatasetId Dataset, long Version, JsonElement Document, string By) : JournalRecord;

    /// <summary>A file, link or empty directory was put at a path of an open dataset.</summary>
    public sealed record EntryPut(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path,
        [property: JsonPropertyName("e")] Entry Entry) : JournalRecord;

    public sealed record EntryRemoved(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path) : JournalRecord;

    /// <summary>The overlay up to <c>Through</c> was merged into a tree, or a push replaced the head: a new snapshot.</summary>
    /// <param name="Number">The number in its dataset, from 1.</param>
    /// <param name="Parent">The number of the previous snapshot; null for the first.</param>
    /// <param name="Through">Overlay rows up to this sequence number are now part of the tree.</param>
    /// <param name="Replaced">
    /// The bytes that the previous snapshot keeps: those of files that this one lacks or has with other content, and of as many tree pages
    /// as this one made. Null in records of earlier releases.
    /// </param>
    public sealed record SnapshotTaken(
        DatasetId Dataset,
        long Number,
        TreeReference Root,
        long? Parent,
        long Through,
        SnapshotReason Reason,
        string By,
        string? Message,
        long? Replaced = null) : JournalRecord;

    public sealed record SnapshotDropped(DatasetId Dataset, long Number) : JournalRecord;

    /// <summary>The home of a copy dropped an automatic snapshot, or has it again. Here it stays until its time is over.</summary>
    /// <param name="UntilMilliseconds">
    /// The time from which it can be dropped here, in milliseconds since 1970; null if the home has it again.
    /// </param>
    public sealed record SnapshotLeftOut(DatasetId Dataset, long Number, long? UntilMilliseconds) : JournalRecord;

    public sealed record TagSet(DatasetId Dataset, string Tag, long Number, string By) : JournalRecord;

    public sealed record TagRemoved(DatasetId Dataset, string Tag, string By) : JournalRecord;

    /// <summary>
    /// An upload of a file in parts began. Parts can come in any order and in parallel; the file gets its name when all have arrived.
    /// </summary>
    /// <param name="Attributes">The attributes of the new file; its hash and size have no meaning yet.</param>
    /// <param name="Checksum">The chosen checksum in the door's terms; null for none.</param>
    public sealed record UploadStarted(
        Guid Upload, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string By) : JournalRecord;

    /// <summary>A part was received; it replaces an earlier part of the same number.</summary>
    /// <param name="Number">The position among the parts, from 1; gaps are allowed.</param>
    /// <param name="Part">Begins the names of its extents, and distinguishes it from an earlier part of its number.</param>
    /// <param name="Extents">The extents in order, without gaps, with offsets from the beginning of the part.</param>
    /// <param name="Checksum">The checksum in the door's terms; null for none.</param>
    /// <param name="ExpiresMilliseconds">The time when its bytes expire; null if they last.</param>
    public sealed record UploadPartStored(
        Guid Upload, int Number, Guid Part, long Size, IReadOnlyList<Extent> Extents,
        string? Checksum, long? ExpiresMilliseconds) : JournalRecord;

    public sealed record UploadEnded(Guid Upload) : JournalRecord;

    /// <summary>A door's setting for a dataset, such as rules or tags, was changed. Null deletes it.</summary>
    /// <param name="Value">The value in the door's terms.</param>
    public sealed record SettingSet(DatasetId Dataset, string Name, string? Value, string By) : JournalRecord;

    /// <summary>The expiry of a dataset's bytes was set or moved. Only for data that was temporary before its first byte.</summary>
    /// <param name="ExpiresMilliseconds">The time when all present data will have expired; null for permanent data.</param>
    /// <param name="Days">
    /// The number of days for which each file is retained after its upload: the expiry moves with each day that has an upload.
    /// </param>
    public sealed record DatasetExpirySet(DatasetId Dataset, long? ExpiresMilliseconds, int? Days, string By) : JournalRecord;

    /// <summary>
    /// A temporary dataset is being copied to permanent storage. Data written during this time, at any server, is permanent.
    /// <see cref="DatasetExpirySet"/> records that the whole dataset is permanent.
    /// </summary>
    /// <param name="Keeping">Distinguishes this conversion from an earlier one.</param>
    /// <param name="UntilMilliseconds">The end of its lease unless extended; null if it was abandoned.</param>
    public sealed record DatasetBeingKept(DatasetId Dataset, Guid Keeping, long? UntilMilliseconds) : JournalRecord;

    /// <param name="Hash">The SHA-256 of all bytes, verified.</param>
    /// <param name="Extents">The extents in order, without gaps.</param>
    /// <param name="ExpiresMilliseconds">
    /// The time when the extents expire; null if they last. A permanent copy replaces a temporary one.
    /// </param>
    public sealed record BlobAssembled(
        BlobHash Hash, long Size, Guid Upload, IReadOnlyList<Extent> Extents, long? ExpiresMilliseconds = null) : JournalRecord;

    /// <summary>Nothing references this large blob any more; its extents are garbage.</summary>
    public sealed record BlobForgotten(BlobHash Hash) : JournalRecord;

    /// <summary>A push session began; or the transfer of a copy, of a dataset that this site may not have yet.</summary>
    public sealed record SessionStarted(
        Guid Session, DatasetId Dataset, string By, long? Base, long ExpiresMilliseconds, bool? IsCopy = null) : JournalRecord;

    /// <summary>The lease of an active push was extended.</summary>
    public sealed record SessionExtended(Guid Session, long ExpiresMilliseconds) : JournalRecord;

    /// <summary>
    /// From now on the session can reference these blobs: it uploaded them, or can read them in the target or its parents.
    /// </summary>
    /// <param name="Bytes">The bytes of these blobs if it uploaded them; null if it found them, and in records of earlier releases.</param>
    public sealed record SessionBlobs(Guid Session, IReadOnlyList<BlobHash> Hashes, long? Bytes = null) : JournalRecord;

    /// <summary>A part of a large upload is durable; a broken upload resumes after it.</summary>
    public sealed record SessionExtent(Guid Session, BlobHash Hash, long Size, Guid Upload, Extent Extent) : JournalRecord;

    /// <summary>The received bytes of a large blob did not match its hash; the upload begins again.</summary>
    public sealed record SessionUploadDropped(Guid Session, BlobHash Hash) : JournalRecord;

    /// <summary>A push was committed or abandoned, or it expired.</summary>
    public sealed record SessionEnded(Guid Session) : JournalRecord;

    /// <summary>The records up to <c>Through</c> are available as rows in the blobs <c>Parts</c>: a rebuild starts from them.</summary>
    /// <param name="Through">The last sequence number that the rows include.</param>
    /// <param name="Parts">Blobs of JSON lines, in order.</param>
    /// <param name="EventsFrom">Events before this sequence number are deleted.</param>
    public sealed record Checkpoint(long Through, IReadOnlyList<BlobHash> Parts, long EventsFrom) : JournalRecord;

    /// <summary>All live data was copied out of a segment. The file can be deleted with its journal, which a checkpoint replaces.</summary>
    /// <param name="Through">The last sequence number in its journal; 0 if it has none.</param>
    public sealed record SegmentRetired(long Segment, long Through = 0) : JournalRecord;

    /// <summary>A segment of temporary data was deleted early, oldest first, for space; its group's records forget its blobs.</summary>
    /// <param name="Until">The last day for which its data were to be retained.</param>
    /// <param name="Files">The number of file contents that ended with it.</param>
    public sealed record TemporaryDropped(long Segment, DateOnly Until, long Files, long Bytes) : JournalRecord;

    /// <summary>The files of a dataset stay in this folder of the facility from now on. Repeated when the folder moves.</summary>
    /// <param name="Folder">The absolute path on the machine of the site.</param>
    /// <param name="Identity">An identity of the folder that survives renames and moves; null if there is none.</param>
    public sealed record FolderSet(DatasetId Dataset, string Folder, string? Identity, string By) : JournalRecord;

    /// <summary>A file in the folder of a dataset was found or hashed, in its state at one moment.</summary>
    /// <param name="Name">The hash of its bytes; before they are hashed, an identifier of this version of the file.</param>
    /// <param name="Stamp">The file system's attributes of the file.</param>
    /// <param name="Hashed">True if its bytes were read and have the hash <c>Name</c>.</param>
    public sealed record FileRegistered(DatasetId Dataset, DatasetPath Path, BlobHash Name, FileStamp Stamp, bool Hashed) : JournalRecord;

    public sealed record FileVanished(DatasetId Dataset, DatasetPath Path) : JournalRecord;

    /// <summary>People were notified of the retention of a dataset's files. It changes nothing, but followers of events see it.</summary>
    /// <param name="End">The end of the files' retention, in the future or past.</param>
    /// <param name="Before">The reminder, such as <c>7d</c>; null for the end.</param>
    public sealed record RetentionTold(DatasetId Dataset, DateTimeOffset End, string? Before) : JournalRecord;

    /// <summary>The quota of an owner was changed; null for no limit.</summary>
    /// <param name="Bytes">The most bytes of all files.</param>
    /// <param name="Entries">The most files, links and empty directories.</param>
    public sealed record QuotaSet(string Owner, long? Bytes, long? Entries, string By) : JournalRecord;

    /// <summary>The budget of processor time of an owner was changed.</summary>
    /// <param name="CoreSeconds">The most seconds, each of one core; null for no limit.</param>
    /// <param name="Monthly">True for a limit of each month in UTC; false for one of all time.</param>
    public sealed record BudgetSet(string Owner, long? CoreSeconds, bool Monthly, string By) : JournalRecord;

    /// <param name="Day">The day in UTC, such as <c>20261120</c>.</param>
    public sealed record UsageNoted(int Day, IReadOnlyList<OwnerHolding> Owners) : JournalRecord;

    /// <summary>
    /// The git repository of a dataset was changed. Its refs and objects are a tree in addition to the head, laid out as a bare repository.
    /// </summary>
    /// <param name="Through">Content received up to this sequence number is in the head at the paths of its files.</param>
    public sealed record RepositorySet(DatasetId Dataset, TreeReference Root, long Through, string By) : JournalRecord;

    /// <summary>Content for git-annex keys was received and verified. The dataset retains it, whether or not a version names it.</summary>
    public sealed record KeysHeld(DatasetId Dataset, IReadOnlyList<StoredKey> Keys, string By) : JournalRecord;

    /// <summary>The dataset no longer retains the content of keys that nothing had referenced for a long time.</summary>
    /// <param name="Names">The keys without their extensions.</param>
    public sealed record KeysDropped(DatasetId Dataset, IReadOnlyList<string> Names, string By) : JournalRecord;

    /// <summary>
    /// All data of a dataset's history is here and verified; the earlier records of this group gave the dataset the history's state. From
    /// now on this site has a copy, and only its home changes the dataset.
    /// </summary>
    /// <param name="Home">The fingerprint of the home's key.</param>
    /// <param name="History">The SHA-256 of the history, which is a blob here.</param>
    public sealed record CopyCompleted(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History) : JournalRecord;

    /// <summary>
    /// This site released the home, before it notifies any other site: from now on it has a copy and accepts no writes. The record is
    /// repeated with another site if that is to be the next home instead.
    /// </summary>
    /// <param name="Home">The fingerprint of this site's key.</param>
    /// <param name="History">The SHA-256 of a history with everything that it has accepted, which is a blob here.</param>
    public sealed record HomeReleased(DatasetId Dataset, BlobHash Home, long Epoch, BlobHash History, string To) : JournalRecord;

    /// <summary>This site is the home from now on: the previous home released it, and everything that it had accepted is here.</summary>
    public sealed record HomeTaken(DatasetId Dataset, long Epoch) : JournalRecord;

    /// <summary>
    /// This site holds its copy until the home releases it, because the home may now evict its own bytes. Otherwise, only the end of the
    /// dataset at its home or a purge here ends the hold.
    /// </summary>
    /// <param name="Nonce">The nonce of the home's request; null ends the hold.</param>
    /// <param name="Home">The fingerprint of the home's key; null ends the hold.</param>
    public sealed record CopyHeld(DatasetId Dataset, BlobHash? Nonce, BlobHash? Home) : JournalRecord;

    /// <summary>The new state of an eviction or recall by this site as the home.</summary>
    /// <param name="Eviction">The state; null if all bytes are here and no site holds any for this site.</param>
    public sealed record EvictionSet(DatasetId Dataset, Eviction? Eviction) : JournalRecord;

    /// <summary>A run began: its program, parameters and inputs, and its user.</summary>
    public sealed record RunStarted(
        Guid Run, RunDescription Description, IReadOnlyList<VersionReference> Inputs, IReadOnlyList<DatasetId> Outputs) : JournalRecord;

    /// <param name="Inputs">
    /// The inputs if they were not known at the start: the versions of followed datasets. Null leaves them unchanged.
    /// </param>
    /// <param name="Frames">The number of result rows.</param>
    /// <param name="Failures">The number of result rows with an error.</param>
    public sealed record RunFinished(
        Guid Run, RunOutcome Outcome, string? Message, IReadOnlyList<VersionReference>? Inputs = null,
        long? Frames = null, long? Failures = null, SkippedFrames? Skipped = null) : JournalRecord;

    /// <summary>
    /// The new state of a run that an engine of the site executes: it waits, was handed to the engine, or a node claimed it. A run that had
    /// ended has not ended any more.
    /// </summary>
    public sealed record RunAttempted(Guid Run, RunAttempt Attempt) : JournalRecord;

    /// <summary>The new state of a part of a run: it began, or ended. A known part keeps its position in the order.</summary>
    public sealed record RunPartSet(Guid Run, RunPart Part) : JournalRecord;

    /// <summary>
    /// The complete state of a run, as the home of a dataset to which it wrote reports it. It replaces what was known of the run here. The
    /// run is not executed at this site.
    /// </summary>
    /// <param name="Started">The start, in milliseconds since 1970.</param>
    /// <param name="Finished">The end; null while it runs.</param>
    /// <param name="Outcome">The outcome in a word; null while it runs.</param>
    /// <param name="Frames">The number of result rows; null while it runs.</param>
    /// <param name="Failures">The number of result rows with an error; null while it runs.</param>
    public sealed record RunCopied(
        DatasetId Dataset, Guid Run, RunDescription Description, long Started, IReadOnlyList<VersionReference> Inputs,
        IReadOnlyList<DatasetId> Outputs, long? Finished, string? Outcome, string? Message, long? Frames, long? Failures,
        SkippedFrames? Skipped) : JournalRecord;

    /// <summary>An account switched a program on or off: its rule then starts it on the account's behalf.</summary>
    /// <param name="Dataset">The dataset; null for all datasets of the account.</param>
    /// <param name="Parameters">The parameters of its starts, an object; null for none.</param>
    public sealed record ProgramSwitched(
        string Program, string User, DatasetId? Dataset, bool IsOn, JsonElement? Parameters) : JournalRecord;

    /// <summary>
    /// A dataset was closed at its home, and programs are switched on for it; or a run published its results in it, and its user has
    /// switched on programs that may follow.
    /// </summary>
    /// <param name="Run">The run; null for the close.</param>
    public sealed record ProgramsWanted(DatasetId Dataset, Guid? Run = null) : JournalRecord;

    /// <summary>The programs that a rule starts on a dataset.</summary>
    /// <param name="Starts">The starts; a start whose key is known changes nothing.</param>
    /// <param name="OfClose">True for the answer to <see cref="ProgramsWanted"/> of a close.</param>
    /// <param name="AfterRun">The run whose <see cref="ProgramsWanted"/> it answers; null for none.</param>
    public sealed record ProgramsDue(
        DatasetId Dataset, IReadOnlyList<DueProgram> Starts, bool OfClose, Guid? AfterRun = null) : JournalRecord;

    /// <summary>A start that was due will not happen, for a reason that its user was sent.</summary>
    public sealed record ProgramDropped(DatasetId Dataset, string Program, string Rule, string Reason) : JournalRecord;

    /// <summary>
    /// A start that is due will happen at another site and at no other one. It is written before that site is asked, so that a repetition
    /// after a crash asks the same site.
    /// </summary>
    /// <param name="Site">The id of the site.</param>
    /// <param name="Snapshot">The version that the program reads there; null for the newest.</param>
    public sealed record ProgramSent(DatasetId Dataset, string Program, string Rule, string Site, long? Snapshot) : JournalRecord;

    /// <summary>Another site has started a run that was asked for here. A repetition has no effect.</summary>
    /// <param name="Run">The run there.</param>
    /// <param name="Dataset">The dataset that it reads.</param>
    /// <param name="Output">The dataset for its results, which is at home there.</param>
    /// <param name="Site">The id of the site.</param>
    /// <param name="SiteName">Its name at that time.</param>
    /// <param name="Rule">The rule whose start was due here; null for a person.</param>
    public sealed record RunHandedOver(
        Guid Run, DatasetId Dataset, DatasetId Output, string Program, string Version, string User, string Site, string SiteName,
        string? Rule) : JournalRecord;

    /// <summary>The results of a run were compared with those of the run that it repeats. A repetition has no effect.</summary>
    /// <param name="Run">The run that repeated another one.</param>
    /// <param name="Dataset">A dataset that keeps the statement: that of the results of either run.</param>
    /// <param name="Document">The statement, a JSON object as it was signed; null if they could not be compared.</param>
    /// <param name="Proof">The public key of the site that compared them, and its signature of the statement.</param>
    /// <param name="Reason">The reason why there is no statement; null if there is one.</param>
    public sealed record RunCompared(
        Guid Run, DatasetId Dataset, string? Document, string? Proof, string? Reason) : JournalRecord
    {
        /// <summary>The size for which it counts in the quota of the dataset's owner.</summary>
        [JsonIgnore]
        public long Bytes => (Document?.Length ?? 0) + (Proof?.Length ?? 0) + (Reason?.Length ?? 0);
    }

    /// <summary>The result of a run for one frame. A repetition for the same frame and run has no effect.</summary>
    /// <param name="Frame">The number of the frame, from 1.</param>
    public sealed record ResultRow(DatasetId Dataset, Guid Run, long Frame, JsonElement Row) : JournalRecord;

    /// <summary>A message was put into a queue of the bus inside the process.</summary>
    public sealed record MessagePublished(string Queue, IReadOnlyDictionary<string, string>? Headers, JsonElement Body) : JournalRecord;
}

/// <param name="Bytes">The bytes of all files.</param>
/// <param name="Entries">The number of files, links and empty directories.</param>
public sealed record OwnerHolding(string Owner, long Bytes, long Entries);

/// <summary>A git-annex key whose content is here.</summary>
/// <param name="Name">The key without its extension, which is independent of the content: <c>MD5-s2000--34eda8a3…</c>.</param>
public sealed record StoredKey(string Name, BlobHash Hash, long Size);
