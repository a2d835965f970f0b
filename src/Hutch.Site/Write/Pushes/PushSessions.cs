using Hutch.Catalog.Site;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;
using Hutch.Storage;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Pushes: uploads that become visible all at once, at their commit. A session survives a restart. It may name only blobs that it uploaded
/// itself, or that its user may read in the target and its parents: a hash is no capability.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has, and says which parents may be read.</remarks>
public sealed partial class PushSessions(
    Committer committer,
    SiteDatabase records,
    BlobStore blobs,
    BlobIntake intake,
    PermanentCopier copies,
    HeadReader heads,
    DatasetLanes lanes,
    OperationTracker operations,
    PushOptions options,
    Func<IDiskFile> newScratch,
    Func<Guid> newId,
    TimeProvider time)
{
    private readonly BlobBloomFilters _bloomFilters = new(heads.Tree);

    /// <param name="from">The number of the snapshot that the push changes; null for an empty dataset.</param>
    /// <param name="by">The pushing user.</param>
    public Task<Result<SiteSession>> StartAsync(
        DatasetId id, long? from, string by, CancellationToken ct) => committer.CommitAsync<SiteSession>(
        context =>
        {
            if (!context.WritableDataset(id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
            {
                return refusal;
            }

            return Start(context, dataset, newId(), from, by);
        },
        [],
        ct);

    /// <summary>
    /// A push that is in progress and belongs to this user. It is used: when half of its time is over, it gets all of it again.
    /// </summary>
    public async ValueTask<Result<SiteSession>> FindAsync(Guid session, string by, CancellationToken ct)
    {
        Result<SiteSession> found = await PeekAsync(session, by, ct);
        return found.IsOk && found.Value.Expires - time.GetUtcNow().ToUnixTimeMilliseconds() < Milliseconds(options.SessionHours) / 2
            ? await ExtendAsync(found.Value, ct)
            : found;
    }

    /// <summary>The same for a query: it does not extend the push.</summary>
    public async ValueTask<Result<SiteSession>> PeekAsync(Guid session, string by, CancellationToken ct) => Check(
        await records.ReadAsync(queries => queries.Session(session), ct), session, by, time.GetUtcNow().ToUnixTimeMilliseconds());

    public async ValueTask<Result<BlobReceiver>> ReceiveAsync(SiteSession session, CancellationToken ct)
    {
        Result<Lane> lane = await lanes.ForWritingAsync(session, ct);
        return lane.IsOk ? new BlobReceiver(this, intake, blobs.Pool, session.Id, lane.Value) : lane.Error;
    }

    /// <summary>Aborts a push: its uploads are garbage.</summary>
    public Task<Result<Done>> AbortAsync(Guid session, string by, CancellationToken ct) => committer.CommitAsync(
        context => Check(context.Queries.Session(session), session, by, context.Now).Then<Done>(_ =>
        {
            context.Emit(new JournalRecord.SessionEnded(session));
            return Done.Value;
        }),
        [],
        ct,
        mayUseReserve: true);

    /// <summary>Ends any user's push into a dataset: its uploads are garbage. The caller has checked the right to do so.</summary>
    public Task<Result<Done>> EndAsync(Guid session, DatasetId dataset, CancellationToken ct) => committer.CommitAsync<Done>(
        context =>
        {
            if (context.Queries.Session(session) is not { IsCopy: false } found || found.Dataset != dataset)
            {
                return ErrorCode.NotFound.With($"There is no push {session:N} into this dataset.");
            }

            context.Emit(new JournalRecord.SessionEnded(session));
            return Done.Value;
        },
        [],
        ct,
        mayUseReserve: true);

    /// <summary>
    /// Says which of these blobs the push must upload. The others it may name from now on: it has uploaded them, or they are in the
    /// target or in a parent that its user may read.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="wanted">What the client has.</param>
    /// <param name="readable">The trees whose blobs its user may read: the target's and its parents'.</param>
    public async Task<Result<IReadOnlyList<BlobHash>>> NegotiateAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, IReadOnlyList<TreeView> readable, CancellationToken ct)
    {
        if (wanted.Count > options.MaxNegotiatedHashes)
        {
            return ErrorCode.TooLarge.With(
                $"{wanted.Count} hashes are too many for one request; the limit is {options.MaxNegotiatedHashes}.");
        }

        Result<Lane> lane = await lanes.ForWritingAsync(session, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        // The trees first, then the store: a blob that is in no tree costs the same whether it is stored or not.
        HashSet<BlobHash> missing = await NotYetNamedAsync(session, wanted, lane.Value, ct);
        HashSet<BlobHash> found = await FindInAsync(readable, missing, ct);
        HashSet<BlobHash> stored = await StoredAsync(found, lane.Value, ct);
        if (stored.Count > 0)
        {
            Result<IReadOnlyList<BlobHash>> granted = await GrantAsync(session.Id, [.. stored], ct);
            if (!granted.IsOk)
            {
                return granted.Error;
            }

            missing.ExceptWith(granted.Value);
        }

        return missing.ToList();
    }

    /// <summary>
    /// Takes in small blobs that were uploaded whole and verified. Returns after they are durable and the push may name them.
    /// </summary>
    public Task<Result<Done>> AddAsync(Guid session, IReadOnlyList<ReceivedBlob> received, CancellationToken ct) => AddAsync(
        session,
        [.. received.Select(blob => blob.Hash)],
        [.. received.SelectMany(blob => blob.Members)],
        [.. received.Select(blob => blob.Assembled).OfType<JournalRecord.BlobAssembled>()],
        ct);

    /// <summary>The same, for blobs that were verified during receipt. The bytes must not change until it returns.</summary>
    internal Task<Result<Done>> AddAsync(
        Guid session,
        IReadOnlyList<BlobHash> hashes,
        IReadOnlyList<StagedMember> members,
        IReadOnlyList<JournalRecord.BlobAssembled> assembled,
        CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (context.Queries.Session(session) is null)
                {
                    return Ended(session);
                }

                foreach (JournalRecord.BlobAssembled blob in assembled)
                {
                    context.Emit(blob);
                }

                context.Emit(new JournalRecord.SessionBlobs(session, hashes));
                return Done.Value;
            },
            members,
            ct);

    private Result<SiteSession> Start(CommitContext context, SiteDataset dataset, Guid session, long? from, string by)
    {
        if (context.Queries.SessionsOf(dataset.Key).Count >= options.MaxSessionsPerDataset)
        {
            return ErrorCode.TooManyRequests.With(
                $"{options.MaxSessionsPerDataset} pushes into '{dataset.Owner}/{dataset.Slug}' are in progress, the maximum. "
                + "Finish or abort one of them.");
        }

        context.Emit(new JournalRecord.SessionStarted(session, dataset.Id, by, from, context.Now + Milliseconds(options.SessionHours)));
        return context.Queries.Session(session)!;
    }

    /// <summary>Extends a push. If the extension cannot be recorded, the push continues with its present expiry.</summary>
    private async Task<Result<SiteSession>> ExtendAsync(SiteSession session, CancellationToken ct)
    {
        Result<SiteSession> extended = await committer.CommitAsync<SiteSession>(
            context =>
            {
                if (context.Queries.Session(session.Id) is null)
                {
                    return Ended(session.Id);
                }

                context.Emit(new JournalRecord.SessionExtended(session.Id, context.Now + Milliseconds(options.SessionHours)));
                return context.Queries.Session(session.Id)!;
            },
            [],
            ct);
        return extended.IsOk || extended.Error.Code == ErrorCode.NotFound ? extended : session;
    }

    private static long Milliseconds(int hours) => (long)TimeSpan.FromHours(hours).TotalMilliseconds;

    /// <summary>
    /// Lets a push name the blobs that it found. Those that a collection has removed since are left out, and uploaded then.
    /// </summary>
    public Task<Result<IReadOnlyList<BlobHash>>> GrantAsync(Guid session, IReadOnlyList<BlobHash> found, CancellationToken ct) =>
        committer.CommitAsync<IReadOnlyList<BlobHash>>(
            context =>
            {
                if (context.Queries.Session(session) is null)
                {
                    return Ended(session);
                }

                List<BlobHash> granted = [.. found.Where(context.RelyOn)];
                if (granted.Count > 0)
                {
                    context.Emit(new JournalRecord.SessionBlobs(session, granted));
                }

                return granted;
            },
            [],
            ct);

    // In one transaction: taking the database's lock for each hash costs as much as looking it up.
    private ValueTask<HashSet<BlobHash>> NamedAsync(SiteSession session, IReadOnlyCollection<BlobHash> wanted, CancellationToken ct) =>
        records.ReadConsistentAsync(queries => queries.SessionMayName(session.Id, wanted), ct);

    /// <summary>The blobs that the push has not brought yet, including those that the disk has damaged or lost since.</summary>
    private async Task<HashSet<BlobHash>> NotYetNamedAsync(
        SiteSession session, IReadOnlyCollection<BlobHash> wanted, Lane lane, CancellationToken ct)
    {
        HashSet<BlobHash> named = await NamedAsync(session, wanted, ct);
        if (named.Count > 0 && (blobs.Bytes.HasDamage || await records.ReadAsync(static queries => queries.HasDropped(), ct)))
        {
            named = await StoredAsync(named, lane, ct);
        }

        var missing = new HashSet<BlobHash>(wanted);
        missing.ExceptWith(named);
        return missing;
    }

    /// <summary>Those that the store has undamaged, in a lane that lasts as long as the dataset.</summary>
    private async Task<HashSet<BlobHash>> StoredAsync(HashSet<BlobHash> hashes, Lane lane, CancellationToken ct)
    {
        // One query to the records for all that are not a single member: most new blobs are new to the records too.
        BlobHash[] others = [.. hashes.Where(hash => !blobs.IsStoredForGood(MemberKey.Blob(hash)))];
        var stored = new HashSet<BlobHash>(hashes);
        stored.ExceptWith(others);
        foreach (BlobHash large in await records.ReadAsync(queries => queries.LargeBlobsAmong(others), ct))
        {
            if (await blobs.IsStoredForAsync(large, lane, ct))
            {
                stored.Add(large);
            }
        }

        return stored;
    }

    private async Task<HashSet<BlobHash>> FindInAsync(IReadOnlyList<TreeView> readable, HashSet<BlobHash> blobs, CancellationToken ct)
    {
        var found = new HashSet<BlobHash>();
        var wanted = new HashSet<BlobHash>(blobs);
        foreach (TreeView view in readable)
        {
            if (wanted.Count > 0 && await IsWorthAWalkAsync(view, wanted, ct))
            {
                await FindInAsync(view, wanted, found, ct);
            }
        }

        return found;
    }

    /// <summary>Changes over a tree are in no filter.</summary>
    private async ValueTask<bool> IsWorthAWalkAsync(TreeView view, HashSet<BlobHash> wanted, CancellationToken ct) =>
        (view.IsHead && await records.ReadAsync(queries => queries.HasOverlay(view.Dataset.Key), ct))
        || await _bloomFilters.MayContainAsync(view.Dataset.Id, view.Root, wanted, ct);

    private async Task FindInAsync(TreeView view, HashSet<BlobHash> wanted, HashSet<BlobHash> found, CancellationToken ct)
    {
        await foreach (PathEntry file in heads.EnumerateAsync(view, "", ct))
        {
            if (file.Entry.Kind == EntryKind.File && wanted.Remove(file.Entry.Hash))
            {
                found.Add(file.Entry.Hash);
                if (wanted.Count == 0)
                {
                    return;
                }
            }
        }
    }

    private static Result<SiteSession> Check(SiteSession? found, Guid session, string by, long now) =>
        found is null || found.Author != by || found.Expires <= now ? Ended(session) : found;

    private static HutchError Ended(Guid session) =>
        ErrorCode.NotFound.With(
            $"There is no push {session:N} in progress: it was committed, aborted or has expired. Start a new one; "
            + "data that the dataset already has is not uploaded again.");
}
