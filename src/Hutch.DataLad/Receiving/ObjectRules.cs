using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;

namespace Hutch.DataLad.Receiving;

/// <summary>
/// Checks the objects of a push before anything names them: all that they refer to is here, and no tree has a name that could harm a
/// client that clones it, by the rules of git's own fsck. Objects stored before were checked then. For one thread.
/// </summary>
/// <param name="isOld">Returns true if an object was stored before.</param>
internal sealed class ObjectRules(ObjectStore store, Func<ObjectId, bool> isOld)
{
    private const string Modules = ".gitmodules";

    private readonly HashSet<ObjectId> _seen = [];
    private readonly HashSet<ObjectId> _modules = [];
    private readonly Stack<(ObjectId Id, ObjectKind? Kind)> _next = new();

    /// <exception cref="HutchException">Something is missing or not allowed, in words.</exception>
    public void Check(ObjectId tip, CancellationToken ct)
    {
        _next.Push((tip, null));
        while (_next.TryPop(out (ObjectId Id, ObjectKind? Kind) next))
        {
            ct.ThrowIfCancellationRequested();
            ObjectKind kind = store.KindOf(next.Id)
                ?? throw Reject($"the object {next.Id} is missing, though something that was pushed names it");
            if (kind != (next.Kind ?? kind))
            {
                throw Reject($"the object {next.Id} is not what something that was pushed takes it for");
            }

            if (kind != ObjectKind.Blob && _seen.Add(next.Id) && !isOld(next.Id))
            {
                Follow(next.Id, kind);
            }
        }
    }

    private void Follow(ObjectId id, ObjectKind kind)
    {
        if (kind == ObjectKind.Tag)
        {
            _next.Push((GitHeaders.TargetOfTag(store.Read(id, kind)), null));
        }
        else if (kind == ObjectKind.Commit)
        {
            GitHeaders commit = store.ReadCommit(id);
            _next.Push((commit.Tree, ObjectKind.Tree));
            foreach (ObjectId parent in commit.Parents)
            {
                _next.Push((parent, ObjectKind.Commit));
            }
        }
        else
        {
            FollowTree(id);
        }
    }

    private void FollowTree(ObjectId id)
    {
        GitEntry? before = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (GitEntry entry in store.ReadTree(id))
        {
            string name = System.Text.Encoding.Latin1.GetString(entry.Name);
            if (!names.Add(name) || (before is { } last && GitEntry.Compare(last, entry) >= 0))
            {
                throw Reject($"the directory {id} has a name twice, or its names are not in git's order");
            }

            CheckName(entry, name);
            CheckModules(entry, name);
            before = entry;
            if (entry.Kind != GitEntryKind.Submodule)
            {
                _next.Push((entry.Id, entry.Kind == GitEntryKind.Directory ? ObjectKind.Tree : ObjectKind.Blob));
            }
        }
    }

    private static void CheckName(GitEntry entry, string bytes)
    {
        string name = entry.Text ?? bytes;
        bool isModules = name == Modules && entry.Kind is GitEntryKind.File or GitEntryKind.Executable;
        if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || (!isModules && !GitNames.IsAllowed(name)))
        {
            throw Reject($"a directory has the name {Display.Quote(name)}, which could harm those who clone it");
        }
    }

    /// <summary>Checks each list once, however many trees have it, and also objects that were stored under another name before.</summary>
    private void CheckModules(GitEntry entry, string name)
    {
        if (name == Modules && store.KindOf(entry.Id) == ObjectKind.Blob && _modules.Add(entry.Id)
            && !ModulesFile.IsHarmless(store.Read(entry.Id, ObjectKind.Blob)))
        {
            throw Reject(
                "a file .gitmodules has an address, a path or a name that could harm those who clone it, or more than "
                + $"{ModulesFile.MaxBytes} bytes");
        }
    }

    private static HutchException Reject(string words) => ErrorCode.Unprocessable.With($"Nothing was changed: {words}.").ToException();
}
