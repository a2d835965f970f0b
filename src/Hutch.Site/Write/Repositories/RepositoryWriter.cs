using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Write.Repositories;

/// <summary>Changes the git and git-annex content of a dataset: its repository, and the keys whose content it holds.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class RepositoryWriter(Committer committer, HeadReader heads)
{
    /// <summary>Applies changes to the tree of a repository and stores its new pages, which are still unreferenced.</summary>
    public Task<Result<TreeRoot>> ApplyAsync(TreeRoot root, IReadOnlyList<TreeChange> changes, CancellationToken ct) =>
        PageStore.ApplyAsync(committer, heads.Tree, root, changes, ct);

    /// <summary>Sets the repository, and ends the push that brought its content. The head stays.</summary>
    public Task<Result<Done>> SetAsync(SiteSession session, RepositoryChange change, CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (Emit(context, session, change) is { } refusal)
                {
                    return refusal;
                }

                context.Emit(new JournalRecord.SessionEnded(session.Id));
                return Done.Value;
            },
            [],
            ct);

    /// <summary>Keeps the content of a key, which was verified against it.</summary>
    public Task<Result<Done>> StoreKeysAsync(
        DatasetId id, IReadOnlyList<StoredKey> keys, ReceivedBlob content, string by, CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (!context.WritableDataset(id).TryGet(out _, out HutchError? refusal))
                {
                    return refusal;
                }

                if (content.Assembled is { } assembled)
                {
                    context.Emit(assembled);
                }

                context.Emit(new JournalRecord.KeysHeld(id, keys, by));
                return Done.Value;
            },
            content.Members,
            ct);

    /// <summary>Keeps the content of a key from a push, which was verified against it, and ends the push.</summary>
    public Task<Result<Done>> StoreKeysAsync(SiteSession session, IReadOnlyList<StoredKey> keys, BlobHash content, CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (!context.WritableDataset(session.Dataset).TryGet(out _, out HutchError? refusal))
                {
                    return refusal;
                }

                if (!context.Queries.SessionMayName(session.Id, content) || !context.RelyOn(content))
                {
                    return ErrorCode.Conflict.With("What was uploaded is no longer stored. Send it again.");
                }

                context.Emit(new JournalRecord.KeysHeld(session.Dataset, keys, session.Author));
                context.Emit(new JournalRecord.SessionEnded(session.Id));
                return Done.Value;
            },
            [],
            ct);

    /// <summary>
    /// Returns true if keys of a dataset may end now: it is neither a copy nor closed, ended or in the trash, and its keys are stored here.
    /// </summary>
    public static bool MayDropKeys(SiteDataset dataset) =>
        dataset is { Closed: null, Ended: null, TrashedUntil: null, Copy: null, Folder: null };

    /// <summary>Renews keys that came before a given moment, as if they had come again. Returns after it is durable.</summary>
    public Task<Result<Done>> RenewAsync(
        DatasetId id, IReadOnlyList<string> names, DateTimeOffset before, string by, CancellationToken ct) =>
        committer.CommitAsync<Done>(
            context =>
            {
                if (!context.Dataset(id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
                {
                    return refusal;
                }

                long time = before.ToUnixTimeMilliseconds();
                StoredKey[] renewed =
                [
                    .. names.Where(name => context.Queries.IsStoredBefore(dataset.Key, name, time))
                        .Select(name => context.Queries.StoredKey(dataset.Key, name)).OfType<StoredKey>(),
                ];
                if (renewed.Length > 0 && MayDropKeys(dataset))
                {
                    context.Emit(new JournalRecord.KeysHeld(id, renewed, by));
                }

                return Done.Value;
            },
            [],
            ct,
            mayUseReserve: true);

    /// <summary>Deletes content of unreferenced keys, or leaves it if the dataset changed since or a running push may name them.</summary>
    /// <param name="looked">The dataset as it was when its commits and versions were searched.</param>
    /// <param name="before">Deletes only keys that came before this time; those that came again stay.</param>
    public Task<Result<int>> DropAsync(
        SiteDataset looked, IReadOnlyList<string> names, DateTimeOffset before, string by, CancellationToken ct) =>
        committer.CommitAsync<int>(
            context =>
            {
                if (!context.Dataset(looked.Id).TryGet(out SiteDataset? dataset, out HutchError? refusal))
                {
                    return refusal;
                }

                if (!MayDropKeys(dataset) || dataset.Repository?.Page != looked.Repository?.Page
                    || dataset.Root.Page != looked.Root.Page || dataset.LastNumber != looked.LastNumber
                    || context.Queries.HasOverlay(dataset.Key) || context.Queries.SessionsOf(dataset.Key).Count > 0)
                {
                    return 0;
                }

                long time = before.ToUnixTimeMilliseconds();
                string[] dropped = [.. names.Where(name => context.Queries.IsStoredBefore(dataset.Key, name, time))];
                if (dropped.Length > 0)
                {
                    context.Emit(new JournalRecord.KeysDropped(looked.Id, dropped, by));
                }

                return dropped.Length;
            },
            [],
            ct,
            mayUseReserve: true);

    /// <summary>Emits a change of the repository, with its tags; a refusal when the change is based on another repository.</summary>
    internal static HutchError? Emit(CommitContext context, SiteSession session, RepositoryChange change)
    {
        if (!context.WritableDataset(session.Dataset, session.Author).TryGet(out SiteDataset? dataset, out HutchError? refusal))
        {
            return refusal;
        }

        if (dataset.Repository?.Page != change.From?.Page)
        {
            return ErrorCode.Conflict.With("Another push came first.");
        }

        context.Emit(new JournalRecord.RepositorySet(session.Dataset, TreeReference.From(change.To), change.Through, session.Author));
        foreach ((string tag, long number) in change.Tags)
        {
            if (TagLimit.FindRefusal(context.Queries, dataset, tag) is { } many)
            {
                return many;
            }

            context.Emit(new JournalRecord.TagSet(session.Dataset, tag, number, session.Author));
        }

        return null;
    }
}
