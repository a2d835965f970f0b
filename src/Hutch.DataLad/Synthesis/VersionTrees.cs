using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// The git trees of versions: made from the newest version before that git brought, where there is one, and else from the entries alone.
/// Thread-safe; a <see cref="Chain"/> is for one thread.
/// </summary>
internal sealed class VersionTrees(PermanentVersionService versions, RepositoryStore stored)
{
    private const int MaxKeptNames = 100_000;
    private const int MaxKeptTrees = 1000;
    private const long MaxKeptTreeBytes = 64 << 20;

    private readonly BlobIds _ids = new();

    private readonly LruCache<(DatasetId Dataset, ObjectId From, BlobHash Root), ObjectId> _names =
        new(MaxKeptNames, long.MaxValue, static _ => 0);

    /// <summary>The newest version of each dataset, from which the next is made.</summary>
    private readonly LruCache<DatasetId, VersionTree> _newest = new(MaxKeptTrees, MaxKeptTreeBytes, static tree => tree.SizeBytes);

    /// <summary>Begins to make trees of one dataset, one after the other.</summary>
    /// <param name="made">Hears of the keys that were made for files.</param>
    public Chain Begin(SiteDataset dataset, Action<AnnexKey>? made = null) => new(this, dataset, made);

    /// <summary>Some versions of one dataset, one after the other.</summary>
    internal sealed class Chain(VersionTrees trees, SiteDataset dataset, Action<AnnexKey>? made) : IDisposable
    {
        private readonly RuledEntries _ruled = new(trees.Versions, trees._ids, dataset, made);
        private VersionTree? _before;
        private ObjectStore? _store;
        private GitCommit? _had;

        /// <summary>Says what the client has: then it gets what differs from that.</summary>
        public void ClientHas(GitCommit? commit) => _had = commit;

        /// <param name="main">The commits before it.</param>
        public async Task<ObjectId> NameAsync(List<GitCommit> main, SiteSnapshot snapshot, CancellationToken ct)
        {
            ObjectId from = main.FindLast(static commit => commit.IsImported)?.Id ?? default;
            return trees._names.TryFind((dataset.Id, from, snapshot.Root.Page), out ObjectId known)
                ? known
                : await TakeAsync(main, snapshot, NoObjects.Instance, ct);
        }

        /// <summary>Makes the tree of a version, and gives a sink what differs from the one before.</summary>
        public async Task<ObjectId> TakeAsync(List<GitCommit> main, SiteSnapshot snapshot, IObjectSink sink, CancellationToken ct)
        {
            GitCommit? from = main.FindLast(static commit => commit.IsImported);
            ObjectId tree = from is null
                ? await NextAsync(snapshot.Root, sink, ct)
                : await ContinueAsync(from, snapshot.Root, sink, ct);
            trees._names.Set((dataset.Id, from?.Id ?? default, snapshot.Root.Page), tree);
            return tree;
        }

        public void Dispose() => _store?.Dispose();

        private async Task<ObjectId> NextAsync(TreeRoot root, IObjectSink sink, CancellationToken ct)
        {
            var synthesis = new TreeSynthesis(trees.Versions, _ruled, dataset.Id);
            bool isNamed = ReferenceEquals(sink, NoObjects.Instance);
            if (_before is null && _had is not null)
            {
                // The client has all of this one.
                _before = await MakeAsync(synthesis, _had.Snapshot.Root, NoObjects.Instance, ct);
            }

            _before = _before is null && !isNamed
                ? await synthesis.BuildAsync(root, sink, ct)
                : await MakeAsync(synthesis, root, sink, ct);
            trees._newest.Set(dataset.Id, _before);
            return _before.Id;
        }

        private async Task<VersionTree> MakeAsync(TreeSynthesis synthesis, TreeRoot root, IObjectSink sink, CancellationToken ct)
        {
            VersionTree? before = _before ?? (trees._newest.TryFind(dataset.Id, out VersionTree? newest) ? newest : null);
            return before is null ? await synthesis.BuildAsync(root, sink, ct) : await synthesis.BuildNextAsync(before, root, sink, ct);
        }

        private async Task<ObjectId> ContinueAsync(GitCommit from, TreeRoot root, IObjectSink sink, CancellationToken ct)
        {
            _store ??= await trees.Stored.OpenAsync(dataset, ct);
            var continuation = new TreeContinuation(
                trees.Versions, _ruled, _store, (key, token) => trees.Versions.FindBlobAsync(dataset, key.Name, key.Sha256, token));
            return await continuation.BuildAsync(from.Snapshot.Root, _store.ReadCommit(from.Id).Tree, root, sink, ct);
        }
    }

    private PermanentVersionService Versions => versions;

    private RepositoryStore Stored => stored;
}
