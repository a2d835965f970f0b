using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// The pushed branch <c>git-annex</c> with a commit on top, which records that the storage has the keys of versions that came by other
/// ways. It never removes anything.
/// </summary>
internal static class AnnexContinuation
{
    private const long MillisecondsPerSecond = 1000;

    /// <summary>Makes the commit; the branch as it was when every key is known already.</summary>
    public static ObjectId Build(
        ObjectStore store, ObjectId tip, IReadOnlyCollection<AnnexKey> keys, PermanentVersions permanent, string zone, IObjectSink sink)
    {
        if (keys.Count == 0)
        {
            return tip;
        }

        var branch = new Branch(store, sink, new StorageLogs(permanent.Id, permanent.Dataset.Created / MillisecondsPerSecond));
        ObjectId before = store.ReadCommit(tip).Tree;
        KeyInBranch[] placed = [.. keys.Select(KeyInBranch.From).Distinct().Order()];
        ObjectId tree = branch.Add(before, placed, 0);
        if (tree == before)
        {
            return tip;
        }

        SiteSnapshot newest = permanent.Main.Concat(permanent.Tagged).MaxBy(static snapshot => snapshot.Number)!;
        return sink.WriteCommit(new CommitText(
            tree, tip, "hutch", "hutch@" + zone, newest.Time / MillisecondsPerSecond, $"Keys up to @{newest.Number}\n"));
    }

    private sealed class Branch(ObjectStore store, IObjectSink sink, StorageLogs storage)
    {
        private const int LevelBits = 12;
        private const int Levels = 2;

        /// <summary>The tree with the logs of some keys, which all belong below it.</summary>
        public ObjectId Add(ObjectId? before, ReadOnlySpan<KeyInBranch> keys, int level)
        {
            var entries = (before is { } id ? store.ReadTree(id) : []).ToDictionary(static entry => Encoding.Latin1.GetString(entry.Name));
            while (!keys.IsEmpty)
            {
                string name = NameOf(keys[0], level);
                int same = 1;
                while (same < keys.Length && NameOf(keys[same], level) == name)
                {
                    same++;
                }

                ObjectId? had = entries.TryGetValue(name, out GitEntry entry) ? entry.Id : null;
                byte[] bytes = Encoding.ASCII.GetBytes(name);
                entries[name] = level == Levels
                    ? new GitEntry(GitEntryKind.File, bytes, AddLine(had))
                    : new GitEntry(GitEntryKind.Directory, bytes, Add(had, keys[..same], level + 1));
                keys = keys[same..];
            }

            List<GitEntry> sorted = [.. entries.Values];
            sorted.Sort(GitEntry.Compare);
            var tree = new TreeBuffer();
            sorted.ForEach(tree.Add);
            return tree.WriteTo(sink);
        }

        private ObjectId AddLine(ObjectId? log)
        {
            string lines = log is { } id ? Encoding.UTF8.GetString(store.Read(id, ObjectKind.Blob)) : "";
            return storage.IsIn(lines) ? log!.Value : sink.WriteBlob(Encoding.UTF8.GetBytes(lines + storage.Present));
        }

        private static string NameOf(KeyInBranch key, int level) => level == Levels
            ? key.LogName
            : ((key.Place >> (LevelBits * (1 - level))) & ((1 << LevelBits) - 1)).ToString("x3", CultureInfo.InvariantCulture);
    }
}
