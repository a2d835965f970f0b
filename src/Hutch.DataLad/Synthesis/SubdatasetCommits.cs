using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <inheritdoc cref="ISubdatasetCommits"/>
/// <remarks>
/// A version that git did not push has the subdatasets of the newest pushed one before it: only a push changes the commit of a
/// subdataset. See docs/decisions/0315-git-settings-and-subdatasets.md.
/// </remarks>
internal sealed class SubdatasetCommits(
    PermanentVersionService versions, RepositoryStore stored, Repositories repositories, PackGate gate, int maxFiles) : ISubdatasetCommits
{
    public async Task<IReadOnlyDictionary<string, string>> FindAsync(
        SiteDataset dataset, long snapshot, IReadOnlyList<string> paths, CancellationToken ct)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if ((await stored.RefsAsync(dataset, ct))?.CommitUntil(snapshot) is not { } commit)
        {
            return found;
        }

        using (await gate.EnterAsync(ct))
        {
            using ObjectStore store = await stored.OpenAsync(dataset, ct);
            var folders = new TreeFolders(store, store.ReadCommit(commit).Tree);
            foreach (string path in paths)
            {
                if (folders.Find(path) is { Kind: GitEntryKind.Submodule } entry)
                {
                    found[path] = entry.Id.ToString();
                }
            }
        }

        return found;
    }

    public async Task<long?> FindSnapshotAsync(SiteDataset dataset, string commit, CancellationToken ct)
    {
        if (!ObjectId.TryParse(Encoding.ASCII.GetBytes(commit), out ObjectId id))
        {
            return null;
        }

        RefTable? refs = await stored.RefsAsync(dataset, ct);
        if (refs?.VersionOf(id) is { } recorded)
        {
            return recorded;
        }

        // The commits of other versions follow from their records.
        PermanentVersions permanent = await versions.ListAsync(dataset, ct);
        SiteSnapshot[] others = [.. permanent.Main.Concat(permanent.Tagged).Where(one => refs?.CommitOf(one.Number) is null)];
        if (others.Length == 0 || others.Any(one => one.Root.Files > maxFiles))
        {
            return null;
        }

        using (await gate.EnterAsync(ct))
        {
            Repository repository = await repositories.OpenAsync(permanent, ct);
            return repository.Main.Concat(repository.Tagged).LastOrDefault(one => one.Id == id)?.Snapshot.Number;
        }
    }

    /// <summary>Reads the folders of a commit. It caches the last few, as paths come in their order.</summary>
    private sealed class TreeFolders(ObjectStore store, ObjectId root)
    {
        private const int MaxRemembered = 16;

        private readonly Dictionary<string, Dictionary<string, GitEntry>> _folders = new(StringComparer.Ordinal);

        public GitEntry? Find(string path)
        {
            int slash = path.LastIndexOf('/');
            return Entries(slash < 0 ? "" : path[..slash]) is { } entries && entries.TryGetValue(path[(slash + 1)..], out GitEntry entry)
                ? entry
                : null;
        }

        private Dictionary<string, GitEntry>? Entries(string folder)
        {
            if (_folders.TryGetValue(folder, out Dictionary<string, GitEntry>? known))
            {
                return known;
            }

            ObjectId? tree = folder.Length == 0 ? root : Find(folder) is { Kind: GitEntryKind.Directory } entry ? entry.Id : null;
            if (tree is not { } id)
            {
                return null;
            }

            if (_folders.Count == MaxRemembered)
            {
                _folders.Clear();
            }

            var entries = new Dictionary<string, GitEntry>(StringComparer.Ordinal);
            foreach (GitEntry one in store.ReadTree(id).Where(static one => one.Text is not null))
            {
                entries[one.Text!] = one;
            }

            return _folders[folder] = entries;
        }
    }
}
