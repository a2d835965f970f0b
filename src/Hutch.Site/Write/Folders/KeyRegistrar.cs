using Hutch.Model.Annex;
using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Folders;

/// <summary>
/// Registers the keys of git-annex that stay in an adopted store. A key names its file by facts until the file is hashed, and by the hash
/// afterwards. Its answers are durable and visible.
/// </summary>
/// <remarks>Thread-safe. It looks at no file, and the caller has checked the rights.</remarks>
public sealed class KeyRegistrar(Committer committer)
{
    public const int MaxChanges = 1000;

    /// <param name="changes">At most <see cref="MaxChanges"/>, each path once.</param>
    public Task<Result<Done>> RegisterAsync(DatasetId id, IReadOnlyList<KeyChange> changes, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changes.Count, MaxChanges);
        return committer.CommitAsync(
            context => context.OpenDataset(id).Then<Done>(dataset =>
            {
                Record(context, dataset, changes);
                return Done.Value;
            }),
            [],
            ct);
    }

    /// <param name="file">The file of the key, unchanged before and after its bytes were read.</param>
    /// <param name="hash">SHA-256 of its bytes.</param>
    /// <param name="isRight">False if they are not the content of the key, which is then no longer here.</param>
    /// <returns>False when another version of the file was registered in the meantime: nothing was changed.</returns>
    internal Task<Result<bool>> SetHashAsync(FolderFile file, KeyName key, BlobHash hash, bool isRight, CancellationToken ct) =>
        committer.CommitAsync<bool>(
            context =>
            {
                if (!context.OpenDataset(file.Dataset).TryGet(out SiteDataset? dataset, out HutchError? refusal))
                {
                    return refusal;
                }

                if (context.Queries.FolderFile(dataset.Key, file.Path) is not { IsHashed: false } now || now.Name != file.Name)
                {
                    return false;
                }

                context.Emit(new JournalRecord.FileRegistered(file.Dataset, file.Path, hash, file.Stamp, Hashed: true));
                if (isRight)
                {
                    StoredKey[] held = [new StoredKey(key.Name, hash, file.Stamp.Size)];
                    context.Emit(new JournalRecord.KeysHeld(file.Dataset, held, AdoptedFolder.Source));
                }
                else if (context.Queries.StoredKey(dataset.Key, key.Name)?.Hash == file.Name)
                {
                    context.Emit(new JournalRecord.KeysDropped(file.Dataset, [key.Name], AdoptedFolder.Source));
                }

                return true;
            },
            [],
            ct);

    private static void Record(CommitContext context, SiteDataset dataset, IReadOnlyList<KeyChange> changes)
    {
        var held = new List<StoredKey>();
        var dropped = new List<string>();
        foreach (KeyChange change in changes)
        {
            if (change.File.Entry is null)
            {
                context.Emit(new JournalRecord.FileVanished(dataset.Id, change.File.Path));
                if (change.Key is { } gone)
                {
                    dropped.Add(gone.Name);
                }

                continue;
            }

            BlobHash name = change.File.NameIn(dataset.Id);
            context.Emit(new JournalRecord.FileRegistered(dataset.Id, change.File.Path, name, change.File.Stamp, Hashed: false));
            held.Add(new StoredKey(change.Key!.Name, name, change.File.Stamp.Size));
        }

        if (dropped.Count > 0)
        {
            context.Emit(new JournalRecord.KeysDropped(dataset.Id, dropped, AdoptedFolder.Source));
        }

        if (held.Count > 0)
        {
            context.Emit(new JournalRecord.KeysHeld(dataset.Id, held, AdoptedFolder.Source));
        }
    }
}

/// <param name="File">The file of a key, or its disappearance.</param>
/// <param name="Key">The key. Null if a file has vanished, and another one has the same key.</param>
public readonly record struct KeyChange(FolderChange File, KeyName? Key);
