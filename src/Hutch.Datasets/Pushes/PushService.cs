using System.IO.Pipelines;
using Hutch.Datasets.Versions;
using Hutch.Site.Write.Pushes;

namespace Hutch.Datasets.Pushes;

/// <summary>Pushes, for callers with the right to change the dataset. Every step checks again: a revoked right ends the push.</summary>
public sealed class PushService(
    Reauthorizer reauthorizer, Authorizer authorizer, SiteDatabase records, HeadReader heads, PushSessions pushes,
    PushNegotiation negotiation, ResumableUploads uploads, PushCommits commits)
{
    /// <summary>Opens a push. A base that is not the head's newest version is refused early.</summary>
    public async Task<Result<SiteSession>> StartAsync(Caller caller, DatasetId id, long? from, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeInFolderAsync(caller.AsWriter(id), id, Operation.EntryWrite, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        return await pushes.StartAsync(id, from, caller.Name, caller.Scope.Folder, ct);
    }

    public async Task<Result<SiteSession>> GetAsync(Caller caller, string session, CancellationToken ct) =>
        await FindAsync(caller, session, ct);

    public async Task<Result<Done>> AbortAsync(Caller caller, string session, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        return found.IsOk ? await pushes.AbortAsync(found.Value.Id, caller.Name, ct) : found.Error;
    }

    /// <summary>Says which of these blobs the push must upload; the others it may name from now on.</summary>
    public async Task<Result<IReadOnlyList<BlobHash>>> NegotiateAsync(
        Caller caller, string session, IReadOnlyCollection<BlobHash> wanted, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        return found.IsOk
            ? await negotiation.NegotiateAsync(found.Value, wanted, await ReadableAsync(caller, found.Value.Dataset, ct), ct)
            : found.Error;
    }

    public async Task<Result<BlobReceiver>> ReceiveAsync(Caller caller, string session, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        return found.IsOk ? await pushes.ReceiveAsync(found.Value, ct) : found.Error;
    }

    /// <summary>Returns the progress of the upload of a large file.</summary>
    public async Task<Result<UploadState>> UploadStateAsync(Caller caller, string session, UploadKey key, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        return found.IsOk ? await uploads.StateAsync(found.Value, key, ct) : found.Error;
    }

    /// <summary>Stores the next bytes of a large file; received bytes are durable on return, also when the body was cut.</summary>
    public async Task<Result<UploadState>> UploadAsync(
        Caller caller, string session, UploadKey key, long size, long offset, PipeReader body, BlobHash? digest, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        return found.IsOk ? await uploads.ContinueAsync(found.Value, key, size, offset, body, digest, ct) : found.Error;
    }

    /// <summary>
    /// Swaps the head: all changes or none, and only when it has not changed since <paramref name="from"/>. The changes are read as they
    /// are needed. They may name blobs of the target, and of those of its parents that the caller may read.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="from">The snapshot that the changes are made to; null for an empty dataset.</param>
    /// <param name="portions">
    /// The changes, at most <see cref="PushCommit.PortionChanges"/> at a time, at least one portion; it may end in a refusal.
    /// </param>
    /// <param name="message">The message of its author.</param>
    /// <param name="end">The attempt of a run that it ends, in the same commit; null, or a refusal, for none.</param>
    public async Task<Result<SnapshotDescription>> CommitAsync(
        Caller caller, string session, long? from,
        IAsyncEnumerable<Result<IReadOnlyList<TreeChange>>> portions, string? message, Result<AttemptEnd?> end, CancellationToken ct)
    {
        Result<SiteSession> found = await FindAsync(caller, session, ct);
        if (!found.IsOk || !end.IsOk)
        {
            return found.Error ?? end.Error!;
        }

        SiteSession push = found.Value with { Base = from };
        PushCommit? commit = null;
        try
        {
            // Begun with the first portion, so that a body that cannot be read is refused before anything else.
            await foreach (Result<IReadOnlyList<TreeChange>> portion in portions.WithCancellation(ct))
            {
                HutchError? outside = portion.IsOk ? await FindOutsideAsync(caller, push.Dataset, portion.Value, ct) : portion.Error;
                Result<PushCommit> added = outside is not null
                    ? outside
                    : await AddAsync(caller, push, end.Value, commit, portion.Value!, ct);
                if (!added.IsOk)
                {
                    return added.Error;
                }

                commit = added.Value;
            }

            if (await reauthorizer.CheckAsync(caller.AsWriter(push.Dataset), push.Dataset, ct) is { } lost)
            {
                return lost;
            }

            Result<SiteSnapshot> swapped = await commit!.FinishAsync(message, ct);
            return swapped.IsOk ? await DescribeAsync(push.Dataset, swapped.Value, ct) : swapped.Error;
        }
        finally
        {
            commit?.Dispose();
        }
    }

    /// <summary>Returns the refusal of the first change that is not in the folder of the caller's key; null for none.</summary>
    private async ValueTask<HutchError?> FindOutsideAsync(
        Caller caller, DatasetId dataset, IReadOnlyList<TreeChange> changes, CancellationToken ct)
    {
        foreach (TreeChange change in caller.Scope.Folder is null ? [] : changes)
        {
            if ((await authorizer.AuthorizeAsync(caller, dataset, Operation.EntryWrite, change.Path, ct)).Error is { } outside)
            {
                return outside;
            }
        }

        return null;
    }

    private async Task<Result<PushCommit>> AddAsync(
        Caller caller, SiteSession push, AttemptEnd? end, PushCommit? begun, IReadOnlyList<TreeChange> portion, CancellationToken ct)
    {
        Result<PushCommit> commit = begun is not null
            ? begun
            : await commits.BeginAsync(push, end, token => ReadableAsync(caller, push.Dataset, token), ct);
        if (!commit.IsOk)
        {
            return commit;
        }

        Result<Done> added = await commit.Value.AddAsync(portion, ct);
        if (added.IsOk)
        {
            return commit;
        }

        if (begun is null)
        {
            commit.Value.Dispose();
        }

        return added.Error;
    }

    private async Task<Result<SnapshotDescription>> DescribeAsync(DatasetId id, SiteSnapshot snapshot, CancellationToken ct) =>
        await records.ReadAsync(queries => SnapshotReader.Describe(queries, queries.Dataset(id)!, [snapshot])[0], ct);

    internal async ValueTask<Result<SiteSession>> FindAsync(Caller caller, string session, CancellationToken ct)
    {
        if (!Guid.TryParse(session, out Guid id))
        {
            return ErrorCode.NotFound.With($"{Display.Quote(session)} is not a push. Start one with `POST /datasets/ID/sessions`.");
        }

        Result<SiteSession> found = caller.Scope.Folder is { } folder && !PushSessions.IsOf(id, folder)
            ? ErrorCode.NotFound.With($"The push {id:N} was not started with a key of {Display.Quote(folder.Value)}.")
            : await pushes.FindAsync(id, caller.Name, ct);
        if (!found.IsOk)
        {
            return caller.Kind == CallerKind.Anonymous
                ? ErrorCode.Unauthenticated.With("To continue a push, you must be logged in.")
                : found.Error;
        }

        Result<Access> access = await authorizer.AuthorizeInFolderAsync(
            caller.AsWriter(found.Value.Dataset), found.Value.Dataset, Operation.EntryWrite, ct);
        return access.IsOk ? found : access.Error;
    }

    /// <summary>
    /// The versions whose blobs a commit may name without an upload: those of the target and its parents that the caller may read.
    /// </summary>
    internal async Task<IReadOnlyList<TreeView>> ReadableAsync(Caller caller, DatasetId target, CancellationToken ct)
    {
        IReadOnlyList<VersionReference> parents = await records.ReadAsync(
            queries => queries.DatasetKey(target) is long key ? queries.Parents(key) : [], ct);
        var views = new List<TreeView>();
        foreach (VersionReference version in parents.Prepend(new VersionReference(target, null, null)))
        {
            Result<Access> access = await authorizer.AuthorizeAsync(caller, version.Dataset, Operation.EntryRead, ct);
            if (!access.IsOk)
            {
                continue;
            }

            SnapshotRef? at = version.Snapshot is long number ? SnapshotRef.OfNumber((int)number) : null;
            Result<TreeView> view = await heads.ResolveAsync(version.Dataset, at, ct);
            if (view.IsOk)
            {
                views.Add(view.Value);
            }
        }

        return views;
    }
}
