using System.Buffers;
using System.Collections.Concurrent;

namespace Hutch.Site.Write.Committing;

/// <summary>
/// The state that a request sees while it decides: the records as they will be once everything before it in the group is committed. Its
/// emitted records are applied at once, so that the next request of the group sees them.
/// </summary>
/// <remarks>For the committer's single loop only; a request must not keep it.</remarks>
public sealed class CommitContext : IDisposable
{
    private readonly SiteWriter _records;
    private readonly Func<MemberKey, bool> _isStored;
    private readonly Func<LargeBlob, bool> _isWhole;
    private readonly Action<LargeBlob> _assembled;
    private readonly Action<MemberKey> _relied;
    private readonly RecordLineWriter _lines = new();
    private readonly ArrayBufferWriter<byte> _journal = new(64 * 1024);
    private readonly List<JournalRecord> _emitted = [];
    private readonly Dictionary<DatasetId, SiteDataset> _datasets = [];
    private readonly QuotaLedger _quotas;
    private readonly Func<DatasetId, SiteDataset?> _find;
    private bool _expiredEarly;
    private readonly ConcurrentDictionary<DatasetId, int> _held = new();
    private HutchError? _notHome;

    internal CommitContext(
        SiteWriter records,
        Func<MemberKey, bool> isStored,
        Func<LargeBlob, bool> isWhole,
        Action<LargeBlob> assembled,
        Action<MemberKey> relied)
    {
        _records = records;
        _isStored = isStored;
        _isWhole = isWhole;
        _assembled = assembled;
        _relied = relied;
        _quotas = new QuotaLedger(records.Queries);
        _find = id => Dataset(id).TryGet(out SiteDataset? dataset, out _) ? dataset : null;
    }

    /// <summary>The time of the group: milliseconds since 1970.</summary>
    public long Now { get; private set; }

    /// <summary>The records, with what this group has emitted so far.</summary>
    public SiteQueries Queries => _records.Queries;

    /// <summary>The sequence number of the last record emitted.</summary>
    public long Sequence { get; private set; }

    internal IReadOnlyList<JournalRecord> Emitted => _emitted;

    internal ReadOnlyMemory<byte> Journal => _journal.WrittenMemory;

    public Result<SiteDataset> Dataset(DatasetId id)
    {
        if (_datasets.TryGetValue(id, out SiteDataset? known))
        {
            return known;
        }

        if (Queries.Dataset(id) is not { } dataset)
        {
            return ErrorCode.NotFound.With($"There is no dataset {id} at this site.");
        }

        if (_datasets.Count >= 10_000)
        {
            _datasets.Clear();
        }

        _datasets[id] = dataset;
        return dataset;
    }

    /// <summary>Returns a dataset whose head may change, or a refusal with the reason.</summary>
    public Result<SiteDataset> WritableDataset(DatasetId id) => Dataset(id).Then(DatasetState.RequireWritable);

    /// <summary>Returns a dataset whose head an author may change, or a refusal with the reason.</summary>
    public Result<SiteDataset> WritableDataset(DatasetId id, string by) =>
        Dataset(id).Then(dataset => DatasetState.RequireWritable(dataset, by));

    /// <summary>
    /// Returns a dataset whose files people may change, or a refusal with the reason. Those of a program come from the attempts of its run
    /// alone until it is done, and those of a rerun for ever: a site signs that the program has computed them.
    /// </summary>
    public Result<SiteDataset> OwnDataset(DatasetId id) => WritableDataset(id).Then<SiteDataset>(dataset =>
        dataset.Origin != DatasetOrigin.Original && Queries.OnlyWriterOf(id) is { } run
            ? (ErrorCode.Conflict with { Advice = "Derive a dataset from it, and change that one." }).With(
                $"'{dataset.Owner}/{dataset.Slug}' has the results of the run {run:N}, which only that run writes. Those of a run that "
                + "is done can be changed, unless it was a rerun.")
            : dataset);

    /// <summary>Returns a dataset that is not closed, whatever the source of its files, or a refusal with the reason.</summary>
    public Result<SiteDataset> OpenDataset(DatasetId id) => Dataset(id).Then(DatasetState.RequireOpen);

    /// <summary>
    /// Returns true if a blob is stored undamaged in a lane that lasts. It then stays, whatever a running collection has found, so that
    /// this request may name it.
    /// </summary>
    public bool RelyOn(BlobHash hash)
    {
        if (_isStored(MemberKey.Blob(hash)))
        {
            return true;
        }

        if (Queries.LargeBlob(hash) is not { } large || !_isWhole(large))
        {
            return false;
        }

        _assembled(large);
        return true;
    }

    /// <summary>
    /// Records that this request names a member that it found stored, such as an extent of an unfinished upload. The member stays, whatever
    /// a running collection has found.
    /// </summary>
    public void RelyOn(MemberKey key) => _relied(key);

    /// <summary>Emits a record: numbers it and applies it to the database. It is part of the journal once the group is committed.</summary>
    /// <param name="replaced">The replaced or removed entry, so that quotas are counted exactly.</param>
    public void Emit(JournalRecord record, Entry? replaced = null)
    {
        if (_notHome is null && HomeRule.ChangedBy(record) is { } changed)
        {
            _notHome = Dataset(changed) is { IsOk: true, Value.Copy: not null } copy ? HomeRule.Refusal(copy.Value)
                : _held.GetValueOrDefault(changed) > 0 && !HomeRule.IsCompaction(record) ? HomeRule.Moves
                : null;
        }

        EmitOfHome(record, replaced);
    }

    /// <summary>Makes writers of a dataset wait, until it was released as often; thread-safe.</summary>
    internal void Pause(DatasetId dataset) => _held.AddOrUpdate(dataset, 1, static (_, holds) => holds + 1);

    /// <summary>Releases writers that were made to wait.</summary>
    internal void LetGo(DatasetId dataset)
    {
        if (_held.AddOrUpdate(dataset, 0, static (_, holds) => holds - 1) == 0)
        {
            _held.TryRemove(KeyValuePair.Create(dataset, 0));
        }
    }

    internal void EmitOfHome(JournalRecord record, Entry? replaced = null)
    {
        _quotas.Apply(record, replaced, _find);
        if (record is JournalRecord.BlobAssembled again && Queries.LargeBlob(again.Hash) is { } present && !_isWhole(present))
        {
            // The stored blob of this hash is damaged or gone: it must not take precedence over the new copy.
            Add(new JournalRecord.BlobForgotten(again.Hash));
        }

        Add(record);
        if (record is JournalRecord.BlobAssembled assembled && Queries.LargeBlob(assembled.Hash) is { } standing)
        {
            _expiredEarly |= standing.Expires is not null && !_isWhole(standing);
            _assembled(standing);
        }
    }

    /// <summary>Returns null if the request stays within the quotas of the owners that it touches; otherwise the refusal.</summary>
    internal HutchError? CheckQuotas() => _quotas.Check();

    /// <summary>Returns null if this site is the home of all datasets that the request changes; otherwise the refusal.</summary>
    internal HutchError? CheckHome() => _notHome;

    /// <summary>
    /// Returns null if all temporary bytes that a request names are present; otherwise the refusal. The first bytes of a long upload may
    /// have made room for newer data before its last byte came.
    /// </summary>
    internal HutchError? CheckBytes() => _expiredEarly ? EarlyExpiry.OfUpload : null;

    internal void AcceptRequest()
    {
        _quotas.Commit();
        _expiredEarly = false;
        _notHome = null;
    }

    private void Add(JournalRecord record)
    {
        JournalRecord numbered = record with { Sequence = ++Sequence, Time = Now };
        int start = _journal.WrittenCount;
        _lines.Write(_journal, numbered);
        _records.Apply(numbered, _journal.WrittenSpan[start..^1]);
        _emitted.Add(numbered);
        Invalidate(numbered);
    }

    internal void BeginGroup(long lastSequence, long now)
    {
        Sequence = lastSequence;
        Now = now;
        _journal.ResetWrittenCount();
        _emitted.Clear();
    }

    internal Mark MarkRequest() => new(Sequence, _journal.WrittenCount, _emitted.Count);

    internal void Undo(Mark mark)
    {
        _expiredEarly = false;
        _notHome = null;
        _quotas.Undo();
        Sequence = mark.Sequence;
        if (_journal.WrittenCount > mark.JournalBytes)
        {
            byte[] retained = _journal.WrittenSpan[..mark.JournalBytes].ToArray();
            _journal.ResetWrittenCount();
            _journal.Write(retained);
        }

        _emitted.RemoveRange(mark.Records, _emitted.Count - mark.Records);
        _datasets.Clear();
    }

    internal void DiscardGroup()
    {
        _quotas.Rollback();
        _datasets.Clear();
        _emitted.Clear();
    }

    public void Dispose() => _lines.Dispose();

    private void Invalidate(JournalRecord record)
    {
        if (record is not (JournalRecord.EntryPut or JournalRecord.EntryRemoved or JournalRecord.ResultRow
            or JournalRecord.FileRegistered or JournalRecord.FileVanished or JournalRecord.KeysHeld))
        {
            _datasets.Clear();
        }
    }

    internal readonly record struct Mark(long Sequence, int JournalBytes, int Records);
}
