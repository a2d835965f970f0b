using Hutch.Client.Receipts;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Sites;

namespace Hutch.Client.Watching;

/// <summary>
/// Removes files here that were sent, each only after the site has proved that it stores exactly the bytes that are here at that moment.
/// For one thread.
/// </summary>
/// <remarks>
/// The order for each file: receipt; open it and hash all of its bytes; give it another name, so that no program can open it any more;
/// check that it is the same file, unchanged, and that no program writes to it; remove it. A file that fails a check gets its name back.
/// </remarks>
/// <param name="siteKey">The key that must sign; null for the one that the site showed first.</param>
internal sealed class SentRemoval(HutchClient client, Workspace workspace, BlobHash? siteKey, ITransferProgress progress)
{
    private const string KeyFile = "site-key";
    private const string ReserveFile = "reserve";
    private const int ReserveBytes = 1 << 20; // a list of 1000 long paths
    private const int MaxNotes = 20;
    private const int TokenDigits = 16;

    private readonly List<string> _notes = [];

    /// <summary>Files that the last call removed.</summary>
    internal int Files { get; private set; }

    internal long Bytes { get; private set; }

    /// <summary>Files that it did not remove, each with the reason.</summary>
    internal IReadOnlyList<string> Notes => _notes;

    /// <summary>Gives files their names back that an interrupted removal had renamed.</summary>
    internal void Restore()
    {
        if (workspace.ReadOwn(RemovalList.FileName) is not { } bytes)
        {
            return;
        }

        if (Read(bytes) is { Paths: not null } list)
        {
            using var chain = new FolderChain(workspace.Root);
            for (int i = 0; i < list.Paths.Count; i++)
            {
                (string folder, string name) = FolderChain.Split(list.Paths[i]);
                if (!IsBelow(list.Paths[i]) || !IsBelow(list.NameOf(i)))
                {
                    continue;
                }

                if (chain.Find(folder) is { } parent && parent.Status(list.NameOf(i)) is not null)
                {
                    PutBack(parent, list.NameOf(i), name);
                }
            }
        }

        workspace.Control.Delete(RemovalList.FileName);
    }

    /// <summary>
    /// Takes some space while there is some. On a full disk, neither what was sent nor what is being removed could be written down.
    /// </summary>
    internal void KeepReserve()
    {
        try
        {
            if (workspace.Control.Status(ReserveFile) is null)
            {
                workspace.WriteOwn(ReserveFile, new byte[ReserveBytes]);
            }
        }
        catch (IOException)
        {
            // The next round tries again.
        }
    }

    /// <summary>Gives the space up, for what must be written now.</summary>
    internal bool ReleaseReserve() => workspace.Control.Delete(ReserveFile);

    /// <summary>Removes those of these files that the site stores. A file that was not removed is here as it was.</summary>
    internal async Task RunAsync(IReadOnlyList<SentFile> files, CancellationToken cancellationToken)
    {
        (Files, Bytes) = (0, 0);
        _notes.Clear();
        foreach (SentFile[] some in files.Chunk(ReceiptStatement.MaxLines))
        {
            SignedFiles receipts;
            try
            {
                receipts = await client.GetReceiptsAsync(
                    workspace.Config.Dataset, [.. some.Select(file => file.Item.Path)], at: null, cancellationToken);
            }
            catch (BadAnswerException e)
            {
                _notes.Add(e.Message);
                return;
            }

            if (!IsRightKey(receipts.Site))
            {
                return;
            }

            SentFile[] proved = [.. some.Where(file => IsProved(file, receipts.Find(file.Item.Path)))];
            if (proved.Length > 0)
            {
                Remove(proved, cancellationToken);
            }
        }
    }

    private static bool IsBelow(string path) => Array.TrueForAll(path.Split('/'), static part => part is not ("" or "." or ".."));

    private static RemovalList? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, WorkspaceJson.Default.RemovalList);
        }
        catch (JsonException)
        {
            return null; // none of ours, which are replaced as a whole
        }
    }

    private bool IsProved(SentFile file, ReceiptLine? receipt)
    {
        if (receipt is not null && receipt.Hash == file.Hash && receipt.Size == file.Item.Status.Size
            && receipt.State == ReceiptStates.Stored)
        {
            return true;
        }

        Note(file.Item.LocalPath, receipt switch
        {
            null => "the dataset does not have it any more",
            { State: ReceiptStates.Temporary } => "the dataset is temporary: its bytes end with it",
            { State: ReceiptStates.Elsewhere } => "the site does not have its bytes itself, or they are damaged there",
            _ => "the dataset has other bytes there now",
        });
        return false;
    }

    private void Remove(SentFile[] files, CancellationToken cancellationToken)
    {
        var list = new RemovalList(
            RandomNumberGenerator.GetHexString(TokenDigits, lowercase: true), [.. files.Select(file => file.Item.LocalPath)]);
        WriteList(JsonSerializer.SerializeToUtf8Bytes(list, WorkspaceJson.Default.RemovalList));
        using var chain = new FolderChain(workspace.Root);
        for (int i = 0; i < files.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Remove(chain, files[i], list.NameOf(i), cancellationToken);
            }
            catch (IOException e) when (FileInUse.IsCauseOf(e))
            {
                Note(files[i].Item.LocalPath, "it is open in another program");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Note(files[i].Item.LocalPath, e.Message.TrimEnd('.'));
            }
        }

        workspace.Control.Delete(RemovalList.FileName);
    }

    private void WriteList(byte[] list)
    {
        try
        {
            workspace.WriteOwn(RemovalList.FileName, list);
        }
        catch (IOException) when (ReleaseReserve())
        {
            workspace.WriteOwn(RemovalList.FileName, list);
        }
    }

    private void Remove(FolderChain chain, SentFile sent, string other, CancellationToken cancellationToken)
    {
        (string path, string name) = FolderChain.Split(sent.Item.LocalPath);
        if (chain.Find(path) is not { } folder || folder.TryOpenFile(name) is not { } opened)
        {
            return; // gone already
        }

        using SafeFileHandle file = opened;
        FileStatus status = FolderHandle.Status(file);
        if (!status.SameContents(sent.Item.Status) || Hash(file, status.Size, cancellationToken) != sent.Hash
            || !FolderHandle.Status(file).SameContents(status))
        {
            workspace.Index.Remove(sent.Item.Path); // what it remembers of the file is wrong, whatever its times show
            Note(sent.Item.LocalPath, "it changed after it was sent, and is sent again");
            return;
        }

        if (!folder.TryRenameNew(name, other))
        {
            return;
        }

        if (Explain(folder, other, file, status) is { } reason)
        {
            PutBack(folder, other, name);
            Note(sent.Item.LocalPath, reason);
            return;
        }

        folder.Delete(other);
        workspace.Index.Remove(sent.Item.Path);
        Files++;
        Bytes += status.Size;
    }

    /// <summary>
    /// Returns the reason to keep the renamed file; null when it is the one that was hashed, and no program writes to it.
    /// </summary>
    private static string? Explain(FolderHandle folder, string name, SafeFileHandle hashed, in FileStatus before)
    {
        FileStatus now = FolderHandle.Status(hashed);
        if (folder.Status(name) is not { } renamed || renamed.Inode != before.Inode || renamed.Device != before.Device)
        {
            return "another file took its place";
        }

        if (now.Size != before.Size || now.ModifiedNanoseconds != before.ModifiedNanoseconds)
        {
            return "it changed just now";
        }

        return FolderHandle.HasWriters(hashed) == true ? "it is open in another program" : null;
    }

    private static BlobHash? Hash(SafeFileHandle file, long size, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return StableReader.HashRange(file, size, sha, NoProgress.Instance, cancellationToken) == size
            ? new BlobHash(sha.GetHashAndReset())
            : null;
    }

    // A program may have made a new file of the name: then both stay, and the older one gets a name that people see.
    private void PutBack(FolderHandle folder, string from, string name)
    {
        string other = $"{name}.restored-{from[Workspace.TemporaryPrefix.Length..]}";
        if (!folder.TryRenameNew(from, name) && !folder.TryRenameNew(from, other))
        {
            progress.Report($"{Display.Quote(System.IO.Path.Join(folder.Path, from))} is a file that was sent as {Display.Quote(name)}.");
        }
    }

    private bool IsRightKey(BlobHash site)
    {
        BlobHash? expected = siteKey ?? ReadKey();
        if (expected is null)
        {
            workspace.WriteOwn(KeyFile, Encoding.ASCII.GetBytes(SiteKeyText.Format(site)));
            progress.Report($"Receipts of this site are signed by {SiteKeyText.Format(site)}; from now on no other key counts.");
        }
        else if (expected != site)
        {
            _notes.Add(
                $"Nothing is removed: the receipts are signed by {SiteKeyText.Format(site)}, not by {SiteKeyText.Format(expected.Value)}. "
                + "If the home of the dataset moved, compare the key with `hutch site show` there, and name it with --site-key.");
            return false;
        }

        return true;
    }

    private BlobHash? ReadKey() => workspace.ReadOwn(KeyFile) is { } bytes
        ? SiteKeyText.Parse(Encoding.ASCII.GetString(bytes).Trim()).Value
        : null;

    private void Note(string path, string reason)
    {
        if (_notes.Count < MaxNotes)
        {
            _notes.Add($"{Display.Quote(path)} stays here: {reason}.");
        }
    }
}
