using Hutch.Client.Push;
using Hutch.Client.Receipts;
using Hutch.Client.Transfers;
using Hutch.Client.Workspaces;
using Hutch.Model.Sites;

namespace Hutch.Client.Watching;

/// <summary>
/// One round over a growing folder: chooses the finished files, and compares them with the dataset before they are sent. For one thread.
/// </summary>
/// <param name="markers">Finds the markers of folders; null when quiet alone decides.</param>
/// <param name="sent">Takes files that were sent before and have not changed.</param>
internal sealed class GrowingFolder(
    HutchClient client, Workspace workspace, FinishedFiles finished, FolderMarkers? markers, Action<SentFile> sent)
    : PushScope, IDisposable
{
    private const int MaxNotes = 20;

    private readonly StableReader _reader = new(workspace.Root);
    private readonly SentLog _log = new(workspace);
    private readonly List<(string Path, BlobHash Hash)> _gone = [];
    private readonly List<string> _notes = [];
    private bool _isCompared;
    private long? _base;
    private int _left;

    /// <summary>Files that are left out, each with the reason.</summary>
    internal IReadOnlyList<string> Notes => _left > _notes.Count ? [.. _notes, $"… and {_left - _notes.Count} more files."] : _notes;

    /// <summary>True if a file was taken: the next round decides whether it counts as sent.</summary>
    internal bool HasTaken { get; private set; }

    internal override long? Base => _base;

    public void Dispose() => _reader.Dispose();

    /// <summary>Remembers the files that are gone, after the push has taken them out of the base.</summary>
    internal void Complete() => _log.Add(_gone);

    internal override bool Takes(TrackedFile file)
    {
        if (file.Gone)
        {
            if (file.Before?.Hash is { } hash)
            {
                _gone.Add((file.Item.Path, hash));
            }

            return true;
        }

        // Links, which an instrument points at its newest file, and empty folders are no data.
        if (file.Item.Kind != LocalKind.File)
        {
            return false;
        }

        if (!file.IsUnread && !file.Differs)
        {
            sent(new SentFile(file.Item, file.Hash!.Value));
            return false;
        }

        bool isTaken = IsFinished(file.Item) && IsFree(file.Item);
        HasTaken |= isTaken;
        return isTaken;
    }

    internal override async Task CompareAsync(
        IReadOnlyList<TrackedFile> files, UploadLedger ledger, CancellationToken cancellationToken)
    {
        foreach (TrackedFile[] some in files.Chunk(ReceiptStatement.MaxLines))
        {
            SignedFiles there = await client.GetReceiptsAsync(
                workspace.Config.Dataset, [.. some.Select(file => file.Item.Path)], _base, cancellationToken);
            (_isCompared, _base) = (true, _isCompared ? _base : there.Snapshot);
            foreach (TrackedFile file in some)
            {
                await CompareAsync(file, there.Find(file.Item.Path), ledger, cancellationToken);
            }
        }
    }

    private async Task CompareAsync(TrackedFile file, ReceiptLine? there, UploadLedger ledger, CancellationToken cancellationToken)
    {
        if (there is null || there.Hash == file.Before?.Hash)
        {
            return;
        }

        if (file.Hash is null && there.Size == file.Item.Status.Size)
        {
            await HashEngine.RunAsync(workspace, [file], NoProgress.Instance, cancellationToken);
        }

        if (file.Hash == there.Hash)
        {
            file.IsThere = true; // sent before, by a push whose answer was lost, or by someone else
            ledger.Claim(there.Hash);
        }
        else if (file.IsFile && !_log.Has(file.Item.Path, there.Hash))
        {
            file.Unstable = true;
            LeaveOut($"{Display.Quote(file.Item.LocalPath)} is in the dataset with other bytes, which this folder did not send: it is "
                + "not replaced. Rename one of the two.");
        }
    }

    private bool IsFinished(LocalItem item)
    {
        if (markers is null)
        {
            return finished.IsFinished(item.LocalPath, item.Status, marked: null);
        }

        if (markers.Find(item.LocalPath) is { } marked)
        {
            return finished.IsFinished(item.LocalPath, item.Status, marked);
        }

        finished.AddWaiting();
        return false;
    }

    /// <summary>Returns true if no program writes to a file, as far as the system reports that, and it can be read.</summary>
    private bool IsFree(LocalItem item)
    {
        try
        {
            using SafeFileHandle? file = _reader.Open(item.LocalPath);
            if (file is not null && FolderHandle.HasWriters(file) != true)
            {
                return true;
            }

            if (file is not null)
            {
                LeaveOut($"{Display.Quote(item.LocalPath)} is open in another program; it is sent when it is closed.");
            }
        }
        catch (IOException e) when (FileInUse.IsCauseOf(e))
        {
            LeaveOut($"{Display.Quote(item.LocalPath)} is open in another program; it is sent when it is closed.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LeaveOut($"{Display.Quote(item.LocalPath)} cannot be read: {e.Message}");
        }

        finished.AddWaiting();
        return false;
    }

    private void LeaveOut(string note)
    {
        _left++;
        if (_notes.Count < MaxNotes)
        {
            _notes.Add(note);
        }
    }
}
