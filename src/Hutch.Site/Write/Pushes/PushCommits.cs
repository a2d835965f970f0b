using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Repositories;

namespace Hutch.Site.Write.Pushes;

/// <summary>Ends pushes: sets the head of their dataset to their changes, all of them or none.</summary>
/// <remarks>Thread-safe. Checks no rights: the caller has.</remarks>
public sealed class PushCommits(
    Committer committer, SiteDatabase records, HeadReader heads, PushChangeChecks checks, OperationTracker operations,
    Func<IDiskFile> newScratch)
{
    /// <summary>
    /// Sets the head to its state at the beginning of the push, with these changes: all of them or none. The dataset must not have changed
    /// since, so that no other user's change is overwritten unseen.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="changes">Puts and removals, each path once.</param>
    /// <param name="message">The author's message.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> CommitAsync(
        SiteSession session, IReadOnlyList<TreeChange> changes, string? message, CancellationToken ct)
    {
        Result<PushCommit> begun = await BeginAsync(session, static _ => Task.FromResult<IReadOnlyList<TreeView>>([]), ct);
        if (!begun.IsOk)
        {
            return begun.Error;
        }

        using PushCommit commit = begun.Value;
        Result<Done> added = await commit.AddAsync(changes, ct);
        return added.IsOk ? await commit.FinishAsync(message, ct) : added.Error;
    }

    /// <summary>
    /// Begins to swap the head, for changes that come in portions. Refused when the dataset has changed since the push began.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="readable">
    /// Asked once, when a change names what this push has not uploaded: the trees whose blobs its user may read.
    /// </param>
    public Task<Result<PushCommit>> BeginAsync(
        SiteSession session, Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable, CancellationToken ct) =>
        BeginAsync(session, null, readable, ct);

    /// <param name="end">The attempt of a run that the push ends; null for none.</param>
    /// <inheritdoc cref="BeginAsync(SiteSession, Func{CancellationToken, Task{IReadOnlyList{TreeView}}}, CancellationToken)"/>
    public async Task<Result<PushCommit>> BeginAsync(
        SiteSession session, AttemptEnd? end, Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable, CancellationToken ct)
    {
        IDisposable operation = operations.Begin();
        Result<PushCommit> begun;
        try
        {
            begun = await OpenAsync(operation, session, end, readable, ct);
        }
        catch
        {
            operation.Dispose();
            throw;
        }

        if (!begun.IsOk)
        {
            operation.Dispose();
        }

        return begun;
    }

    private async Task<Result<PushCommit>> OpenAsync(
        IDisposable operation, SiteSession session, AttemptEnd? end,
        Func<CancellationToken, Task<IReadOnlyList<TreeView>>> readable, CancellationToken ct)
    {
        Result<SiteDataset> head = (await heads.DatasetAsync(session.Dataset, ct))
            .Then(dataset => DatasetState.RequireWritable(dataset, session.Author));
        if (!head.IsOk)
        {
            return head.Error;
        }

        return await FindConflictAsync(session, head.Value, ct) is { } conflict
            ? conflict
            : new PushCommit(this, checks, operation, session, head.Value, readable) { End = end };
    }

    internal ChangeSorter NewSorter() => new(newScratch);

    /// <summary>Applies changes to a tree and stores its new pages; nothing names them yet.</summary>
    internal Task<Result<MadeTree>> ApplyAsync(
        TreeRoot root, IReadOnlyList<TreeChange> changes, CancellationToken ct) =>
        PageStore.ReplaceAsync(committer, heads.Tree, root, changes, ct);

    internal Task<Result<SiteSnapshot>> SwapAsync(
        SiteSession session, SiteDataset head, MadeTree made, string? message, RepositoryChange? repository, AttemptEnd? end,
        CancellationToken ct) =>
        committer.CommitAsync(context => Swap(context, session, head, made, message, repository, end), [], ct);

    private ValueTask<HutchError?> FindConflictAsync(SiteSession session, SiteDataset head, CancellationToken ct) =>
        records.ReadAsync(queries => Conflict(queries, session, head), ct);

    private static HutchError? Conflict(SiteQueries queries, SiteSession session, SiteDataset head)
    {
        if (head.Snapshot == session.Base && !queries.HasOverlay(head.Key))
        {
            return null;
        }

        string name = $"'{head.Owner}/{head.Slug}'";
        return new HutchError(
            ErrorCode.Overtaken,
            session.Base is long number
                ? $"{name} has changed since snapshot @{number}, on which this push is based."
                : $"{name} is no longer empty, as it was when this push started.",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["base"] = session.Base?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
                ["current"] = head.Snapshot?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
            });
    }

    /// <summary>
    /// Returns the bytes that only the version before keeps. What the push added without sending it was in the dataset or its parents: it
    /// moved, and the same content would count twice.
    /// </summary>
    private static long ReplacedBy(MadeTree made, long sentBytes) =>
        Math.Max(0, made.ReplacedBytes - Math.Max(0, made.AddedBytes - sentBytes)) + made.PageBytes;

    private static Result<SiteSnapshot> Swap(
        CommitContext context, SiteSession session, SiteDataset head, MadeTree made, string? message,
        RepositoryChange? repository, AttemptEnd? end)
    {
        if (end is not null && AttemptRule.FindRefusal(context.Queries, end) is { } late)
        {
            return late;
        }

        if (!PushSessions.Check(context.Queries.Session(session.Id), session.Id, session.Author, context.Now)
            .TryGet(out _, out HutchError? ended))
        {
            return ended;
        }

        bool isOfPeople = end is null && session.Author != AdoptedFolder.Source;
        if (!(isOfPeople ? context.OwnDataset(session.Dataset) : context.WritableDataset(session.Dataset, session.Author))
            .TryGet(out SiteDataset? now, out HutchError? refusal))
        {
            return refusal;
        }

        if (now.Root.Page != head.Root.Page || Conflict(context.Queries, session, now) is not null)
        {
            return Conflict(context.Queries, session, now) ?? ErrorCode.Overtaken.With("The dataset changed during the push.");
        }

        var taken = new JournalRecord.SnapshotTaken(
            now.Id, now.LastNumber + 1, TreeReference.From(made.Root), now.Snapshot, context.Sequence, SnapshotReason.Push,
            session.Author, message, ReplacedBy(made, context.Queries.SentBy(session.Id)));
        context.Emit(taken);
        if (repository is not null
            && (RepositoryWriter.Emit(context, session, repository)
                ?? (taken.Number == repository.Number ? null : ErrorCode.Overtaken.With("Another user changed the dataset first.")))
                is { } conflict)
        {
            return conflict;
        }

        context.Emit(new JournalRecord.SessionEnded(session.Id));
        if (end is not null)
        {
            AttemptRule.Emit(context, end);
        }

        return context.Queries.Snapshot(now.Key, taken.Number)!;
    }
}
