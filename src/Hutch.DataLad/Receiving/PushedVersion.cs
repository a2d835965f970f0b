using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Receiving;

/// <param name="Changes">The paths at which its tree differs from that of the version before.</param>
internal sealed record PushedVersion(ObjectId Id, GitHeaders Commit, IReadOnlyList<GitChange> Changes)
{
    private const int MaxMessage = 10_000;

    public string Message => Commit.Message.Length > MaxMessage ? Commit.Message[..MaxMessage] : Commit.Message;

    /// <summary>The most that it adds to a dataset, without the content of keys: bytes, and files including links.</summary>
    public (long Bytes, long Files) Measure(ObjectStore store)
    {
        GitEntry[] files = [.. Changes.Select(static change => change.After).OfType<GitEntry>()
            .Where(static entry => entry.Kind is GitEntryKind.File or GitEntryKind.Executable or GitEntryKind.Link)];
        return (files.Where(static entry => entry.Kind != GitEntryKind.Link).Sum(entry => store.SizeOf(entry.Id)), files.Length);
    }

    /// <summary>The version that some commands make; null when they leave the branch of versions where it is.</summary>
    /// <param name="tip">Its newest commit; null when it has none.</param>
    public static PushedVersion? Find(
        string main, ObjectId? tip, IEnumerable<RefCommand> commands, TreeChanges changes, ObjectStore store, CancellationToken ct)
    {
        if (commands.FirstOrDefault(command => command.Name == main && command.To != command.From) is not { } moved)
        {
            return null;
        }

        GitHeaders commit = store.ReadCommit(moved.To);
        ObjectId? before = tip is { } last ? store.ReadCommit(last).Tree : null;
        return new PushedVersion(moved.To, commit, changes.Find(before, commit.Tree, ct));
    }
}
