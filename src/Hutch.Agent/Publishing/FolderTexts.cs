using Hutch.Agent.Blocks;
using Hutch.Agent.Survey;
using Hutch.Agent.Writing;

namespace Hutch.Agent.Publishing;

/// <summary>The agent's texts in folders: its claim, its block, the invite, and notices for the operator.</summary>
internal sealed class FolderTexts(BlockWriter writer, FolderClaim claims, TimeProvider time)
{
    /// <summary>Claims a folder for this installation; why it cannot be published here.</summary>
    public HutchError? Claim(string path)
    {
        try
        {
            using IMetadataFolder folder = MetadataFolder.Open(path);
            return claims.Acquire(folder).Error;
        }
        catch (IOException e) when (Disk.Folders.WholeFile.IsReadOnly(e))
        {
            return writer.RefuseReadOnly(path); // No other installation can claim it either.
        }
        catch (IOException e)
        {
            return ErrorCode.Unavailable.With($"it cannot be claimed for this server: {e.Message}");
        }
    }

    /// <returns>What an operator should know.</returns>
    public Result<IReadOnlyList<string>> WriteBlock(FolderSession session, FolderPlan plan, List<BlockValue> values, string? invite)
    {
        try
        {
            using IMetadataFolder folder = MetadataFolder.Open(plan.Folder);
            return WriteBlock(session, folder, plan, values, invite);
        }
        catch (IOException e)
        {
            return ErrorCode.Unavailable.With($"the block cannot be written: {e.Message}");
        }
    }

    private Result<IReadOnlyList<string>> WriteBlock(
        FolderSession session, IMetadataFolder folder, FolderPlan plan, List<BlockValue> values, string? invite)
    {
        BlockOptions block = plan.Rule.Options.Block;
        var notices = new List<string>();
        if (invite is not null && block.InviteInBlock)
        {
            values.Add(new BlockValue(block.InviteToken, invite));
        }
        else if (invite is not null)
        {
            if (WriteInvite(folder, invite) is { } notice)
            {
                notices.Add(notice);
            }
            else
            {
                values.Add(new BlockValue(block.InviteFile, SideFile.Invite));
            }
        }

        Result<WrittenBlock> written = writer.Write(
            folder, plan.BlockFile, plan.Block, values, mayMake: block.File is not null);
        if (!written.IsOk)
        {
            return written.Error;
        }

        NoteReplaced(session, written.Value);
        return Result<IReadOnlyList<string>>.Ok(written.Value.Notice is { } blockNotice ? [.. notices, blockNotice] : notices);
    }

    /// <summary>Compares files once more that were replaced a while ago or left by a crash, and removes drafts that a mount left.</summary>
    public IReadOnlyList<string> FinishReplacement(FolderSession session)
    {
        TimeSpan since = time.GetUtcNow() - session.ReplacedAt;
        bool isTooEarly = since >= TimeSpan.Zero && since < BlockWriter.SettleTime; // less than nothing when the clock was set back
        if (!session.MustSettle || isTooEarly)
        {
            return [];
        }

        var notices = new List<string>();
        try
        {
            using IMetadataFolder folder = MetadataFolder.Open(session.Request.Folder);
            foreach (string name in FilesOf(session.Request.Rule.Options))
            {
                if (writer.Finish(folder, name).Notice is { } notice)
                {
                    notices.Add(notice);
                }
            }

            if (claims.IsOwn(folder))
            {
                Draft.RemoveEmpty(folder);
            }
        }
        catch (IOException e) when (Disk.Folders.WholeFile.IsReadOnly(e))
        {
            // Nothing was replaced there.
        }
        catch (IOException e)
        {
            session.ReplacedAt = time.GetUtcNow();
            return [.. notices, $"what the block took the place of cannot be compared: {e.Message}"];
        }

        session.MustSettle = false;
        return notices;
    }

    /// <summary>
    /// Writes a notice for the operator into the folder: in the block, or in a file next to a metadata file that cannot be edited. Writes
    /// nothing into the folder of another installation.
    /// </summary>
    /// <param name="metadataFile">Its metadata file; if null, nothing is written.</param>
    /// <param name="block">The name of the block; null for the configured one.</param>
    /// <param name="isCopy">True if the block was copied from another folder: then it must not lead to the dataset of that folder.</param>
    public IReadOnlyList<string> WriteNotices(
        FolderSession session, string? metadataFile, string? problem, string? block = null, bool isCopy = false)
    {
        if (metadataFile is null || problem is null)
        {
            return [];
        }

        BlockOptions options = session.Request.Rule.Options.Block;
        string[] copied = isCopy ? [options.Space, options.PublicUrl, options.InviteFile, options.InviteToken] : [];
        BlockValue[] values = [.. copied.Select(key => new BlockValue(key, null)), new(options.Error, problem)];
        try
        {
            using IMetadataFolder folder = MetadataFolder.Open(session.Request.Folder);
            if (claims.IsOfAnother(folder))
            {
                return [];
            }

            string file = options.File ?? metadataFile;
            if (writer.Write(folder, file, block ?? options.Name, values, mayMake: options.File is not null)
                .TryGet(out WrittenBlock? written, out _))
            {
                NoteReplaced(session, written);
            }
            else
            {
                SideFile.Write(folder, SideFile.NameBeside(file), block ?? options.Name, values);
            }

            return [];
        }
        catch (IOException e)
        {
            return [$"this could not be written into the folder: {e.Message}"];
        }
    }

    private static IEnumerable<string> FilesOf(WatchedFolderOptions options) =>
        options.Block.File is { } file ? [file] : options.MetadataFiles;

    private void NoteReplaced(FolderSession session, WrittenBlock written)
    {
        if (written.MustSettle)
        {
            session.MustSettle = true;
            session.ReplacedAt = time.GetUtcNow();
        }
    }

    private static string? WriteInvite(IMetadataFolder folder, string invite)
    {
        try
        {
            return SideFile.WriteInvite(folder, invite).Error?.Message;
        }
        catch (IOException e) when (Disk.Folders.WholeFile.IsReadOnly(e))
        {
            return "the folder is read-only, so that there is no invite in it. `hutch agent letter` prints one.";
        }
    }
}
