using System.Security.Cryptography;
using System.Text;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Pushes;

/// <summary>
/// Pushes: uploads that become visible all at once, at their commit. A session survives a restart. It may name only blobs that it uploaded
/// itself, or that its user may read in the target and its parents: a hash is no capability.
/// </summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class PushSessions(
    Committer committer, SiteDatabase records, BlobIntake intake, PayloadPool pool, DatasetLanes lanes, PushOptions options,
    Func<Guid> newId, TimeProvider time)
{
    /// <summary>One user may have this part of a dataset's pushes for single uploads, so that others find room.</summary>
    private const int ShareOfUser = 4;

    /// <summary>A dataset that parts of a run are written to may have this number of times more pushes: each part needs one.</summary>
    private const int SharePerPart = 32;

    /// <summary>The version of an id that is made from a name (RFC 9562); those of other pushes are random.</summary>
    private const int NamedVersion = 8;

    /// <summary>The push of an upload: always the same for a dataset, a user and an upload.</summary>
    public static Guid SingleId(DatasetId dataset, string by, UploadKey upload)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{dataset}/{upload.Name}/{by}"));
        hash[6] = (byte)((hash[6] & 0x0f) | (NamedVersion << 4));
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>
    /// Returns true for a push that a key of exactly this folder has opened. A push knows the blobs that its key could read, so that a key
    /// of a folder must not continue another one.
    /// </summary>
    public static bool IsOf(Guid session, DatasetPath folder) => session == BindTo(session, folder);

    /// <param name="from">The number of the snapshot that the push changes; null for an empty dataset.</param>
    /// <param name="by">The pushing user.</param>
    public Task<Result<SiteSession>> StartAsync(DatasetId id, long? from, string by, CancellationToken ct) =>
        StartAsync(id, from, by, null, ct);

    /// <param name="folder">The folder of the key that opens the push; null for none.</param>
    public Task<Result<SiteSession>> StartAsync(
        DatasetId id, long? from, string by, DatasetPath? folder, CancellationToken ct) => committer.CommitAsync<SiteSession>(
        context =>
        {
            if (!context.WritableDataset(id, by).TryGet(out SiteDataset? dataset, out HutchError? refusal))
            {
                return refusal;
            }

            return Start(context, dataset, folder is { } only ? BindTo(newId(), only) : newId(), from, by);
        },
        [],
        ct);

    /// <summary>
    /// Starts the push of an upload, or continues the one in progress unless another size was announced there. A user with too many of
    /// them loses the one not used for longest.
    /// </summary>
    public Task<Result<SiteSession>> StartSingleAsync(
        SiteDataset target, string by, UploadKey upload, long size, CancellationToken ct) => committer.CommitAsync<SiteSession>(
        context =>
        {
            if (!context.WritableDataset(target.Id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
            {
                return refusal;
            }

            Guid id = SingleId(target.Id, by, upload);
            if (context.Queries.Session(id) is { } begun)
            {
                if (begun.Expires > context.Now && (context.Queries.SessionUploadReach(id, upload.Name)?.Size ?? size) == size)
                {
                    return begun;
                }

                context.Emit(new JournalRecord.SessionEnded(id));
            }

            EndOldestSession(context, dataset, by);
            return Start(context, dataset, id, target.Snapshot, by);
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

    public async ValueTask<Result<BlobReceiver>> ReceiveAsync(SiteSession session, CancellationToken ct)
    {
        Result<Lane> lane = await lanes.ForWritingAsync(session, ct);
        return lane.IsOk ? new BlobReceiver(this, intake, pool, session.Id, lane.Value) : lane.Error;
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

                long bytes = members.Sum(static member => (long)member.Body.Length) + assembled.Sum(static blob => blob.Size);
                context.Emit(new JournalRecord.SessionBlobs(session, hashes, bytes));
                return Done.Value;
            },
            members,
            ct);

    /// <summary>
    /// Lets a push name the blobs that it found. Those that a collection has removed since are left out, and uploaded then.
    /// </summary>
    public Task<Result<IReadOnlyList<BlobHash>>> GrantAsync(Guid session, IReadOnlyList<BlobHash> found, CancellationToken ct) =>
        committer.CommitAsync<IReadOnlyList<BlobHash>>(
            context =>
            {
                if (context.Queries.Session(session) is not { } push)
                {
                    return Ended(session);
                }

                List<BlobHash> granted = [.. found.Where(hash => context.RelyOn(hash) || IsInStore(context.Queries, push, hash))];
                if (granted.Count > 0)
                {
                    context.Emit(new JournalRecord.SessionBlobs(session, granted));
                }

                return granted;
            },
            [],
            ct);

    /// <summary>Returns true for the bytes of an adopted store, which its own commits may name although they are not stored.</summary>
    private static bool IsInStore(SiteQueries queries, SiteSession push, BlobHash hash) =>
        push.Author == AdoptedFolder.Source
        && queries.FolderFiles(hash, push.Dataset, 1) is [{ IsHashed: true, Gone: null } file] && file.Dataset == push.Dataset;

    /// <summary>Replaces the second half of an id by a hash of the first and the folder.</summary>
    private static Guid BindTo(Guid id, DatasetPath folder)
    {
        const int Half = 8;
        Span<byte> bytes = stackalloc byte[2 * Half];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        byte[] hash = SHA256.HashData([.. bytes[..Half], .. Encoding.UTF8.GetBytes(folder.Value)]);
        hash.AsSpan(0, Half).CopyTo(bytes[Half..]);
        bytes[Half] = (byte)((bytes[Half] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    internal static Result<SiteSession> Check(SiteSession? found, Guid session, string by, long now) =>
        found is null || found.Author != by || found.Expires <= now ? Ended(session) : found;

    internal static HutchError Ended(Guid session) =>
        ErrorCode.NotFound.With(
            $"There is no push {session:N} in progress: it was committed, aborted or has expired. Start a new one; "
            + "data that the dataset already has is not uploaded again.");

    internal static long Milliseconds(int hours) => (long)TimeSpan.FromHours(hours).TotalMilliseconds;

    private Result<SiteSession> Start(CommitContext context, SiteDataset dataset, Guid session, long? from, string by)
    {
        int most = options.MaxSessionsPerDataset;
        int sessions = context.Queries.SessionsOf(dataset.Key).Count;
        if (sessions >= most && context.Queries.RunOfParts(dataset.Id) is not null)
        {
            most *= SharePerPart;
        }

        if (sessions >= most)
        {
            return ErrorCode.TooManyRequests.With(
                $"{most} pushes into '{dataset.Owner}/{dataset.Slug}' are in progress, the maximum. "
                + "Finish or abort one of them.");
        }

        context.Emit(new JournalRecord.SessionStarted(session, dataset.Id, by, from, context.Now + Milliseconds(options.SessionHours)));
        return context.Queries.Session(session)!;
    }

    private void EndOldestSession(CommitContext context, SiteDataset dataset, string by)
    {
        int most = Math.Max(1, options.MaxSessionsPerDataset / ShareOfUser);
        List<SiteSession> own =
        [
            .. context.Queries.SessionsOf(dataset.Key).Where(static id => id.Version == NamedVersion)
                .Select(context.Queries.Session).OfType<SiteSession>().Where(session => session.Author == by)
                .OrderBy(static session => session.Expires),
        ];
        foreach (SiteSession session in own.Take(own.Count - most + 1))
        {
            context.Emit(new JournalRecord.SessionEnded(session.Id));
        }
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
}
