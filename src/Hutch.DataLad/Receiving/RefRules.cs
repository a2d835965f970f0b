using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;

namespace Hutch.DataLad.Receiving;

/// <summary>The rules by which a push may change refs: it loses nothing that existed before.</summary>
internal static class RefRules
{
    public const string BranchPrefix = "refs/heads/";
    public const string TagPrefix = "refs/tags/";

    private const string NotePrefix = "refs/notes/";
    private const string SyncedPrefix = "refs/heads/synced/";
    private const int MaxNameBytes = 1000;
    private const int MaxPartBytes = 250; // a file of git's, with .lock behind it

    private static readonly System.Buffers.SearchValues<char> Refused = System.Buffers.SearchValues.Create(" ~^:?*[\\\u007f");

    /// <summary>Returns the reason why a ref must not change so, in a few words that git shows behind its name; null if it may.</summary>
    /// <param name="now">The present object of the ref; zero for a ref that does not exist.</param>
    public static string? FindRefusal(RefCommand command, ObjectId now, ObjectStore store, CancellationToken ct)
    {
        if (!IsKind(command.Name))
        {
            return "only branches (refs/heads), tags (refs/tags) and notes (refs/notes) can be pushed here";
        }

        if (!IsName(command.Name))
        {
            return "not a name that git allows (git check-ref-format), or too long";
        }

        bool isMerged = command.Name == AnnexBranch.Ref;
        if (now != command.From && !isMerged)
        {
            return "changed by another push: fetch first";
        }

        if (store.KindOf(command.To) is not { } kind)
        {
            return "what it names was not sent";
        }

        if (command.Name.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            return now.IsZero || now == command.To ? null : "the tag exists, and tags that git has seen stay where they are";
        }

        return kind != ObjectKind.Commit ? "a branch names a commit"
            : isMerged || now.IsZero || IsAncestor(store, now, command.To, ct) ? null
            : "not a fast-forward: fetch and merge first; a forced push is refused, as versions are kept";
    }

    /// <summary>Returns the reason why a caller who manages the dataset must not remove a ref; null if the caller may.</summary>
    public static string? FindRefusalOfRemoval(RefCommand command, ObjectId now, Repository repository)
    {
        if (now != command.From && !command.From.IsZero)
        {
            return "changed by another push: fetch first";
        }

        string tag = command.IsTag ? command.Name[TagPrefix.Length..] : "";
        return command.Name == AnnexBranch.Ref || command.Name == repository.MainRef
            ? "the branch of the versions and git-annex are kept"
            : repository.Main.Concat(repository.Tagged).Any(commit => commit.Snapshot.Tags.Contains(tag))
            ? "it is a tag of a version, which is kept"
            : null;
    }

    /// <summary>
    /// Returns the existing ref that leaves no room for a new one; null for none. In a clone a ref is a file, so no ref can be below
    /// another: <c>a</c> and <c>a/b</c> together could not be cloned.
    /// </summary>
    public static string? FindInTheWay(string name, SortedSet<string> names)
    {
        for (int slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            if (names.Contains(name[..slash]))
            {
                return name[..slash];
            }
        }

        return RefTable.FindBelow(names, name);
    }

    /// <summary>Chooses the branch of versions for a dataset without any: <c>main</c>, <c>master</c>, or the first pushed.</summary>
    /// <param name="wanted">A branch that comes before these, if it was pushed.</param>
    public static string ChooseMain(Repository? repository, IEnumerable<RefCommand> commands, string? wanted)
    {
        if (repository is { Tip: not null } or { Imported: not null })
        {
            return repository.MainRef;
        }

        string[] names =
        [
            .. commands.Select(static command => command.Name).Where(static name =>
                name.StartsWith(BranchPrefix, StringComparison.Ordinal) && name != AnnexBranch.Ref
                && !name.StartsWith(SyncedPrefix, StringComparison.Ordinal)),
        ];
        if (wanted is not null && names.Contains(wanted))
        {
            return wanted;
        }

        return names.Contains(RefTable.MainRef) || names.Length == 0 ? RefTable.MainRef
            : names.Contains(BranchPrefix + "master") ? BranchPrefix + "master"
            : names[0];
    }

    /// <summary>Returns true if a ref names commits, and each commit follows those before.</summary>
    public static bool IsBranch(string name) =>
        name.StartsWith(BranchPrefix, StringComparison.Ordinal) || name.StartsWith(NotePrefix, StringComparison.Ordinal);

    private static bool IsKind(string name) =>
        name.StartsWith(BranchPrefix, StringComparison.Ordinal) || name.StartsWith(TagPrefix, StringComparison.Ordinal)
        || name.StartsWith(NotePrefix, StringComparison.Ordinal);

    /// <summary>git-check-ref-format, and lengths that every file system of a clone can hold.</summary>
    public static bool IsName(string name) =>
        Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && IsKind(name)
        && !name.AsSpan().ContainsAny(Refused) && !name.AsSpan().ContainsAnyInRange('\0', '\x1f') && !name.EndsWith('.')
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("@{", StringComparison.Ordinal)
        && name.Split('/').All(static part =>
            part.Length > 0 && Encoding.UTF8.GetByteCount(part) <= MaxPartBytes
            && part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>Returns true if the history of a commit includes another one, or if both are the same.</summary>
    public static bool IsAncestor(ObjectStore store, ObjectId before, ObjectId tip, CancellationToken ct)
    {
        var seen = new HashSet<ObjectId>();
        var next = new Queue<ObjectId>([tip]);
        while (next.TryDequeue(out ObjectId id))
        {
            ct.ThrowIfCancellationRequested();
            if (id == before)
            {
                return true;
            }

            if (seen.Add(id))
            {
                foreach (ObjectId parent in store.ReadCommit(id).Parents)
                {
                    next.Enqueue(parent);
                }
            }
        }

        return false;
    }
}
