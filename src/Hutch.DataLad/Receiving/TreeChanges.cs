using Hutch.DataLad.Objects;
using Hutch.DataLad.Store;

namespace Hutch.DataLad.Receiving;

/// <param name="Path">The path; null if it is not UTF-8.</param>
internal readonly record struct GitChange(string? Path, int Depth, GitEntry? Before, GitEntry? After);

/// <summary>Finds out what two git trees differ in. The work follows what differs; how much that may be has a limit.</summary>
internal sealed class TreeChanges(ObjectStore store, int maxChanges)
{
    private const int MaxDepth = 512;

    private readonly List<GitChange> _changes = [];

    /// <summary>All paths at which they differ, directories that came or went among them.</summary>
    public IReadOnlyList<GitChange> Find(ObjectId? before, ObjectId after, CancellationToken ct)
    {
        Compare("", 0, before, after, ct);
        return _changes;
    }

    private void Compare(string? directory, int depth, ObjectId? before, ObjectId? after, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
        {
            throw ErrorCode.Unprocessable.With($"Nothing was changed: directories lie more than {MaxDepth} deep in each other.")
                .ToException();
        }

        if (before == after)
        {
            return;
        }

        var old = Read(before).ToDictionary(static entry => System.Text.Encoding.Latin1.GetString(entry.Name));
        foreach (GitEntry entry in Read(after))
        {
            GitEntry? had = old.Remove(System.Text.Encoding.Latin1.GetString(entry.Name), out GitEntry found) ? found : null;
            Compare(directory, depth, had, entry, ct);
        }

        foreach (GitEntry gone in old.Values)
        {
            Compare(directory, depth, gone, null, ct);
        }
    }

    private void Compare(string? directory, int depth, GitEntry? before, GitEntry? after, CancellationToken ct)
    {
        if (before?.Id == after?.Id && before?.Kind == after?.Kind)
        {
            return;
        }

        string? path = directory is not null && (after ?? before)!.Value.Text is { } name ? directory + name : null;
        bool wasDirectory = before is { Kind: GitEntryKind.Directory };
        bool isDirectory = after is { Kind: GitEntryKind.Directory };
        if (!wasDirectory || !isDirectory)
        {
            if (_changes.Count >= maxChanges)
            {
                throw ErrorCode.TooLarge.With(
                    $"The push changes more than {maxChanges} files (dataLad.maxFiles). Push the history in parts.").ToException();
            }

            _changes.Add(new GitChange(path, depth, before, after));
        }

        if (wasDirectory || isDirectory)
        {
            Compare(
                path is null ? null : path + "/",
                depth + 1,
                wasDirectory ? before!.Value.Id : null,
                isDirectory ? after!.Value.Id : null,
                ct);
        }
    }

    private List<GitEntry> Read(ObjectId? tree) => tree is { } id ? store.ReadTree(id) : [];
}
