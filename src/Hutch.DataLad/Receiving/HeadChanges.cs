using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// Turns what a commit changes into changes of the head: text is a file, a key is a file when its content is here and the link that git has
/// when it is not, a subdataset is an empty directory. For one thread.
/// </summary>
/// <param name="push">Where the bytes of files go.</param>
/// <param name="seconds">When it was committed.</param>
internal sealed class HeadChanges(RepositoryPush push, PermanentVersionService versions, ObjectStore store, long seconds)
{
    private readonly OwnFiles _own = new(push.Dataset.Id);

    /// <summary>Paths that a dataset cannot have; git keeps them.</summary>
    public List<string> OnlyInGit { get; } = [];

    /// <summary>Files whose content is not here.</summary>
    public int Absent { get; private set; }

    /// <summary>Those of them whose content never comes: no digest in their keys could check it.</summary>
    public List<string> Uncheckable { get; } = [];

    public async Task<IReadOnlyList<TreeChange>> MakeAsync(IReadOnlyList<GitChange> changes, CancellationToken ct)
    {
        var made = new List<TreeChange>();
        foreach (GitChange change in changes)
        {
            if (PathOf(change) is not { } path)
            {
                OnlyInGit.Add(change.Path ?? "a name that is not UTF-8");
                continue;
            }

            Entry? had = await push.FindAsync(path, ct);
            Entry? entry = change.After is { Kind: not GitEntryKind.Directory } after ? await ToEntryAsync(change, after, had, ct) : null;
            if (!Equals(had, entry))
            {
                made.Add(new TreeChange(path, entry));
            }
        }

        return made;
    }

    /// <summary>Returns the file that replaces an absent file's link once its content has come; null before that.</summary>
    public async ValueTask<Entry?> ArriveAsync(Entry link, CancellationToken ct)
    {
        return KeyOf(link) is { } key && await FindAsync(key, ct) is { } content
            ? content with { ModifiedNanoseconds = link.ModifiedNanoseconds }
            : null;
    }

    /// <summary>The key of an absent file; null for everything else.</summary>
    public static KeyName? KeyOf(Entry entry) => entry.Kind == EntryKind.SymbolicLink ? KeyName.OfLink(entry.Target!) : null;

    /// <summary>Only where the dataset's own way to write the path is git's: names in another form of Unicode stay apart.</summary>
    private static DatasetPath? PathOf(GitChange change) =>
        change.Path is { } text && DatasetPath.Parse(text) is { IsOk: true } path && path.Value.Value == text
        && !ReservedNames.IsReserved(text)
            ? path.Value
            : null;

    private async Task<Entry?> ToEntryAsync(GitChange change, GitEntry after, Entry? had, CancellationToken ct)
    {
        long time = EntryTime.FromSeconds(seconds);
        if (after.Kind == GitEntryKind.Submodule)
        {
            return had is { Kind: EntryKind.EmptyDirectory } ? had : Entry.Directory(time);
        }

        if (had is null && _own.Has(change.Path!, after))
        {
            return null;
        }

        byte[] content = store.Read(after.Id, ObjectKind.Blob);
        bool isExecutable = after.Kind == GitEntryKind.Executable;
        if (after.Kind == GitEntryKind.Link)
        {
            string target = Encoding.UTF8.GetString(content);
            return KeyName.OfLink(target) is { } linked
                ? await OfKeyAsync(linked, change, false, had, time, ct)
                : LinkOf(change.Path!, target, had, time);
        }

        return (KeyName.OfPointer(content) ?? LfsPointer.Parse(content)) is { } pointed
            ? await OfKeyAsync(pointed, change, isExecutable, had, time, ct)
            : Keep(had, (await push.AddAsync(content, ct)) with { Executable = isExecutable, ModifiedNanoseconds = time });
    }

    private async Task<Entry> OfKeyAsync(
        KeyName key, GitChange change, bool isExecutable, Entry? had, long time, CancellationToken ct)
    {
        if (await FindAsync(key, ct) is { } content)
        {
            return Keep(had, content with { Executable = isExecutable, ModifiedNanoseconds = time });
        }

        Absent++;
        if (KeyDigest.FindRefusal(key) is not null)
        {
            Uncheckable.Add(change.Path!);
        }

        string target = key.ToLink(change.Depth);
        return had is { Kind: EntryKind.SymbolicLink } && had.Target == target ? had : Entry.Link(target, time);
    }

    private Entry? LinkOf(string path, string target, Entry? had, long time)
    {
        var link = Entry.Link(target, time);
        if (!EntryRules.Check(link).IsOk)
        {
            OnlyInGit.Add(path);
            return null;
        }

        return had is { Kind: EntryKind.SymbolicLink } && had.Target == target ? had : link;
    }

    private async ValueTask<Entry?> FindAsync(KeyName key, CancellationToken ct) =>
        await versions.FindContentAsync(push.Dataset, key.Name, key.Sha256, key.Size, ct) is { } found
            ? push.Hold(found.Hash, found.Size)
            : null;

    /// <summary>The same bytes at the same path keep everything else that a door has set.</summary>
    private static Entry Keep(Entry? had, Entry entry) =>
        had is { Kind: EntryKind.File } && had.Hash == entry.Hash ? had with { Executable = entry.Executable } : entry;
}
