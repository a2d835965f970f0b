using System.Buffers;
using System.Text.Unicode;
using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Watching;

/// <summary>One look at a folder: walks its directories, and reads names only where the times say that they changed.</summary>
internal sealed partial class ScanVisit(
    ScannedTree tree, MountKind mount, FolderScanRequest request, string? metadataFile, TimeProvider time, CancellationToken ct)
{
    private readonly List<FolderChange> _changes = [];
    private readonly bool _asksServer = request.Reasons.HasFlag(ScanReasons.Requested);
    private char[] _name = new char[256];

    public IReadOnlyList<FolderChange> Changes => _changes;

    public bool IsFull => _changes.Count >= FolderScan.MaxChanges;

    public void Run(FolderHandle folder, in FileStatus status)
    {
        tree.Begin(request, mount, metadataFile, time.GetElapsedTime(0));
        Visit(folder, status, tree.Root);
    }

    private void Visit(FolderHandle handle, in FileStatus status, ScannedDirectory directory)
    {
        ct.ThrowIfCancellationRequested();
        directory.Trouble = null;
        ScanTime now = ScanTime.Now(time);
        bool wasSettled = directory.Clock.IsSettled;
        bool hasNewTimes = directory.Clock.Observe(status, mount, now);
        if (hasNewTimes)
        {
            directory.MarkSuspect(); // a file may stand where another one stood
        }

        if (directory.Clock.IsDue || !tree.HasTimes(directory, mount, now.Elapsed) || (directory.IsSuspect && directory.Problems.Count > 0))
        {
            bool wasRead = directory.Clock.WasRead;
            if (ReadNames(handle, directory, now.Elapsed) && wasRead)
            {
                tree.NoteChangedNames(directory, hasNewTimes, wasSettled, now.Elapsed);
            }
        }

        CheckYoung(handle, directory);
        CheckSuspect(handle, directory);
        foreach (ScannedDirectory below in directory.Below.Values.ToArray())
        {
            if (IsFull)
            {
                return;
            }

            Descend(handle, directory, below);
        }
    }

    private void Descend(FolderHandle handle, ScannedDirectory directory, ScannedDirectory below)
    {
        try
        {
            bool isToBeOpened = below.IsToBeOpened || !tree.HasTimes(below, mount, time.GetElapsedTime(0));
            if (_asksServer || !isToBeOpened)
            {
                FileStatus? seen = handle.Status(below.Name, _asksServer);
                if (!isToBeOpened && seen is { Type: FileType.Folder } status && below.Clock.IsQuiet(status, mount))
                {
                    return;
                }
            }

            using FolderHandle? opened = handle.TryOpenFolder(below.Name);
            if (opened is not null)
            {
                Visit(opened, opened.Status(), below);
            }
            else
            {
                TryRemove(directory, below); // gone since its name was read, or something else stands there
                directory.Clock.Remove();
            }
        }
        catch (FileNotFoundException)
        {
            directory.Clock.Remove(); // removed at this very moment: the names tell
        }
        catch (IOException e)
        {
            below.Trouble = $"The directory {Display.Quote(below.Path)} cannot be read: {e.Message}";
        }
    }

    private bool ReadNames(FolderHandle handle, ScannedDirectory directory, TimeSpan now)
    {
        (int, int) before = (_changes.Count, tree.Count);
        bool isNew = !directory.Clock.WasRead;
        var unknown = new List<(string Name, FileType? Type)>();
        var odd = new List<FolderEntry>();
        directory.BeginReading();
        handle.List((raw, type) =>
        {
            if (!TryRead(raw, out ReadOnlySpan<char> name))
            {
                odd.Add(FolderHandle.Decode(raw));
            }
            else if (!directory.TryNote(name, type))
            {
                unknown.Add((name.ToString(), type));
            }

            return true;
        });

        directory.Problems.ClearExcept(directory.Files.ContainsKey);
        directory.Unseen.Clear();
        odd.ForEach(entry => directory.Problems.Set(
            entry.Name, $"The name '{directory.PathOf(entry.Name)}' is not UTF-8; rename it, for instance with convmv."));
        if (TryRemoveGone(directory) && TryTake(handle, directory, unknown, isNew))
        {
            directory.Clock.Read(now);
        }

        return before != (_changes.Count, tree.Count);
    }

    /// <summary>False when there are more changes than one look may hold.</summary>
    private bool TryRemoveGone(ScannedDirectory directory)
    {
        foreach (string name in directory.FilesNotNoted())
        {
            if (IsFull)
            {
                return false;
            }

            Vanish(directory, name);
        }

        return directory.DirectoriesNotNoted().All(below => TryRemove(directory, below));
    }

    private bool TryRemove(ScannedDirectory above, ScannedDirectory directory)
    {
        foreach (string name in directory.Files.Keys.ToArray())
        {
            if (IsFull)
            {
                return false;
            }

            Vanish(directory, name);
        }

        if (!directory.Below.Values.ToArray().All(below => TryRemove(directory, below)))
        {
            return false;
        }

        tree.Remove(above, directory);
        return true;
    }

    /// <summary>False when there are more changes than one look may hold.</summary>
    private bool TryTake(FolderHandle handle, ScannedDirectory directory, List<(string Name, FileType? Type)> unknown, bool isNew)
    {
        foreach ((string name, FileType? type) in unknown)
        {
            if (IsFull)
            {
                return false;
            }

            ct.ThrowIfCancellationRequested();
            if (tree.IsLeftOut(directory, name))
            {
                continue;
            }

            if (tree.Fault(directory, name, type) is { } fault)
            {
                directory.Problems.Set(name, fault);
            }
            else if (type == FileType.Folder)
            {
                tree.Add(directory, name);
            }
            else if (Check(handle, directory, name, isNew))
            {
                MakeYoung(directory, name);
            }
        }

        return true;
    }

    private bool TryRead(ReadOnlySpan<byte> raw, out ReadOnlySpan<char> name)
    {
        if (_name.Length < raw.Length)
        {
            _name = new char[raw.Length];
        }

        bool isRead = Utf8.ToUtf16(raw, _name, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done;
        name = _name.AsSpan(0, length);
        return isRead;
    }
}
