using System.Runtime.CompilerServices;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Write.Heads;

/// <summary>
/// Moves and removes files and directories of a head, any number in one change: the same entries get other paths, and no byte is read or
/// written. The result is a new snapshot; all older ones stay.
/// </summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class HeadMover(HeadEditor editor, HeadReader heads)
{
    /// <summary>Moves files and directories. All leave their paths before the first arrives, so that two can change places.</summary>
    /// <param name="moves">The moves. None may replace an entry.</param>
    /// <param name="message">The message of the new snapshot; null for a sentence about the moves.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> MoveAsync(
        DatasetId id, IReadOnlyList<EntryMove> moves, string by, string? message, CancellationToken ct)
    {
        if (FindFault(moves) is { } fault)
        {
            return fault;
        }

        string said = message ?? (moves is [var only] ? $"Moved {only.From} to {only.To}" : $"Moved {moves.Count} files and folders");
        return await editor.EditAsync(id, new HeadEdit("changed", said, (root, token) => MoveAsync(root, moves, token)), by, ct);
    }

    /// <param name="message">The message of the new snapshot; null for a sentence about the removed paths.</param>
    /// <param name="ct">Cancels, until the swap is on its way to the disk.</param>
    public async Task<Result<SiteSnapshot>> RemoveAsync(
        DatasetId id, IReadOnlyList<DatasetPath> paths, string by, string? message, CancellationToken ct)
    {
        string said = message ?? (paths is [var only] ? $"Removed {only}" : $"Removed {paths.Count} files and folders");
        return await editor.EditAsync(
            id, new HeadEdit("changed", said, (root, token) => RemoveAsync(root, Outermost(paths), token)), by, ct);
    }

    private static HutchError? FindFault(IReadOnlyList<EntryMove> moves)
    {
        if (moves.FirstOrDefault(move => ReservedNames.IsReserved(move.To)) is { } reserved)
        {
            return EntryRules.CheckNew(reserved.To, Entry.Directory(0)).Error;
        }

        if (moves.FirstOrDefault(move => move.To == move.From || move.To.IsUnder(move.From)) is { } inside)
        {
            return ErrorCode.PathConflict.With($"{Display.Quote(inside.From.Value)} cannot be moved into itself.");
        }

        if (FindNested(moves.Select(move => move.From)) is { } from)
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(from.Value)} is moved twice: by itself, or with a folder that it is in.");
        }

        if (FindNested(moves.Select(move => move.To)) is { } to)
        {
            return ErrorCode.PathConflict.With(
                $"Two of the moves go to {Display.Quote(to.Value)}, or one goes into what the other brings there.");
        }

        return null;
    }

    /// <summary>Returns a path that occurs twice, or is below another one.</summary>
    private static DatasetPath? FindNested(IEnumerable<DatasetPath> paths)
    {
        var seen = new HashSet<DatasetPath>();
        foreach (DatasetPath path in paths)
        {
            if (!seen.Add(path))
            {
                return path;
            }
        }

        return seen.Where(path => path.Ancestors().Any(seen.Contains)).Select(path => (DatasetPath?)path).FirstOrDefault();
    }

    /// <summary>Returns the paths that are not below another of them, each once.</summary>
    private static IReadOnlyList<DatasetPath> Outermost(IReadOnlyList<DatasetPath> paths)
    {
        var all = paths.ToHashSet();
        return [.. all.Where(path => !path.Ancestors().Any(all.Contains))];
    }

    private async Task<Result<MadeTree>> MoveAsync(MadeTree head, IReadOnlyList<EntryMove> moves, CancellationToken ct)
    {
        Result<MadeTree> cleared = await RemoveAsync(head, [.. moves.Select(move => move.From)], ct);
        if (!cleared.IsOk)
        {
            return cleared;
        }

        foreach (EntryMove move in moves)
        {
            if (await editor.HasAsync(cleared.Value.Root, move.To, ct))
            {
                return ErrorCode.PathConflict.With(
                    $"{Display.Quote(move.To.Value)} is there already, and a move replaces nothing. Nothing was changed.");
            }
        }

        // A whole path may be too long at its new place: that is found before anything is stored.
        foreach (EntryMove move in moves)
        {
            await foreach (PathEntry entry in heads.Tree.EnumerateAtAsync(head.Root, move.From, ct))
            {
                Result<DatasetPath> arrived = move.Arrive(entry.Path);
                if (!arrived.IsOk)
                {
                    return arrived.Error;
                }
            }
        }

        return await editor.ApplyAsync(cleared.Value, ArrivalsAsync(head.Root, moves, ct), ct);
    }

    private async IAsyncEnumerable<TreeChange> ArrivalsAsync(
        TreeRoot head, IReadOnlyList<EntryMove> moves, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (EntryMove move in moves)
        {
            await foreach (PathEntry entry in heads.Tree.EnumerateAtAsync(head, move.From, ct))
            {
                yield return new TreeChange(move.Arrive(entry.Path).Value, entry.Entry);
            }
        }
    }

    private async Task<Result<MadeTree>> RemoveAsync(MadeTree head, IReadOnlyList<DatasetPath> paths, CancellationToken ct)
    {
        foreach (DatasetPath path in paths)
        {
            if (!await editor.HasAsync(head.Root, path, ct))
            {
                return ErrorCode.NotFound.With($"There is no {Display.Quote(path.Value)} in the dataset. Nothing was changed.");
            }
        }

        return await editor.ApplyAsync(head, RemovalsAsync(head.Root, paths, ct), ct);
    }

    private async IAsyncEnumerable<TreeChange> RemovalsAsync(
        TreeRoot head, IReadOnlyList<DatasetPath> paths, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (DatasetPath path in paths)
        {
            await foreach (PathEntry entry in heads.Tree.EnumerateAtAsync(head, path, ct))
            {
                yield return new TreeChange(entry.Path, null);
            }
        }
    }
}

public sealed record EntryMove(DatasetPath From, DatasetPath To)
{
    internal Result<DatasetPath> Arrive(DatasetPath path) =>
        path == From ? To : To.Append(path.Value[(From.Value.Length + 1)..]);
}
