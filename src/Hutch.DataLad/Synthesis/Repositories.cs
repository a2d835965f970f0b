using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Makes the repositories of datasets. Results for versions are cached for a while, as a version never changes: after a restart they are
/// made again, and are the same. Pushed objects come from the store.
/// </summary>
internal sealed class Repositories(PermanentVersionService versions, RepositoryStore stored, Func<string> zone, int maxFiles)
{
    private const int MaxKeptNames = 100_000;

    private readonly VersionTrees _trees = new(versions, stored);
    private readonly AnnexBranch _annex = new(versions, zone);

    private readonly LruCache<(DatasetId Dataset, ObjectId Main, string More), ObjectId> _annexes =
        new(MaxKeptNames, long.MaxValue, static _ => 0);

    /// <summary>Checks that there is something to show, and not too much.</summary>
    /// <exception cref="HutchException">There is nothing to show, or too much.</exception>
    public static void Check(PermanentVersions permanent, int maxFiles)
    {
        if (permanent.Main.Count + permanent.Tagged.Count == 0 && permanent.Dataset.Repository is null && !permanent.IsEmpty)
        {
            throw ErrorCode.NotFound.With(
                "The dataset has no version that stays, so there is nothing to clone yet: push to it, close it, or fix what it holds now "
                + "with `hutch snapshot`.").ToException();
        }

        if (permanent.Main.Concat(permanent.Tagged).FirstOrDefault(snapshot => snapshot.Root.Files > maxFiles) is { } large)
        {
            throw ErrorCode.TooLarge.With(
                $"The version @{large.Number} has {large.Root.Files} files; the server shows at most {maxFiles} as a git repository "
                + "(dataLad.maxFiles). `hutch clone` has no such limit.").ToException();
        }
    }

    /// <exception cref="HutchException">It has too many files, or small files of it are damaged.</exception>
    public async Task<Repository> OpenAsync(PermanentVersions permanent, CancellationToken ct)
    {
        RefTable? brought = await stored.RefsAsync(permanent.Dataset, ct);
        var main = new List<GitCommit>();
        VersionTrees.Chain chain = _trees.Begin(permanent.Dataset);
        using (chain)
        {
            foreach (SiteSnapshot snapshot in permanent.Main)
            {
                GitCommit commit = brought?.CommitOf(snapshot.Number) is { } recorded
                    ? new GitCommit(snapshot, main.Count - 1, default, recorded, IsImported: true)
                    : ToCommit(permanent.Id, snapshot, await chain.NameAsync(main, snapshot, ct), main, main.Count - 1);
                main.Add(commit);
            }

            var tagged = new List<GitCommit>();
            foreach (SiteSnapshot snapshot in permanent.Tagged)
            {
                int parent = main.FindLastIndex(commit => commit.Snapshot.Number < snapshot.Number);
                tagged.Add(brought?.CommitOf(snapshot.Number) is { } recorded
                    ? new GitCommit(snapshot, parent, default, recorded, IsImported: true)
                    : ToCommit(permanent.Id, snapshot, await chain.NameAsync(main.Take(parent + 1).ToList(), snapshot, ct), main, parent));
            }

            var repository = new Repository(permanent, main, tagged, null, brought);
            return repository with { Annex = await AnnexAsync(repository, ct) };
        }
    }

    /// <summary>Gives a sink everything that some commits lead to and a client does not have.</summary>
    public async Task GatherAsync(
        Repository repository, IReadOnlyCollection<ObjectId> wants, IReadOnlyCollection<ObjectId> haves, IObjectSink sink,
        CancellationToken ct)
    {
        GitCommit[] aside = [.. repository.Tagged.Where(commit => wants.Contains(commit.Id))];
        int last = wants.Select(repository.PlaceInMain).Concat(aside.Select(static commit => commit.Parent)).DefaultIfEmpty(-1).Max();
        int first = haves.Select(repository.PlaceInMain).DefaultIfEmpty(-1).Max();
        if (repository.Imported is not null)
        {
            await GatherImportedAsync(repository, wants, haves, last, sink, ct);
        }

        using VersionTrees.Chain chain = _trees.Begin(repository.Permanent.Dataset);
        chain.ClientHas(first >= 0 ? repository.Main[first] : null);
        for (int i = first + 1; i <= last; i++)
        {
            await TakeAsync(chain, repository, repository.Main[i], sink, ct);
        }

        foreach (GitCommit commit in aside)
        {
            await TakeAsync(chain, repository, commit, sink, ct);
        }

        if (repository.Annex is { } annex && wants.Contains(annex) && !haves.Contains(annex))
        {
            await BuildAnnexAsync(repository, sink, ct);
        }
    }

    /// <summary>Gives a sink the objects that are not stored yet: commits of versions that came by other ways than git.</summary>
    public async Task GatherUnrecordedAsync(Repository repository, IObjectSink sink, CancellationToken ct)
    {
        using VersionTrees.Chain chain = _trees.Begin(repository.Permanent.Dataset);
        foreach (GitCommit commit in repository.Main.Concat(repository.Tagged))
        {
            await TakeAsync(chain, repository, commit, sink, ct);
        }

        await BuildAnnexAsync(repository, sink, ct);
    }

    private async Task GatherImportedAsync(
        Repository repository, IReadOnlyCollection<ObjectId> wants, IReadOnlyCollection<ObjectId> haves, int last, IObjectSink sink,
        CancellationToken ct)
    {
        using ObjectStore store = await stored.OpenAsync(repository.Permanent.Dataset, ct);
        var walk = new ObjectWalk(store);
        walk.PassOver(haves, ct);
        var tips = new List<ObjectId>(wants);
        if (repository.Main.Take(last + 1).LastOrDefault(static commit => commit.IsImported) is { } newest)
        {
            tips.Add(newest.Id);
        }

        if (repository.Annex is { } annex && wants.Contains(annex) && repository.Imported!.Find(AnnexBranch.Ref) is { } branch)
        {
            tips.Add(branch);
        }

        foreach (ObjectId tip in tips.Where(store.Has))
        {
            walk.Gather(tip, sink, ct);
        }
    }

    private async Task TakeAsync(VersionTrees.Chain chain, Repository repository, GitCommit commit, IObjectSink sink, CancellationToken ct)
    {
        if (commit.IsImported)
        {
            return;
        }

        IEnumerable<GitCommit> before = commit.Parent < 0 ? [] : repository.Main.Take(commit.Parent + 1);
        await chain.TakeAsync([.. before], commit.Snapshot, sink, ct);
        ObjectId? parent = commit.Parent < 0 ? null : repository.Main[commit.Parent].Id;
        sink.WriteCommit(GitCommit.TextOf(repository.Permanent.Id, commit.Snapshot, commit.Tree, parent, zone()));
    }

    private GitCommit ToCommit(DatasetId dataset, SiteSnapshot snapshot, ObjectId tree, List<GitCommit> main, int parent)
    {
        ObjectId? before = parent < 0 ? null : main[parent].Id;
        byte[] text = GitCommit.TextOf(dataset, snapshot, tree, before, zone()).ToBytes();
        return new GitCommit(snapshot, parent, tree, ObjectId.Compute(ObjectKind.Commit, text));
    }

    private async Task<ObjectId?> AnnexAsync(Repository repository, CancellationToken ct)
    {
        if (repository.Main.Count + repository.Tagged.Count == 0)
        {
            return repository.Imported?.Find(AnnexBranch.Ref);
        }

        string more = string.Join(' ', repository.Tagged.Select(static commit => commit.Snapshot.Number))
            + repository.Imported?.Find(AnnexBranch.Ref);
        var key = (repository.Permanent.Id, repository.Tip ?? default, more);
        if (!_annexes.TryFind(key, out ObjectId annex))
        {
            annex = await BuildAnnexAsync(repository, NoObjects.Instance, ct);
            _annexes.Set(key, annex);
        }

        return annex;
    }

    private async Task<ObjectId> BuildAnnexAsync(Repository repository, IObjectSink sink, CancellationToken ct)
    {
        if (repository.Imported?.Find(AnnexBranch.Ref) is not { } tip)
        {
            return await _annex.BuildAsync(repository.Permanent, maxFiles, sink, ct);
        }

        var keys = new HashSet<AnnexKey>();
        using VersionTrees.Chain chain = _trees.Begin(repository.Permanent.Dataset, key => keys.Add(key));
        foreach (GitCommit commit in repository.Main.Concat(repository.Tagged).Where(static commit => !commit.IsImported))
        {
            await chain.TakeAsync([.. repository.Main.Take(commit.Parent + 1)], commit.Snapshot, NoObjects.Instance, ct);
        }

        using ObjectStore store = await stored.OpenAsync(repository.Permanent.Dataset, ct);
        return AnnexContinuation.Build(store, tip, keys, repository.Permanent, zone(), sink);
    }
}
