using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// Makes one of two states of the branch <c>git-annex</c>, as git-annex itself does: every log has the lines of both, so that nothing that
/// anybody knew is lost (git-annex.branchable.com/internals, "union merge"). For one thread.
/// </summary>
internal sealed class AnnexMerge(ObjectStore store, IObjectSink sink, string zone)
{
    private const int MaxDepth = 16;

    // The log of a key has a line for each repository that ever had it.
    private const int MaxLogBytes = 4 << 20;

    private readonly Dictionary<(ObjectId, ObjectId), ObjectId> _merged = [];

    public ObjectId Merge(ObjectId ours, ObjectId theirs, CancellationToken ct)
    {
        GitHeaders first = store.ReadCommit(ours);
        GitHeaders second = store.ReadCommit(theirs);
        ObjectId tree = MergeTrees(first.Tree, second.Tree, 0, ct);
        long seconds = Math.Max(first.Seconds, second.Seconds);
        return sink.WriteCommit(new CommitText(tree, ours, "hutch", "hutch@" + zone, seconds, "Merged\n", theirs));
    }

    private ObjectId MergeTrees(ObjectId ours, ObjectId theirs, int depth, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (ours == theirs)
        {
            return ours;
        }

        if (_merged.TryGetValue((ours, theirs), out ObjectId merged))
        {
            return merged;
        }

        if (depth > MaxDepth)
        {
            throw ErrorCode.Unprocessable.With("Nothing was changed: what was pushed as git-annex is not a branch of git-annex.")
                .ToException();
        }

        var entries = store.ReadTree(ours).ToDictionary(static entry => Encoding.Latin1.GetString(entry.Name));
        foreach (GitEntry entry in store.ReadTree(theirs))
        {
            string name = Encoding.Latin1.GetString(entry.Name);
            entries[name] = entries.TryGetValue(name, out GitEntry had) ? MergeEntries(had, entry, depth, ct) : entry;
        }

        List<GitEntry> sorted = [.. entries.Values];
        sorted.Sort(GitEntry.Compare);
        var tree = new TreeBuffer();
        sorted.ForEach(tree.Add);
        merged = tree.WriteTo(sink);
        _merged[(ours, theirs)] = merged;
        return merged;
    }

    private GitEntry MergeEntries(GitEntry ours, GitEntry theirs, int depth, CancellationToken ct) => (ours.Kind, theirs.Kind) switch
    {
        _ when ours.Id == theirs.Id => ours,
        (GitEntryKind.Directory, GitEntryKind.Directory) => ours with { Id = MergeTrees(ours.Id, theirs.Id, depth + 1, ct) },
        (GitEntryKind.File, GitEntryKind.File) => ours with { Id = MergeLogs(ours.Id, theirs.Id, ct) },
        _ => ours,
    };

    private ObjectId MergeLogs(ObjectId ours, ObjectId theirs, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_merged.TryGetValue((ours, theirs), out ObjectId merged))
        {
            IEnumerable<string> lines = LinesOf(ours).Union(LinesOf(theirs), StringComparer.Ordinal);
            merged = sink.WriteBlob(Encoding.Latin1.GetBytes(string.Concat(lines.Select(static line => line + "\n"))));
            _merged[(ours, theirs)] = merged;
        }

        return merged;
    }

    private string[] LinesOf(ObjectId log)
    {
        byte[] text = store.Read(log, ObjectKind.Blob);
        return text.Length <= MaxLogBytes
            ? Encoding.Latin1.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw ErrorCode.Unprocessable.With(
                $"Nothing was changed: a log of the branch git-annex has {text.Length} bytes, and at most {MaxLogBytes} are merged.")
                .ToException();
    }
}
