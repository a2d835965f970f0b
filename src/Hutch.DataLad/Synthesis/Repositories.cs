using Hutch.DataLad.Objects;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Makes the repositories of datasets. What was learnt of versions is kept for a while, as a version never changes: after a restart it is
/// made again, and is the same.
/// </summary>
internal sealed class Repositories(KeptVersionService versions, string zone, int maxFiles)
{
    private const int MaxKeptNames = 100_000;
    private const int MaxKeptTrees = 1000;
    private const long MaxKeptTreeBytes = 64 << 20;

    private readonly BlobIds _ids = new();
    private readonly AnnexBranch _annex = new(versions, zone);

    /// <summary>The git trees of versions.</summary>
    private readonly LruCache<(DatasetId Dataset, BlobHash Root), ObjectId> _trees = new(MaxKeptNames, long.MaxValue, static _ => 0);

    /// <summary>The newest version of each dataset, from which the next is made.</summary>
    private readonly LruCache<DatasetId, VersionTree> _newest = new(MaxKeptTrees, MaxKeptTreeBytes, static tree => tree.SizeBytes);

    private readonly LruCache<(DatasetId Dataset, ObjectId Main, string Tagged), ObjectId> _annexes =
        new(MaxKeptNames, long.MaxValue, static _ => 0);

    /// <summary>Whether there is something to show, and not too much.</summary>
    /// <exception cref="HutchException">There is not, in words.</exception>
    public static void Check(KeptVersions kept, int maxFiles)
    {
        if (kept.Main.Count + kept.Tagged.Count == 0)
        {
            throw ErrorCode.NotFound.With(
                "The dataset has no version that stays, so there is nothing to clone yet: push to it, close it, or fix what it holds now "
                + "with `hutch snapshot`.").ToException();
        }

        if (kept.Main.Concat(kept.Tagged).FirstOrDefault(snapshot => snapshot.Root.Files > maxFiles) is { } large)
        {
            throw ErrorCode.TooLarge.With(
                $"The version @{large.Number} has {large.Root.Files} files; the server shows at most {maxFiles} as a git repository "
                + "(dataLad.maxFiles). `hutch clone` has no such limit.").ToException();
        }
    }

    /// <summary>Finds out the names of all commits.</summary>
    /// <exception cref="HutchException">It has too many files, or small files of it are damaged.</exception>
    public async Task<Repository> OpenAsync(KeptVersions kept, CancellationToken ct)
    {
        Check(kept, maxFiles);
        var main = new List<GitCommit>();
        VersionTree? before = null;
        foreach (SiteSnapshot snapshot in kept.Main)
        {
            if (!_trees.TryFind((kept.Id, snapshot.Root.Page), out ObjectId tree))
            {
                before = await NextAsync(kept.Id, before ?? Newest(kept.Id), snapshot.Root, NoObjects.Instance, ct);
                tree = before.Id;
            }

            main.Add(ToCommit(kept.Id, snapshot, tree, main, main.Count - 1));
        }

        var tagged = new List<GitCommit>();
        foreach (SiteSnapshot snapshot in kept.Tagged)
        {
            int parent = main.FindLastIndex(commit => commit.Snapshot.Number < snapshot.Number);
            if (!_trees.TryFind((kept.Id, snapshot.Root.Page), out ObjectId tree))
            {
                tree = (await NextAsync(kept.Id, Newest(kept.Id), snapshot.Root, NoObjects.Instance, ct)).Id;
            }

            tagged.Add(ToCommit(kept.Id, snapshot, tree, main, parent));
        }

        return new Repository(kept, main, tagged, await AnnexAsync(kept, main, tagged, ct));
    }

    /// <summary>Gives a sink everything that some commits lead to and a client does not have.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="wants">Commits of it.</param>
    /// <param name="haves">What the client has.</param>
    /// <param name="sink">Where objects go.</param>
    /// <param name="ct">Cancels.</param>
    public async Task GatherAsync(
        Repository repository, IReadOnlyCollection<ObjectId> wants, IReadOnlyCollection<ObjectId> haves, IObjectSink sink,
        CancellationToken ct)
    {
        GitCommit[] aside = [.. repository.Tagged.Where(commit => wants.Contains(commit.Id))];
        int last = wants.Select(repository.PlaceInMain).Concat(aside.Select(static commit => commit.Parent)).DefaultIfEmpty(-1).Max();
        int first = haves.Select(repository.PlaceInMain).DefaultIfEmpty(-1).Max();
        DatasetId id = repository.Kept.Id;
        VersionTree? before = first >= 0 && first < last
            ? await NextAsync(id, Newest(id), repository.Main[first].Snapshot.Root, NoObjects.Instance, ct)
            : null;
        for (int i = first + 1; i <= last; i++)
        {
            before = await NextAsync(id, before, repository.Main[i].Snapshot.Root, sink, ct);
            TakeCommit(repository, repository.Main[i], sink);
        }

        foreach (GitCommit commit in aside)
        {
            VersionTree? parent = commit.Parent < 0
                ? null
                : await NextAsync(id, Newest(id), repository.Main[commit.Parent].Snapshot.Root, NoObjects.Instance, ct);
            await NextAsync(id, parent, commit.Snapshot.Root, sink, ct);
            TakeCommit(repository, commit, sink);
        }

        if (repository.Annex is { } annex && wants.Contains(annex) && !haves.Contains(annex))
        {
            await _annex.BuildAsync(repository.Kept, maxFiles, sink, ct);
        }
    }

    /// <summary>Makes the tree of a version, from another one where there is one: then the sink gets only what differs.</summary>
    private async Task<VersionTree> NextAsync(DatasetId dataset, VersionTree? before, TreeRoot root, IObjectSink sink, CancellationToken ct)
    {
        var synthesis = new TreeSynthesis(versions, _ids, dataset);
        VersionTree tree = before is null
            ? await synthesis.BuildAsync(root, sink, ct)
            : await synthesis.BuildNextAsync(before, root, sink, ct);
        _trees.Keep((dataset, root.Page), tree.Id);
        _newest.Keep(dataset, tree);
        return tree;
    }

    private VersionTree? Newest(DatasetId dataset) => _newest.TryFind(dataset, out VersionTree? tree) ? tree : null;

    private GitCommit ToCommit(DatasetId dataset, SiteSnapshot snapshot, ObjectId tree, List<GitCommit> main, int parent)
    {
        ObjectId? before = parent < 0 ? null : main[parent].Id;
        byte[] text = GitCommit.TextOf(dataset, snapshot, tree, before, zone).ToBytes();
        return new GitCommit(snapshot, parent, tree, ObjectId.Of(ObjectKind.Commit, text));
    }

    private void TakeCommit(Repository repository, GitCommit commit, IObjectSink sink)
    {
        ObjectId? before = commit.Parent < 0 ? null : repository.Main[commit.Parent].Id;
        sink.TakeCommit(GitCommit.TextOf(repository.Kept.Id, commit.Snapshot, commit.Tree, before, zone));
    }

    private async Task<ObjectId?> AnnexAsync(KeptVersions kept, List<GitCommit> main, List<GitCommit> tagged, CancellationToken ct)
    {
        if (main.Count + tagged.Count == 0)
        {
            return null;
        }

        string aside = string.Join(' ', tagged.Select(static commit => commit.Snapshot.Number));
        var key = (kept.Id, main.Count > 0 ? main[^1].Id : default, aside);
        if (!_annexes.TryFind(key, out ObjectId annex))
        {
            annex = await _annex.BuildAsync(kept, maxFiles, NoObjects.Instance, ct);
            _annexes.Keep(key, annex);
        }

        return annex;
    }
}
