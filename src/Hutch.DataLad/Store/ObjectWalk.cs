using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Store;

/// <summary>Goes through what commits lead to, and gives a sink what a client does not have. For one thread.</summary>
internal sealed class ObjectWalk(ObjectStore store)
{
    private readonly HashSet<ObjectId> _had = [];

    public void PassOver(IEnumerable<ObjectId> commits, CancellationToken ct)
    {
        List<ObjectId> tips = [.. commits.Where(store.Has)];
        var before = new HashSet<ObjectId>();
        foreach (ObjectId tip in tips)
        {
            PassOverHistory(tip, before, ct);
        }

        // The trees of the last ones only: older ones have little that these do not, and a client may get it twice.
        foreach (ObjectId tip in tips.Where(tip => !before.Contains(tip)))
        {
            if (store.Find(tip) is { Kind: ObjectKind.Commit } commit)
            {
                GatherTree(GitHeaders.OfCommit(commit.Content).Tree, NoObjects.Instance, ct);
            }
        }
    }

    public void Gather(ObjectId tip, IObjectSink sink, CancellationToken ct)
    {
        var next = new Stack<ObjectId>([tip]);
        while (next.TryPop(out ObjectId id))
        {
            ct.ThrowIfCancellationRequested();
            if (!_had.Add(id))
            {
                continue;
            }

            (ObjectKind kind, byte[] content) = store.Find(id) ?? (ObjectKind.Commit, store.Read(id, ObjectKind.Commit));
            Give(sink, kind, id, content);
            if (kind == ObjectKind.Tag)
            {
                next.Push(GitHeaders.TargetOfTag(content));
            }
            else if (kind == ObjectKind.Commit)
            {
                var commit = GitHeaders.OfCommit(content);
                GatherTree(commit.Tree, sink, ct);
                foreach (ObjectId parent in commit.Parents)
                {
                    next.Push(parent);
                }
            }
            else if (kind == ObjectKind.Tree)
            {
                _had.Remove(id);
                GatherTree(id, sink, ct);
            }
        }
    }

    private void PassOverHistory(ObjectId tip, HashSet<ObjectId> before, CancellationToken ct)
    {
        var next = new Stack<ObjectId>([tip]);
        while (next.TryPop(out ObjectId id))
        {
            ct.ThrowIfCancellationRequested();
            if (!_had.Add(id) || store.Find(id) is not { } found)
            {
                continue;
            }

            IReadOnlyList<ObjectId> parents = found.Kind switch
            {
                ObjectKind.Commit => GitHeaders.OfCommit(found.Content).Parents,
                ObjectKind.Tag => [GitHeaders.TargetOfTag(found.Content)],
                _ => [],
            };
            before.UnionWith(parents);
            foreach (ObjectId parent in parents)
            {
                next.Push(parent);
            }
        }
    }

    private void GatherTree(ObjectId top, IObjectSink sink, CancellationToken ct)
    {
        var next = new Stack<ObjectId>([top]);
        while (next.TryPop(out ObjectId id))
        {
            ct.ThrowIfCancellationRequested();
            if (!_had.Add(id))
            {
                continue;
            }

            byte[] content = store.Read(id, ObjectKind.Tree);
            Give(sink, ObjectKind.Tree, id, content);
            foreach (GitEntry entry in GitTree.Parse(content))
            {
                if (entry.Kind == GitEntryKind.Directory)
                {
                    next.Push(entry.Id);
                }
                else if (entry.Kind != GitEntryKind.Submodule && _had.Add(entry.Id) && sink.Needs(entry.Id))
                {
                    sink.Write(ObjectKind.Blob, entry.Id, store.Read(entry.Id, ObjectKind.Blob));
                }
            }
        }
    }

    private static void Give(IObjectSink sink, ObjectKind kind, ObjectId id, byte[] content)
    {
        if (sink.Needs(id))
        {
            sink.Write(kind, id, content);
        }
    }
}
