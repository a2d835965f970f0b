using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>
/// Replaces the head of a dataset by the working directory: uploads bytes that the server does not have, then swaps the head atomically. It
/// can be interrupted at any moment and started again: uploads and hashes are not repeated.
/// </summary>
/// <param name="message">Message of the snapshot, if any.</param>
/// <remarks>
/// The flow of a push; the code repeats the numbers:
/// <para>1. Lock the working directory; refuse undecided conflicts, a closed dataset and an old base.</para>
/// <para>2. Scan the folder against the base: <see cref="LocalChanges"/> finds added, changed and removed paths.</para>
/// <para>3. Read, hash and upload the changed files in portions: small ones in batches, large ones resumable.</para>
/// <para>4. Commit all changes in one request; a lost answer is looked up. During the commit, check the files for later changes.</para>
/// <para>5. If the server lacks bytes that the base names, upload everything once more and commit again.</para>
/// <para>6. Save the new base and end the session.</para>
/// </remarks>
public sealed class PushEngine(HutchClient client, Workspace workspace, string? message, ITransferProgress progress) : IDisposable
{
    private readonly PushSessionHolder _session = new(client, workspace);

    /// <summary>The limits of a push of a growing folder; null to make the dataset what the folder is.</summary>
    internal PushScope? Scope { get; init; }

    /// <summary>The attempt of a run that the commit ends; null for all other pushes.</summary>
    public FinishAttempt? Attempt { get; init; }

    /// <summary>The part of a run whose folder becomes what this folder is; null for all other pushes.</summary>
    public PartCommit? Part { get; init; }

    private long? BaseVersion => Scope is null ? workspace.Base.Snapshot : Scope.Base;

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>
    /// Pushes, once. A conflict is a <see cref="HutchException"/> with <see cref="ErrorCode.Conflict"/>: pull, and push again.
    /// </summary>
    public async Task<PushOutcome> RunAsync(CancellationToken cancellationToken)
    {
        // Step 1.
        workspace.Lock();
        workspace.RefuseUnlessComplete();
        RefuseUndecided();
        DatasetInfo? dataset = Scope is null ? await GetPushableAsync(cancellationToken) : null;
        // Step 2.
        progress.Start("Scanning", null, null);
        var ledger = new UploadLedger();
        using LocalChanges changes = LocalChanges.Scan(workspace, ledger.AddBase, Scope is null ? null : Scope.Takes, cancellationToken);
        if (changes.MissingPatterns is { } path)
        {
            throw (ErrorCode.Conflict with { Advice = $"Run `hutch get {path}`, then push again." }).With(
                $"{Display.Quote(path)} is a placeholder: which files must not be pushed is not known.").ToException();
        }

        foreach (string warning in changes.Warnings)
        {
            progress.Report(warning);
        }

        // Step 3. A growing folder is scanned often: the server is asked when there is something to send.
        if (changes.Files > 0)
        {
            dataset ??= await GetPushableAsync(cancellationToken);
            progress.Start("Pushing", changes.Files, changes.Bytes);
        }

        try
        {
            bool asksFirst = dataset?.Parents.Count > 0;
            await changes.ClassifyAsync((portion, ct) => UploadAsync(portion, ledger, asksFirst, ct), cancellationToken);
        }
        finally
        {
            workspace.SaveIndex();
        }

        try
        {
            // Step 4.
            return await CommitAsync(changes, ledger, cancellationToken);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.BlobNotNameable)
        {
            // Step 5.
            await OfferAllAsync(changes, ledger, cancellationToken);
            return await CommitAsync(changes, ledger, cancellationToken);
        }
    }

    /// <summary>
    /// Offers the bytes of all changes, also those that the base names: the server may have lost some of them, and takes the missing ones.
    /// So pushing a file again, under any path, repairs it.
    /// </summary>
    private async Task OfferAllAsync(LocalChanges changes, UploadLedger ledger, CancellationToken cancellationToken)
    {
        ledger.Clear();
        progress.Start("Pushing", changes.Files, changes.Bytes);
        foreach (TrackedFile[] portion in changes.Read().Where(static file => file.IsFile && !file.Gone).Chunk(workspace.Held))
        {
            await UploadAsync(portion, ledger, asksFirst: true, cancellationToken);
        }
    }

    // A push would replace versions that no one has compared with the local ones.
    private void RefuseUndecided()
    {
        const int MaxListed = 5;
        string[] paths = [.. workspace.Conflicts.Select(c => c.Path).Distinct()];
        if (paths.Length > 0)
        {
            string list = string.Join(", ", paths.Take(MaxListed).Select(Display.Quote)) + (paths.Length > MaxListed ? ", …" : "");
            throw (ErrorCode.Conflict with
            {
                Advice = "Decide each: `hutch resolve PATH --mine` or `hutch resolve PATH --theirs`. `hutch status` lists them.",
            }).With((paths.Length == 1 ? "1 path" : $"{paths.Length} paths") + " changed here and on the server and "
                + (paths.Length == 1 ? "waits" : "wait") + $" for a decision: {list}.").ToException();
        }
    }

    // The dataset has bytes at such a path that were never here.
    private void RefuseLeftOut(LocalChanges changes)
    {
        if (workspace.LeftOut.Count > 0
            && changes.Read().FirstOrDefault(file => !file.Gone && workspace.LeftOut.ContainsKey(file.Item.Path)) is { } file)
        {
            LeftOutPath left = workspace.LeftOut[file.Item.Path];
            throw (ErrorCode.Conflict with { Advice = "Rename the file here, or clone the dataset again on a disk that can hold both." })
                .With(
                    $"{Display.Quote(left.Path)} is in the dataset already, and was left out here, as {left.Reason}. "
                    + "A push would replace it.")
                .ToException();
        }
    }

    private async Task<DatasetInfo> GetPushableAsync(CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await client.GetDatasetAsync(workspace.Config.Dataset, cancellationToken);
        RefuseUnlessPushable(dataset);
        return dataset;
    }

    private void RefuseUnlessPushable(DatasetInfo dataset)
    {
        if (dataset.State == DatasetStates.Closed)
        {
            workspace.SetConfig(workspace.Config with { Closed = true });
            string advice = $"Derive a new dataset from it and write to that: `hutch derive {dataset.Name} --name NEW`.";
            throw (ErrorCode.DatasetClosed with { Advice = advice }).With($"{dataset.Name} is closed and can no longer change.")
                .ToException();
        }

        if (Scope is null && Part is null && dataset.Snapshots > (workspace.Base.Snapshot ?? 0))
        {
            throw Conflict(
                $"{dataset.Name} is at snapshot {dataset.Snapshots}, but this folder is based on {workspace.Base.Snapshot ?? 0}.");
        }
    }

    private async Task UploadAsync(
        IReadOnlyList<TrackedFile> files, UploadLedger ledger, bool asksFirst, CancellationToken cancellationToken)
    {
        if (Scope is not null)
        {
            await Scope.CompareAsync([.. files.Where(f => f.IsFile)], ledger, cancellationToken);
            _session.Base = Scope.Base;
        }

        // A hash that is known and in the base needs nothing; one that is known and not there was hashed for a push that did not end.
        ILookup<bool, TrackedFile> bySize = files
            .Where(f => f.IsFile && !f.Unstable && (f.Hash is not { } hash || !ledger.Has(hash)))
            .ToLookup(f => f.Item.Status.Size > TransferLimits.SmallFileBytes);
        await new SmallUploader(client, workspace, _session, ledger, progress, asksFirst).RunAsync(
            [.. bySize[false]], cancellationToken);
        await new LargeUploader(client, workspace, _session, ledger, progress, asksFirst).RunAsync(
            [.. bySize[true]], cancellationToken);
    }

    private async Task<PushOutcome> CommitAsync(LocalChanges changes, UploadLedger ledger, CancellationToken cancellationToken)
    {
        var outcome = new PushOutcome
        {
            Added = changes.Added,
            Changed = changes.Changed,
            Removed = Scope is null ? changes.Removed : 0,
            UploadedFiles = ledger.Files,
            UploadedBytes = ledger.Bytes,
            Unstable = changes.Unstable,
            InUse = changes.InUse,
            Unstorable = changes.Unstorable,
        };
        if (Part is not null)
        {
            progress.Start("Committing", changes.Count, null);
            PartInfo part = await CommitPartAsync(Part, changes, cancellationToken);
            workspace.DeleteSession();
            return outcome with { Part = part };
        }

        if (changes.Count == 0)
        {
            return outcome;
        }

        RefuseLeftOut(changes);
        if (Scope is not null && changes.Removed + changes.There == changes.Count)
        {
            workspace.SaveBase(workspace.Base.Snapshot ?? 0, Entries(changes));
            return outcome;
        }

        progress.Start("Committing", changes.Count, null);
        Task<SnapshotInfo> committing = CommitChangesAsync(changes, cancellationToken);
        List<string> changedSince = await WatchChangesAsync(committing, changes);
        SnapshotInfo snapshot = await committing;
        // Step 6.
        workspace.SaveBase(snapshot.Number, Entries(changes));
        workspace.DeleteSession();
        return outcome with { Snapshot = snapshot, ChangedSince = changedSince };
    }

    /// <summary>Returns the entries of the dataset after the push.</summary>
    private IEnumerable<EntryInfo> Entries(LocalChanges changes) => workspace.Base.With(changes.Read().Select(f => (f.Item.Path, f.Entry)));

    // While the server commits, the client checks the files again.
    private async Task<List<string>> WatchChangesAsync(Task committing, LocalChanges changes)
    {
        try
        {
            return ChangedSince(changes);
        }
        finally
        {
            await committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SnapshotInfo> CommitChangesAsync(LocalChanges changes, CancellationToken cancellationToken)
    {
        // Files that are deleted here stay in the dataset of a growing folder.
        bool removes = Scope is null && changes.Removed > 0;
        var header = new CommitHeader
        {
            Message = message,
            Base = BaseVersion,
            Attempt = Attempt,
            Changes = changes.Count - changes.There - (removes ? 0 : changes.Removed),
        };
        string session = await _session.GetIdAsync(cancellationToken);
        // Removals first: the server takes the changes in portions, and removals free quota for additions.
        IEnumerable<TrackedFile> removed = removes ? changes.Read().Where(f => f.Gone) : [];
        IEnumerable<CommitChange> lines = removed.Concat(changes.Read().Where(f => !f.Gone && !f.IsThere)).Select(ToChange);
        try
        {
            return await TransferLimits.Retry(workspace.Time).RunAsync(
                ct => client.CommitAsync(session, header, lines, ct), MayHaveHappened, failed: null, cancellationToken);
        }
        catch (HutchException e)
            when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Gone)
        {
            // Perhaps it was our own commit that moved the head, and its answer was lost. A growing folder compares in its next round.
            if (Scope is not null)
            {
                throw;
            }

            return await FindOwnCommitAsync(changes, cancellationToken) ?? throw AsConflict(e);
        }
    }

    private async Task<PartInfo> CommitPartAsync(PartCommit part, LocalChanges changes, CancellationToken ct)
    {
        var header = new CommitHeader { Part = part, Changes = changes.Count - changes.Removed };
        string session = await _session.GetIdAsync(ct);
        return await TransferLimits.Retry(workspace.Time).RunAsync(
            token => client.CommitPartAsync(session, header, changes.Read().Where(f => !f.Gone).Select(ToChange), token),
            MayHaveHappened, failed: null, ct);
    }

    private static bool MayHaveHappened(Exception exception) =>
        exception is ServerUnreachableException { WasWaitedFor: false } || exception is HutchException { Error.Code.Status: 503 };

    /// <summary>The head's snapshot, when it is exactly what we wanted to make; null otherwise.</summary>
    private async Task<SnapshotInfo?> FindOwnCommitAsync(LocalChanges changes, CancellationToken cancellationToken)
    {
        DatasetInfo dataset = await client.GetDatasetAsync(workspace.Config.Dataset, cancellationToken);
        if (dataset.Snapshots != (workspace.Base.Snapshot ?? 0) + 1)
        {
            return null;
        }

        string number = dataset.Snapshots.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using FixedListing<EntryInfo> listing = await client.ListFilesAsync(dataset.Id, number, ct: cancellationToken);
        using IEnumerator<EntryInfo> wanted = Entries(changes).GetEnumerator();
        var filter = new PathFilter(workspace);
        await foreach (EntryInfo entry in listing.Lines)
        {
            if (!filter.LeavesOut(entry.Path)
                && !(wanted.MoveNext() && wanted.Current.Path == entry.Path && entry.IsSameAs(wanted.Current)))
            {
                return null;
            }
        }

        return wanted.MoveNext() ? null : await client.GetSnapshotAsync(dataset.Id, number, cancellationToken);
    }

    private static CommitChange ToChange(TrackedFile file) => file.Entry is not { } entry
        ? new CommitChange { Op = ChangeOperations.Delete, Path = file.Item.Path }
        : new CommitChange
        {
            Op = ChangeOperations.Put,
            Path = entry.Path,
            Kind = entry.Kind,
            Hash = entry.Hash,
            Size = entry.Size,
            Target = entry.Target,
            Modified = entry.Modified,
            Executable = entry.Executable,
            ContentType = entry.ContentType,
            Metadata = entry.Metadata,
        };

    /// <summary>Returns the files to be committed that changed since they were read.</summary>
    private List<string> ChangedSince(LocalChanges changes)
    {
        var changed = new List<string>();
        using var chain = new FolderChain(workspace.Root);
        foreach (LocalItem item in changes.Read().Where(f => f.IsFile).Select(f => f.Item))
        {
            (string folder, string name) = FolderChain.Split(item.LocalPath);
            FileStatus? now = chain.Find(folder)?.Status(name);
            if (now is null || !now.Value.SameContents(item.Status))
            {
                changed.Add(item.LocalPath);
            }
        }

        return changed;
    }

    private static HutchException AsConflict(HutchException refusal) =>
        refusal.Error.Code == ErrorCode.Conflict ? Conflict(refusal.Error.Message) : refusal;

    private static HutchException Conflict(string message) => (ErrorCode.Conflict with
    {
        Advice =
            "Run `hutch pull`, which keeps your changes, then `hutch push` again. Uploaded data is not sent again.",
    }).With(message).ToException();
}
