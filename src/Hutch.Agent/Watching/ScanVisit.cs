using System.Buffers;
using System.Text.Unicode;

namespace Hutch.Agent.Watching;

/// <summary>One look at a folder: walks its directories, and reads names only where the times say that they changed.</summary>
internal sealed class ScanVisit(
    ScannedTree tree, MountKind mount, FolderScanRequest request, string? metadataFile, TimeProvider time, CancellationToken ct)
{
    private readonly List<FolderChange> _changes = [];
    private readonly bool _asksServer = request.Reasons.HasFlag(ScanReasons.Requested);
    private char[] _name = new char[256];

    private const int MaxYoung = 20_000;
    private const int ReadableByAll = 0x124; // r--r--r--
    private const long NewNanoseconds = 120 * 1_000_000_000L;

    private static readonly TimeSpan YoungTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeForYoung = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TimeToCheck = TimeSpan.FromMilliseconds(10);

    private TimeSpan _timeForYoung = TimeForYoung;
    private TimeSpan _timeLeft = TimeToCheck;
    private int _young;

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
            entry.Name, ScanFault.NotUtf8,
            $"The name '{directory.PathOf(entry.Name)}' is not UTF-8; rename it, for instance with convmv."));
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
                directory.Problems.Set(name, fault.Fault, fault.Text);
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

    private void CheckYoung(FolderHandle handle, ScannedDirectory directory)
    {
        if (directory.Young.Count == 0)
        {
            return;
        }

        TimeSpan begun = time.GetElapsedTime(0);
        foreach ((string name, _) in directory.Young.OrderByDescending(young => young.Value).ToArray())
        {
            if (IsFull || time.GetElapsedTime(0) - begun > _timeForYoung)
            {
                directory.MarkSuspect(); // a slow file server: the older ones come with the rest
                break;
            }

            if (Check(handle, directory, name, isNew: false))
            {
                directory.Young[name] = begun;
            }
        }

        foreach ((string name, _) in directory.Young.Where(young => begun - young.Value >= YoungTime).ToArray())
        {
            directory.Young.Remove(name);
        }

        _timeForYoung -= time.GetElapsedTime(0) - begun;
        _young += directory.Young.Count;
    }

    private void CheckSuspect(FolderHandle handle, ScannedDirectory directory)
    {
        TimeSpan begun = time.GetElapsedTime(0);
        while (!IsFull && time.GetElapsedTime(0) - begun < _timeLeft && directory.TryTakeSuspect(begun, out string? name))
        {
            if (directory.Files.ContainsKey(name!) && Check(handle, directory, name!, isNew: false))
            {
                MakeYoung(directory, name!);
            }
        }

        _timeLeft -= time.GetElapsedTime(0) - begun;
    }

    private void MakeYoung(ScannedDirectory directory, string name)
    {
        if (_young < MaxYoung)
        {
            _young++;
            directory.Young[name] = time.GetElapsedTime(0);
        }
    }

    /// <summary>Looks at one file, and returns whether it changed lately.</summary>
    private bool Check(FolderHandle handle, ScannedDirectory directory, string name, bool isNew)
    {
        try
        {
            if (handle.Status(name, _asksServer) is not { } status)
            {
                Vanish(directory, name);
                return false;
            }

            var seen = new ScannedFile { Type = status.Type, Stamp = mount.Stamp(status), IsExecutable = status.Executable };
            return !(directory.Files.TryGetValue(name, out ScannedFile known) && known.IsSame(seen))
                && TryTake(handle, directory, name, status, seen)
                && (!isNew || IsNew(status));
        }
        catch (FileNotFoundException)
        {
            return false; // a link that vanished before it could be read: the next look at the names tells
        }
        catch (IOException e)
        {
            directory.Unseen.Add(name);
            directory.Problems.Set(name, ScanFault.Unreadable, $"{Display.Quote(directory.PathOf(name))} cannot be looked at: {e.Message}");
            return false;
        }
    }

    private bool TryTake(FolderHandle handle, ScannedDirectory directory, string name, in FileStatus status, in ScannedFile seen)
    {
        string path = directory.PathOf(name);
        switch (status.Type)
        {
            case FileType.Folder:
                Vanish(directory, name);
                tree.Add(directory, name);
                return false;
            case FileType.Special:
                Vanish(directory, name);
                return Reject(
                    directory, name, ScanFault.Special, $"{Display.Quote(path)} is left out: it is a socket, a pipe or a device.");
            case FileType.SymbolicLink:
                FolderEntry target = handle.ReadLink(name);
                var link = FolderChange.Link(DatasetPath.Parse(path).Value, target.Name, status.ModifiedNanoseconds);
                if (!target.IsUtf8 || !EntryRules.Check(link.Entry!).IsOk)
                {
                    Vanish(directory, name);
                    return Reject(
                        directory, name, ScanFault.NotUtf8,
                        $"The link {Display.Quote(path)} is left out: where it leads is not UTF-8, or empty.");
                }

                tree.Facts?.AddLink(path, target.Name);
                return Take(directory, name, link, seen);
            default:
                if ((status.Mode & ReadableByAll) != ReadableByAll && !handle.MayRead(name))
                {
                    directory.Unseen.Add(name);
                    return Reject(
                        directory, name, ScanFault.Unreadable, $"{Display.Quote(path)} is left out: the server may not read it.");
                }

                tree.Facts?.AddFile(status);
                return Take(directory, name, FolderChange.File(DatasetPath.Parse(path).Value, seen.Stamp, seen.IsExecutable), seen);
        }
    }

    private bool Take(ScannedDirectory directory, string name, in FolderChange change, in ScannedFile seen)
    {
        _changes.Add(change);
        tree.Set(directory, name, seen, time.GetElapsedTime(0));
        directory.Unseen.Remove(name);
        directory.Problems.Clear(name);
        return true;
    }

    private static bool Reject(ScannedDirectory directory, string name, ScanFault fault, string problem)
    {
        directory.Problems.Set(name, fault, problem);
        return false;
    }

    private void Vanish(ScannedDirectory directory, string name)
    {
        if (directory.Files.ContainsKey(name))
        {
            _changes.Add(FolderChange.Vanished(DatasetPath.Parse(directory.PathOf(name)).Value));
            tree.Remove(directory, name);
        }
    }

    private bool IsNew(in FileStatus status) =>
        Math.Abs(ScanTime.Now(time).Nanoseconds - status.ChangedNanoseconds) < NewNanoseconds;
}
