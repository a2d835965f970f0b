using System.Globalization;
using System.Text;

namespace Hutch.Site.Write.Committing;

/// <summary>
/// The committer's account of the usage of owners with a quota. The committer checks it for every request, so that concurrent writes cannot
/// exceed together the limit that each alone respects. Owners without a quota cost nothing.
/// </summary>
/// <remarks>
/// For the committer's single loop only. Every change of a request is noted before it is applied. When the request is decided the sum is
/// compared with the quota, and kept or discarded with the request. Uncertain amounts are counted too high, never too low, until the next
/// compaction.
/// </remarks>
internal sealed class QuotaLedger(SiteQueries queries)
{
    /// <summary>Pushes of git send a few files that are no entries: packs, indexes, refs.</summary>
    private const long FilesOfGit = 1000;

    private readonly Dictionary<string, OwnerQuota> _quotas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Bytes, long Files)> _sent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Change> _changes = new(StringComparer.Ordinal);
    private bool _isLoaded;
    private bool _quotasChanged;

    /// <summary>Notes the effect of a record before it is applied.</summary>
    /// <param name="find">Returns the dataset's state before the record.</param>
    public void Apply(JournalRecord record, Entry? replaced, Func<DatasetId, SiteDataset?> find)
    {
        Load();
        if (record is JournalRecord.QuotaSet)
        {
            _quotasChanged = true;
            return;
        }

        if (_quotas.Count == 0)
        {
            return;
        }

        switch (record)
        {
            case JournalRecord.EntryPut put:
                AddToHead(
                    find(put.Dataset), put.Entry.Size - Freed(find(put.Dataset), put.Path, replaced, put.Entry), replaced is null ? 1 : 0);
                break;
            case JournalRecord.EntryRemoved removed when replaced is not null:
                AddToHead(find(removed.Dataset), -Freed(find(removed.Dataset), removed.Path, replaced, null), -1);
                break;
            case JournalRecord.MetadataSet described:
                Add(find(described.Dataset)?.Owner, Encoding.UTF8.GetByteCount(described.Document.GetRawText()), 0);
                break;
            case JournalRecord.SettingSet setting when find(setting.Dataset) is { } dataset:
                Add(
                    dataset.Owner,
                    Encoding.UTF8.GetByteCount(setting.Value ?? "") - queries.SettingBytes(dataset.Key, setting.Name), 0);
                break;
            case JournalRecord.RunStarted run:
                Add(run.Outputs is [var output, ..] ? find(output)?.Owner : null, run.Description.Bytes, 0);
                CountReadAgain(run.Inputs, find);
                break;
            case JournalRecord.RunCompared compared:
                Add(find(compared.Dataset)?.Owner, compared.Bytes, 0);
                break;
            case JournalRecord.RunFinished { Inputs: { } read }:
                CountReadAgain(read, find);
                break;
            case JournalRecord.KeysHeld keys:
                AddRoughly(find(keys.Dataset)?.Owner, keys.Keys.DistinctBy(static key => key.Hash).Sum(static key => key.Size), 0);
                break;
            case JournalRecord.SnapshotTaken brought
                when (brought.Reason == SnapshotReason.Push || brought.AtHome is not null) && find(brought.Dataset) is { } dataset:
                AddToHead(
                    dataset, brought.Root.Bytes - dataset.Root.Bytes + KeptOf(dataset, brought),
                    brought.Root.Files - dataset.Root.Files);
                break;
            case JournalRecord.SnapshotDropped dropped:
                CountAgain(find(dropped.Dataset)?.Owner);
                break;
            case JournalRecord.SnapshotTaken fold:
                CountAgain(find(fold.Dataset)?.Owner);
                break;
            case JournalRecord.DatasetCreated created:
                Add(created.Owner, created.Root.Bytes, created.Root.Files);
                break;
            case JournalRecord.DatasetDescribed { Owner: { } owner } described
                when find(described.Dataset) is { } dataset && dataset.Owner != owner:
                // Decided before the zone was changed, so not checked again here.
                CountAgain(owner);
                CountAgain(dataset.Owner);
                break;
            case JournalRecord.KeysDropped dropped:
                CountAgain(find(dropped.Dataset)?.Owner);
                break;
            case JournalRecord.RepositorySet git when find(git.Dataset) is { } dataset:
                Add(dataset.Owner, git.Root.Bytes - (dataset.Repository?.Bytes ?? 0), 0);
                break;
            case JournalRecord.DatasetEnded ended:
                CountAgain(find(ended.Dataset)?.Owner);
                break;
            default:
                ApplySent(record, find);
                break;
        }
    }

    /// <summary>
    /// Notes what pushes and uploads in parts have sent. It is on the disk before a commit names it: without a bound, uploads without end
    /// would fill the disk.
    /// </summary>
    private void ApplySent(JournalRecord record, Func<DatasetId, SiteDataset?> find)
    {
        switch (record)
        {
            case JournalRecord.SessionBlobs { Bytes: long bytes } blobs:
                AddSent(OwnerOf(queries.Session(blobs.Session)), bytes, blobs.Hashes.Count);
                break;
            case JournalRecord.SessionExtent { Extent.Offset: 0 } first:
                AddSent(OwnerOf(queries.Session(first.Session)), first.Size, 1, isAnnounced: true);
                break;
            case JournalRecord.UploadStarted started:
                AddSent(find(started.Dataset)?.Owner, SiteUpload.OwnBytes, 0);
                break;
            case JournalRecord.UploadPartStored part when queries.Upload(part.Upload) is { } upload:
                AddSent(
                    find(upload.Dataset)?.Owner,
                    SiteUploadPart.Counted(part.Size) - (queries.UploadPart(part.Upload, part.Number)?.CountedBytes ?? 0), 0);
                break;
            case JournalRecord.SessionUploadDropped dropped:
                CountSentAgain(OwnerOf(queries.Session(dropped.Session)));
                break;
            case JournalRecord.SessionEnded ended:
                CountSentAgain(OwnerOf(queries.Session(ended.Session)));
                break;
            case JournalRecord.UploadEnded ended when queries.Upload(ended.Upload) is { } upload:
                CountSentAgain(find(upload.Dataset)?.Owner);
                break;
            default:
                break;
        }

        // The size of a copy is checked before it begins.
        string? OwnerOf(SiteSession? push) => push is { IsCopy: false } ? find(push.Dataset)?.Owner : null;
    }

    /// <summary>Returns the refusal if the changes since the last request exceed a quota; null otherwise.</summary>
    public HutchError? Check()
    {
        foreach ((string owner, Change change) in _changes)
        {
            OwnerQuota quota = _quotas[owner];
            (long sentBytes, long sentFiles) = change.SentBytes > 0 || change.SentFiles > 0 ? SentTo(owner) : default;
            if (quota.Bytes is long most && change.SentBytes > 0 && sentBytes + change.SentBytes > most)
            {
                return TooMuchSent(queries, owner, "bytes", most, sentBytes, change.SentBytes);
            }

            if (quota.Entries is long files && change.SentFiles > 0 && sentFiles + change.SentFiles > files + FilesOfGit)
            {
                return TooMuchSent(queries, owner, "entries", files, sentFiles, change.SentFiles);
            }

            // The announced size of a large file is known before its bytes: it must fit into the remaining quota now.
            long reserved = change.IsAnnounced ? sentBytes + change.SentBytes : 0;
            long wanted = change.Bytes + reserved;
            if (change.Bytes <= 0 && change.Entries <= 0 && reserved <= 0)
            {
                continue;
            }

            Account account = AccountOf(owner);
            if (quota.Bytes is long bytes && (change.Bytes > 0 || reserved > 0) && account.Bytes + wanted > bytes)
            {
                long used = account.IsRough || change.IsRough ? CountedBefore(owner, change) : account.Bytes;
                if (used + wanted > bytes)
                {
                    return TooMuch(owner, "bytes", bytes, used, wanted);
                }
            }

            if (quota.Entries is long entries && change.Entries > 0 && account.Entries + change.Entries > entries)
            {
                return TooMuch(owner, "entries", entries, account.Entries, change.Entries);
            }
        }

        return null;
    }

    /// <summary>Adds the noted changes: the request is part of the group.</summary>
    public void Commit()
    {
        foreach ((string owner, Change change) in _changes)
        {
            if (change.CountsAgain)
            {
                _accounts.Remove(owner);
            }
            else if (_accounts.TryGetValue(owner, out Account account))
            {
                _accounts[owner] = new Account(
                    account.Bytes + change.Bytes, account.Entries + change.Entries, account.IsRough || change.IsRough);
            }

            if (change.CountsAgain || change.CountsSentAgain)
            {
                _sent.Remove(owner);
            }
            else if (_sent.TryGetValue(owner, out (long Bytes, long Files) sent))
            {
                _sent[owner] = (sent.Bytes + change.SentBytes, sent.Files + change.SentFiles);
            }
        }

        _changes.Clear();
        if (_quotasChanged)
        {
            Rollback();
        }
    }

    /// <summary>Discards the noted changes: the request is not part of the group.</summary>
    public void Undo()
    {
        _changes.Clear();
        _quotasChanged = false;
    }

    /// <summary>Forgets all accounts: the group was undone, or other changes may have affected them.</summary>
    public void Rollback()
    {
        _quotas.Clear();
        _accounts.Clear();
        _sent.Clear();
        _changes.Clear();
        _isLoaded = false;
        _quotasChanged = false;
    }

    /// <summary>Returns the refusal if additional bytes and entries exceed an owner's quota; null otherwise.</summary>
    internal static HutchError? FindRefusal(SiteQueries queries, string owner, long bytes, long entries)
    {
        if (queries.Quota(owner) is not { } quota)
        {
            return null;
        }

        OwnerUsage usage = queries.UsageOf(owner);
        return bytes > 0 && usage.Bytes + bytes > quota.Bytes ? TooMuch(owner, "bytes", quota.Bytes.Value, usage.Bytes, bytes)
            : entries > 0 && usage.Entries + entries > quota.Entries
                ? TooMuch(owner, "entries", quota.Entries.Value, usage.Entries, entries)
            : null;
    }

    /// <summary>Returns the refusal of bytes to be sent to an owner's dataset that no commit names yet; null if they fit.</summary>
    internal static HutchError? FindRefusalOfSent(SiteQueries queries, DatasetId dataset, long bytes)
    {
        if (queries.Dataset(dataset) is not { } found || queries.Quota(found.Owner) is not { Bytes: long most })
        {
            return null;
        }

        long sent = queries.SentTo(found.Owner).Bytes;
        return sent + bytes > most ? TooMuchSent(queries, found.Owner, "bytes", most, sent, bytes) : null;
    }

    internal static HutchError TooMuch(string owner, string what, long limit, long used, long wanted) => HutchError.OfQuota(
        string.Create(
            CultureInfo.InvariantCulture,
            $"'{owner}' has used {used} of a quota of {limit} {what}; this needs {wanted} more. "
            + $"Delete data you do not need, or ask an administrator for a larger quota."),
        owner, what, limit, used, wanted);

    /// <summary>The refusal of bytes or files that no commit names yet. Without others on the way, the quota itself is too small.</summary>
    private static HutchError TooMuchSent(SiteQueries queries, string owner, string what, long limit, long sent, long more)
    {
        if (sent == 0)
        {
            OwnerUsage usage = queries.UsageOf(owner);
            return TooMuch(owner, what, limit, what == "bytes" ? usage.Bytes : usage.Entries, more);
        }

        return HutchError.OfQuota(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Uploads in progress for '{owner}' have sent {sent} {what}, and this sends {more} more. Together they may have "
                + $"as much as the quota of {limit}. Finish them, or end those that you do not need."),
            owner, what, limit, sent, more);
    }

    /// <summary>Returns the bytes that a change frees: none if a kept version has the replaced file, which then counts there.</summary>
    private long Freed(SiteDataset? dataset, DatasetPath path, Entry? replaced, Entry? by) =>
        replaced is null ? 0
        : dataset?.Snapshot is null || replaced.Hash == by?.Hash || !_quotas.ContainsKey(dataset.Owner) || !queries.IsKept(dataset, path)
            ? replaced.Size
            : 0;

    /// <summary>Returns the bytes that a pushed snapshot replaces and the one before keeps.</summary>
    private long KeptOf(SiteDataset dataset, JournalRecord.SnapshotTaken taken) =>
        taken.Replaced is long bytes && dataset.Snapshot is not null && _quotas.ContainsKey(dataset.Owner)
            && queries.IsKept(dataset, null)
            ? bytes
            : 0;

    private void Load()
    {
        if (_isLoaded)
        {
            return;
        }

        _isLoaded = true;
        foreach (OwnerQuota quota in queries.Quotas())
        {
            _quotas[quota.Owner] = quota;
        }
    }

    private void Add(string? owner, long bytes, long entries)
    {
        if (owner is not null && _quotas.ContainsKey(owner))
        {
            // What the owner holds is counted before the change is applied.
            AccountOf(owner);
            Change change = ChangeOf(owner);
            change.Bytes += bytes;
            change.Entries += entries;
        }
    }

    /// <summary>
    /// Adds to a head. A dataset counts as the larger of its head and the content from git-annex. It does not look up which of them grows:
    /// with such content, the head only grows here, and the common content counts twice until the next exact count.
    /// </summary>
    private void AddToHead(SiteDataset? dataset, long bytes, long entries)
    {
        if (dataset is null || !_quotas.ContainsKey(dataset.Owner))
        {
            return;
        }

        if (queries.HasKeys(dataset.Key))
        {
            AddRoughly(dataset.Owner, Math.Max(0, bytes), entries);
        }
        else
        {
            Add(dataset.Owner, bytes, entries);
        }
    }

    /// <summary>Adds an upper bound: before it causes a refusal, the usage is counted exactly.</summary>
    private void AddRoughly(string? owner, long bytes, long entries)
    {
        Add(owner, bytes, entries);
        if (owner is not null && _quotas.ContainsKey(owner))
        {
            ChangeOf(owner).IsRough = true;
        }
    }

    /// <summary>Returns an owner's usage before a request whose changes are already applied.</summary>
    private long CountedBefore(string owner, Change change)
    {
        change.CountsAgain = true;
        return queries.UsageOf(owner).Bytes - change.Bytes;
    }

    /// <summary>Adds what an upload sent.</summary>
    /// <param name="isAnnounced">True for the announced size of a large file, at its first bytes.</param>
    private void AddSent(string? owner, long bytes, long files, bool isAnnounced = false)
    {
        if (owner is not null && _quotas.ContainsKey(owner))
        {
            SentTo(owner);
            Change change = ChangeOf(owner);
            change.SentBytes += bytes;
            change.SentFiles += files;
            change.IsAnnounced |= isAnnounced;
        }
    }

    private void CountSentAgain(string? owner)
    {
        if (owner is not null && _quotas.ContainsKey(owner))
        {
            ChangeOf(owner).CountsSentAgain = true;
        }
    }

    private (long Bytes, long Files) SentTo(string owner)
    {
        if (!_sent.TryGetValue(owner, out (long Bytes, long Files) sent))
        {
            _sent[owner] = sent = queries.SentTo(owner);
        }

        return sent;
    }

    private void CountAgain(string? owner)
    {
        if (owner is not null && _quotas.ContainsKey(owner))
        {
            AccountOf(owner);
            ChangeOf(owner).CountsAgain = true;
        }
    }

    /// <summary>Counts the owners of what a run reads again: automatic snapshots that it names stay, and count from now on.</summary>
    private void CountReadAgain(IEnumerable<VersionReference> read, Func<DatasetId, SiteDataset?> find)
    {
        foreach (VersionReference input in read.Where(static input => input.Snapshot is not null))
        {
            CountAgain(find(input.Dataset)?.Owner);
        }
    }

    private Change ChangeOf(string owner)
    {
        if (!_changes.TryGetValue(owner, out Change? change))
        {
            _changes[owner] = change = new Change();
        }

        return change;
    }

    private Account AccountOf(string owner)
    {
        if (!_accounts.TryGetValue(owner, out Account account))
        {
            OwnerUsage usage = queries.UsageOf(owner);
            _accounts[owner] = account = new Account(usage.Bytes, usage.Entries, IsRough: false);
        }

        return account;
    }

    private readonly record struct Account(long Bytes, long Entries, bool IsRough);

    private sealed class Change
    {
        public long Bytes { get; set; }

        public long Entries { get; set; }

        public long SentBytes { get; set; }

        public long SentFiles { get; set; }

        public bool IsAnnounced { get; set; }

        public bool CountsSentAgain { get; set; }

        public bool CountsAgain { get; set; }

        public bool IsRough { get; set; }
    }
}
