using Hutch.Catalog.Site;
using Hutch.Datasets.Blobs;
using Hutch.Datasets.Committing;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Pushes;

public sealed partial class PushSessions
{
    /// <summary>
    /// Swaps the head to what it was when the push began, with these changes: all of them or none. The dataset must not have
    /// changed since, so that nobody's work is overwritten unseen.
    /// </summary>
    /// <param name="session">The push.</param>
    /// <param name="changes">Puts and removals, each path once.</param>
    /// <param name="message">What its author says of it.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> CommitAsync(SiteSession session, IReadOnlyList<TreeChange> changes, string? message, CancellationToken ct)
    {
        if (changes.Count > options.MaxChanges)
        {
            return ErrorCode.TooLarge.With($"{changes.Count} changes in one push are too many; at most {options.MaxChanges} are taken.");
        }

        using IDisposable operation = operations.Begin();
        Result<SiteDataset> read = (await heads.DatasetAsync(session.Dataset, ct)).Then(DatasetState.RequireWritable);
        if (!read.IsOk)
        {
            return read.Error;
        }

        SiteDataset head = read.Value;
        if (await FindConflictAsync(session, head, ct) is { } conflict)
        {
            return conflict;
        }

        if (await FindForeignAsync(session, changes, ct) is { } foreign)
        {
            return foreign;
        }

        var sink = new PageSink();
        Result<TreeRoot> root = await heads.Tree.ApplyAsync(head.Root, changes, sink, ct);
        if (!root.IsOk)
        {
            return root.Error;
        }

        Result<Done> stored = await PageStore.StoreAsync(committer, sink.Pages, Lane.Main, ct);
        return stored.IsOk
            ? await committer.CommitAsync(context => Swap(context, session, head, root.Value, message), [], ct)
            : stored.Error;
    }

    private ValueTask<HutchError?> FindConflictAsync(SiteSession session, SiteDataset head, CancellationToken ct) =>
        records.ReadAsync(queries => Conflict(queries, session, head), ct);

    private static HutchError? Conflict(SiteQueries queries, SiteSession session, SiteDataset head)
    {
        if (head.Snapshot == session.Base && !queries.HasOverlay(head.Key))
        {
            return null;
        }

        string since = session.Base is long number ? $"snapshot @{number}" : "it was empty";
        return new HutchError(
            ErrorCode.Conflict,
            $"'{head.Owner}/{head.Slug}' has changed since {since}, from which this push began. Nothing was lost: `hutch pull` brings the changes here, then push again.",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["base"] = session.Base?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
                ["current"] = head.Snapshot?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "",
            });
    }

    /// <summary>A commit may name what the session may name, or leave at its path what is there.</summary>
    private async Task<HutchError?> FindForeignAsync(SiteSession session, IReadOnlyList<TreeChange> changes, CancellationToken ct)
    {
        IEnumerable<BlobHash> wanted = changes.Select(change => change.Entry).OfType<Entry>().Where(entry => entry.Kind == EntryKind.File).Select(entry => entry.Hash);
        HashSet<BlobHash> named = await records.ReadAsync(queries => queries.SessionMayName(session.Id, wanted.Distinct()), ct);
        foreach (TreeChange change in changes)
        {
            if (change.Entry is not { Kind: EntryKind.File } file)
            {
                continue;
            }

            if (!named.Contains(file.Hash))
            {
                return ErrorCode.BlobNotNameable.With(
                    $"This push may not name the blob {file.Hash} for '{change.Path}'. Upload the file in this push first.", "hash", file.Hash.ToString());
            }

            if (blobs.Segments.HasDamage && await blobs.FindWholeAsync(file.Hash, ct) is null)
            {
                return ErrorCode.BlobNotNameable.With(
                    $"The stored bytes of the blob {file.Hash} for '{change.Path}' are damaged. Upload the file in this push again.", "hash", file.Hash.ToString());
            }

            if (await blobs.FindAsync(file.Hash, ct) is { } content && content.Size != file.Size)
            {
                return ErrorCode.Unprocessable.With($"'{change.Path}' is said to have {file.Size} bytes, but the blob {file.Hash} has {content.Size}.");
            }
        }

        return null;
    }

    private static Result<SiteSnapshot> Swap(CommitContext context, SiteSession session, SiteDataset head, TreeRoot root, string? message)
    {
        if (!Check(context.Queries.Session(session.Id), session.Id, session.Author, context.Now).TryGet(out _, out HutchError? ended))
        {
            return ended;
        }

        if (!context.WritableDataset(session.Dataset).TryGet(out SiteDataset? now, out HutchError? refusal))
        {
            return refusal;
        }

        if (now.Root.Page != head.Root.Page || Conflict(context.Queries, session, now) is not null)
        {
            return Conflict(context.Queries, session, now) ?? ErrorCode.Conflict.With("The dataset changed during the push. Pull, then push again.");
        }

        var taken = new JournalRecord.SnapshotTaken(
            now.Id, now.LastNumber + 1, Reference.To(root), now.Snapshot, context.Sequence, SnapshotReason.Push, session.Author, message);
        context.Emit(taken);
        context.Emit(new JournalRecord.SessionEnded(session.Id));
        return context.Queries.Snapshot(now.Key, taken.Number)!;
    }
}
