using Hutch.Agent.Blocks;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Writing;

/// <summary>
/// Writes the agent's block into a metadata file that others write too. The file is never truncated, and no change of others is lost,
/// whatever fails during the write.
/// </summary>
/// <remarks>
/// <para>
/// The new text is written next to the file and made durable; then the two exchange their names in one step. The replaced file is compared
/// with the text that was read. If they differ, another program saved the file during the write: the two exchange their names back, and the
/// write starts again with the new text. The replaced file stays as <c>.hutch-previous-NAME.…</c> for <see cref="SettleTime"/>, as a
/// program may have it open and still write into it; then <see cref="Finish"/> compares it again.
/// </para>
/// <para>
/// If the file system cannot exchange names, the file is renamed away and the new one takes its name: for a moment there is no file of that
/// name. The next write or settling repairs a crash in this moment.
/// </para>
/// </remarks>
/// <param name="openSideFolder">Opens the folder for the blocks of read-only folders; null without one.</param>
public sealed class BlockWriter(YamlLimits limits, Func<IMetadataFolder>? openSideFolder = null)
{
    /// <summary>The time after a write when the replaced file is compared once more.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    private const int MaxAttempts = 8;

    /// <param name="mayMake">True to make the file where it is missing.</param>
    /// <returns>
    /// The present location of the block. <see cref="ErrorCode.NotFound"/> without a file, <see cref="ErrorCode.Unprocessable"/> for one in
    /// which the block cannot be written, <see cref="ErrorCode.Conflict"/> for one that others write all the time,
    /// <see cref="ErrorCode.Unavailable"/> for an empty one.
    /// </returns>
    /// <exception cref="IOException">The file system failed.</exception>
    public Result<WrittenBlock> Write(
        IMetadataFolder folder, string name, string block, IReadOnlyList<BlockValue> values, bool mayMake = false)
    {
        try
        {
            return WriteInPlace(folder, name, block, values, mayMake);
        }
        catch (IOException e) when (WholeFile.IsReadOnly(e))
        {
            return WriteSideFile(folder, block, values);
        }
    }

    private Result<WrittenBlock> WriteInPlace(
        IMetadataFolder folder, string name, string block, IReadOnlyList<BlockValue> values, bool mayMake)
    {
        string? notice = Recover(folder, name, isSettled: false);
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (folder.Read(name, limits.MaxBytes) is not { } read)
            {
                return mayMake && SideFile.TryMake(folder, name, block, values)
                    ? new WrittenBlock(BlockLocation.MetadataFile, notice, MustSettle: notice is not null)
                    : ErrorCode.NotFound.With($"there is no file '{name}' in {Display.Quote(folder.Path)}, or it is a link.");
            }

            if (read.Length == 0)
            {
                // Most programs that save a file cut it first.
                return ErrorCode.Unavailable.With($"'{name}' in {Display.Quote(folder.Path)} is empty: perhaps it is being saved.");
            }

            if (!BlockEditor.Edit(read, block, values, limits).TryGet(out byte[]? edited, out HutchError? problem))
            {
                return problem;
            }

            if (read.AsSpan().SequenceEqual(edited))
            {
                folder.Delete(SideFile.NameBeside(name));
                return new WrittenBlock(BlockLocation.MetadataFile, notice, MustSettle: notice is not null);
            }

            folder.Delete(Draft.NameOf(name));
            if (!folder.TryMakeLike(Draft.NameOf(name), edited, name))
            {
                return WriteSideFile(folder, name, block, values);
            }

            PreviousFile previous = PreviousFile.For(name, read, edited);
            folder.Replace(Draft.NameOf(name), previous.Name);
            notice = (folder.TryExchange(previous.Name, name)
                ? AfterExchange(folder, name, previous, out bool isDone)
                : WithoutExchange(folder, name, previous, out isDone)) ?? notice;
            folder.Sync();
            if (isDone)
            {
                folder.Delete(SideFile.NameBeside(name));
                return new WrittenBlock(BlockLocation.MetadataFile, notice, MustSettle: true);
            }
        }

        return ErrorCode.Conflict.With(
            $"'{name}' in {Display.Quote(folder.Path)} is being written all the time; the block is written later.");
    }

    /// <summary>The refusal to write for a read-only folder; null when writing is possible because there is a side folder.</summary>
    public HutchError? RefuseReadOnly(string folder) => openSideFolder is not null
        ? null
        : ErrorCode.Forbidden.With(
            $"{Display.Quote(folder)} is read-only for this server. Let its user write there, or set 'agent.sideFolder' to a folder for "
            + "the blocks.");

    private Result<WrittenBlock> WriteSideFile(IMetadataFolder folder, string block, IReadOnlyList<BlockValue> values)
    {
        if (RefuseReadOnly(folder.Path) is { } refusal)
        {
            return refusal;
        }

        using IMetadataFolder side = openSideFolder!();
        string name = SideFile.NameFor(folder.Path);
        SideFile.Write(side, name, block, values);
        return new WrittenBlock(
            BlockLocation.SideFolder, $"{Display.Quote(folder.Path)} is read-only, so the block is in '{Path.Combine(side.Path, name)}'.");
    }

    /// <summary>
    /// Compares what earlier writes replaced once more, and removes it. A change that a program still made there comes back, without the
    /// block: then the block has to be written again.
    /// </summary>
    /// <returns>Whether the block has to be written again, and what the operator should know; null for nothing.</returns>
    public (bool WriteAgain, string? Notice) Finish(IMetadataFolder folder, string name)
    {
        byte[]? before = folder.Read(name, limits.MaxBytes);
        string? notice = Recover(folder, name, isSettled: true);
        byte[]? after = folder.Read(name, limits.MaxBytes);
        return (!before.AsSpan().SequenceEqual(after), notice);
    }

    // The replaced file has the name of the previous file now.
    private string? AfterExchange(IMetadataFolder folder, string name, PreviousFile previous, out bool isDone)
    {
        isDone = folder.Read(previous.Name, limits.MaxBytes) is { } outcome && previous.IsKnown(outcome);
        return isDone ? null : GiveBack(folder, name, previous);
    }

    private string? WithoutExchange(IMetadataFolder folder, string name, PreviousFile previous, out bool isDone)
    {
        string draft = Draft.NameOf(name);
        folder.Replace(previous.Name, draft);

        // In one step on every file system: whatever has the name at this moment is not lost.
        folder.Replace(name, previous.Name);
        bool wasRead = folder.Read(previous.Name, limits.MaxBytes) is { } outcome && previous.IsKnown(outcome);
        isDone = wasRead && folder.TryRenameNew(draft, name);
        if (isDone)
        {
            return null;
        }

        folder.Delete(draft);
        if (folder.TryRenameNew(previous.Name, name))
        {
            return null;
        }

        if (!wasRead)
        {
            return SaveAside(folder, name, previous);
        }

        // Another program has saved a file under the free name, over the one that was read.
        folder.Delete(previous.Name);
        return null;
    }

    /// <summary>Finds what earlier writes left, whether they ended or were cut off.</summary>
    private string? Recover(IMetadataFolder folder, string name, bool isSettled)
    {
        string? notice = null;
        folder.Delete(Draft.NameOf(name));
        foreach (PreviousFile previous in PreviousFile.In(folder, name).ToArray())
        {
            byte[]? current = folder.Read(name, limits.MaxBytes);
            if (current is null && folder.TryRenameNew(previous.Name, name))
            {
                continue;
            }

            // If the file has the text that was read, there was no exchange: the other is a new text that was never finished.
            bool isUnfinished = current is not null && previous.IsRead(current);
            if (!isUnfinished && folder.Read(previous.Name, limits.MaxBytes) is { } bytes && !previous.IsKnown(bytes))
            {
                notice = GiveBack(folder, name, previous) ?? notice;
            }
            else if (isSettled || isUnfinished)
            {
                folder.Delete(previous.Name);
            }
        }

        folder.Sync();
        return notice;
    }

    /// <summary>
    /// Restores a file with another program's change under its name, in place of the text that was written over it. If the file was saved
    /// again since, that text stays, and the change is stored next to it.
    /// </summary>
    private string? GiveBack(IMetadataFolder folder, string name, PreviousFile previous)
    {
        if (folder.Read(name, limits.MaxBytes) is not { } current || !previous.IsWritten(current))
        {
            return SaveAside(folder, name, previous);
        }

        if (!folder.TryExchange(previous.Name, name))
        {
            folder.Replace(previous.Name, name);
            return null;
        }

        if (folder.Read(previous.Name, limits.MaxBytes) is { } outcome && previous.IsKnown(outcome))
        {
            folder.Delete(previous.Name);
            return null;
        }

        // Saved between the look and the exchange: the newest text has the name, the older one is kept.
        folder.TryExchange(previous.Name, name);
        return SaveAside(folder, name, previous);
    }

    private static string SaveAside(IMetadataFolder folder, string name, PreviousFile previous)
    {
        string savedName = $"{FolderRule.OwnPrefix}kept-{name}.{previous.Read}";
        folder.Replace(previous.Name, savedName);
        return $"'{name}' was saved twice while the agent wrote its block. The last text holds; the one before is kept as '{savedName}'. "
            + "Compare the two, and remove the kept one.";
    }

    private static WrittenBlock WriteSideFile(IMetadataFolder folder, string name, string block, IReadOnlyList<BlockValue> values)
    {
        SideFile.Write(folder, SideFile.NameBeside(name), block, values);
        return new WrittenBlock(
            BlockLocation.SideFile,
            $"the owner or the access rights of '{name}' cannot be kept by this server's user, so the block is in "
            + $"'{SideFile.NameBeside(name)}' beside it. Run the server as the owner of the files, or as a user that may give files away.",
            MustSettle: true);
    }
}
