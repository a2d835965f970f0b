using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site;
using Hutch.Site.Blobs;
using Hutch.Site.Entries;
using Hutch.Site.Heads;
using Hutch.Storage;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;

namespace Hutch.Datasets.Files;

/// <summary>Reads, lists, puts and removes entries, for callers who may.</summary>
public sealed class EntryService(RightRecheck lasting, Authorizer authorizer, SiteServices site, TimeProvider time)
{
    /// <summary>One page of a listing of the head or of a snapshot.</summary>
    public async Task<Result<Listing>> ListAsync(Caller caller, DatasetId id, SnapshotRef? at, ListQuery query, CancellationToken ct)
    {
        Result<TreeView> view = await ViewAsync(caller, id, at, Operation.EntryList, ct);
        return view.IsOk ? await site.Heads.ListAsync(view.Value, query, ct) : view.Error;
    }

    /// <summary>A fixed version to list as a whole: the head is folded first when none is named.</summary>
    public async Task<Result<FixedTree>> FixAsync(Caller caller, DatasetId id, SnapshotRef? at, Operation operation, CancellationToken ct)
    {
        Result<TreeView> view = await ViewAsync(caller, id, at, operation, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (view.Value.Snapshot is { } named)
        {
            return new FixedTree(id, named.Number, named.Root);
        }

        Result<SiteSnapshot?> folded = await site.Folder.FoldAsync(id, FoldRequest.Automatic, ct);
        if (!folded.IsOk)
        {
            return folded.Error;
        }

        return folded.Value is { } newest ? new FixedTree(id, newest.Number, newest.Root) : new FixedTree(id, 0, TreeRoot.Empty);
    }

    /// <summary>The entries of a fixed version below a prefix, in byte order of their paths.</summary>
    public IAsyncEnumerable<PathEntry> EnumerateAsync(FixedTree tree, string prefix, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return site.Heads.Tree.EnumerateAsync(tree.Root, null, prefix, ct);
    }

    /// <summary>What two fixed versions differ in.</summary>
    public IAsyncEnumerable<TreeDifference> DiffAsync(FixedTree from, FixedTree to, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return site.Heads.DiffAsync(from.Root, to.Root, ct);
    }

    /// <summary>Opens what is at a path.</summary>
    public async Task<Result<OpenedEntry>> OpenAsync(Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, CancellationToken ct)
    {
        Result<TreeView> view = await ViewAsync(caller, id, at, Operation.EntryRead, ct);
        if (!view.IsOk)
        {
            return view.Error;
        }

        if (await site.Heads.FindAsync(view.Value, path, ct) is not { } entry)
        {
            return ErrorCode.NotFound.With($"There is no {Display.Quote(path.Value)} in this version of the dataset.");
        }

        return await OpenAsync(path, entry, ct);
    }

    /// <summary>Opens an entry of a version that the caller was allowed to read.</summary>
    public async Task<Result<OpenedEntry>> OpenAsync(DatasetPath path, Entry entry, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Kind != EntryKind.File)
        {
            return new OpenedEntry(path, entry, null);
        }

        return await site.Blobs.FindAsync(entry.Hash, ct) is { } content
            ? new OpenedEntry(path, entry, content)
            : ErrorCode.Gone.With($"The bytes of {Display.Quote(path.Value)} are no longer stored.");
    }

    /// <summary>Puts a file. Returns after it is durable and visible.</summary>
    public async Task<Result<StoredEntry>> PutFileAsync(Caller caller, DatasetId id, PutFile file, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(file);
        Result<Lane> lane = await WritableLaneAsync(caller, id, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        Result<Done> valid = EntryRules.Check(file.Attributes);
        if (!valid.IsOk)
        {
            return valid.Error;
        }

        if (file.Length is long length && await site.Quotas.FindRefusalAsync(id, length, ct) is { } tooMuch)
        {
            return tooMuch;
        }

        Result<ReceivedBlob> received = await site.Intake.ReceiveAsync(file.Body, file.Length, lane.Value, ct);
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        if (file.Digest is { } announced && announced != blob.Hash)
        {
            return ErrorCode.DigestMismatch.With(
                $"The bytes received for {Display.Quote(file.Path.Value)} have the SHA-256 {blob.Hash}, not {announced}. "
                + "Nothing was stored; send the file again.");
        }

        Result<Entry> attributes = file.Complete is { } complete ? complete(blob.Hash).Then(Checked) : file.Attributes;
        if (!attributes.IsOk)
        {
            return attributes.Error;
        }

        if (await lasting.FindLossAsync(caller, id, ct) is { } lost)
        {
            return lost;
        }

        Entry entry = Timed(attributes.Value) with { Hash = blob.Hash, Size = blob.Size };
        Result<bool> put = await site.Entries.PutFileAsync(id, file.Path, entry, blob, file.Condition, ct);
        return put.IsOk ? new StoredEntry(entry, put.Value) : put.Error;
    }

    /// <summary>Puts a symbolic link or an empty directory.</summary>
    public async Task<Result<StoredEntry>> PutAsync(
        Caller caller, DatasetId id, DatasetPath path, Entry entry, EntryCondition condition, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<Done> valid = EntryRules.Check(entry);
        if (!valid.IsOk)
        {
            return valid.Error;
        }

        Entry timed = Timed(entry);
        Result<bool> put = await site.Entries.PutAsync(id, path, timed, condition, ct);
        return put.IsOk ? new StoredEntry(timed, put.Value) : put.Error;
    }

    /// <summary>
    /// Puts a copy of what the caller has opened: by reference where the bytes last long enough, so that none move; otherwise they are
    /// copied inside the server.
    /// </summary>
    /// <param name="caller">Who copies; may write the target.</param>
    /// <param name="source">What was opened for reading.</param>
    /// <param name="target">The dataset that gets the copy.</param>
    /// <param name="path">Where.</param>
    /// <param name="attributes">What the copy is beside its bytes; without a time, now is taken.</param>
    /// <param name="condition">What must hold of the path.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<StoredEntry>> CopyAsync(
        Caller caller, OpenedEntry source, DatasetId target, DatasetPath path,
        Entry attributes, EntryCondition condition, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(attributes);
        if (source.Content is not { } content)
        {
            return await PutAsync(caller, target, path, attributes, condition, ct);
        }

        Result<Lane> lane = await WritableLaneAsync(caller, target, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        // As long as this goes on, what was found is not collected.
        using IDisposable operation = site.Operations.Begin();
        if (await site.Blobs.IsStoredForAsync(content.Hash, lane.Value, ct))
        {
            Entry copy = Timed(attributes) with { Hash = content.Hash, Size = content.Size };
            Result<Done> valid = EntryRules.Check(copy);
            Result<bool> put = valid.IsOk ? await site.Entries.PutStoredAsync(target, path, copy, condition, ct) : valid.Error;
            if (put.IsOk || put.Error.Code != ErrorCode.Gone)
            {
                return put.Then<StoredEntry>(isNew => new StoredEntry(copy, isNew));
            }
        }

        await using var bytes = new ContentPipe(content, 0, content.Size, ct);
        var file = new PutFile
        {
            Path = path,
            Body = bytes.Reader,
            Length = content.Size,
            Digest = content.Hash,
            Attributes = attributes,
            Condition = condition,
        };
        return await PutFileAsync(caller, target, file, ct);
    }

    /// <summary>Removes what is at a path.</summary>
    public async Task<Result<Done>> RemoveAsync(
        Caller caller, DatasetId id, DatasetPath path, EntryCondition condition, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        return access.IsOk
            ? (await site.Entries.RemoveAsync(id, path, condition, ct)).Then<Done>(_ => Done.Value)
            : access.Error;
    }

    private static Result<Entry> Checked(Entry entry) => EntryRules.Check(entry).Then<Entry>(_ => entry);

    private Entry Timed(Entry entry) =>
        entry.ModifiedNanoseconds != 0 ? entry : entry with { ModifiedNanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 };

    private async ValueTask<Result<Lane>> WritableLaneAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.EntryWrite, ct);
        return access.IsOk ? await site.Lanes.ForWritingAsync(id, ct) : access.Error;
    }

    private async ValueTask<Result<TreeView>> ViewAsync(
        Caller caller, DatasetId id, SnapshotRef? at, Operation operation, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, operation, ct);
        return access.IsOk ? await site.Heads.ResolveAsync(id, at, ct) : access.Error;
    }
}
