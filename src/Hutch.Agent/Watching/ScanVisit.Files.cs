using Hutch.Disk.Folders;
using Hutch.Model;
using Hutch.Site.Write.Folders;

namespace Hutch.Agent.Watching;

/// <content>The choice of files to check, and the handling of each.</content>
internal sealed partial class ScanVisit
{
    private const int MaxYoung = 20_000;
    private const int ReadableByAll = 0x124; // r--r--r--
    private const long NewNanoseconds = 120 * 1_000_000_000L;

    private static readonly TimeSpan YoungTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TimeForYoung = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TimeToCheck = TimeSpan.FromMilliseconds(10);

    private TimeSpan _timeForYoung = TimeForYoung;
    private TimeSpan _timeLeft = TimeToCheck;
    private int _young;

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
            directory.Problems.Set(name, $"{Display.Quote(directory.PathOf(name))} cannot be looked at: {e.Message}");
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
                return Reject(directory, name, $"{Display.Quote(path)} is left out: it is a socket, a pipe or a device.");
            case FileType.SymbolicLink:
                FolderEntry target = handle.ReadLink(name);
                var link = FolderChange.Link(DatasetPath.Parse(path).Value, target.Name, status.ModifiedNanoseconds);
                if (!target.IsUtf8 || !EntryRules.Check(link.Entry!).IsOk)
                {
                    Vanish(directory, name);
                    return Reject(directory, name, $"The link {Display.Quote(path)} is left out: where it leads is not UTF-8, or empty.");
                }

                return Take(directory, name, link, seen);
            default:
                if ((status.Mode & ReadableByAll) != ReadableByAll && !handle.MayRead(name))
                {
                    directory.Unseen.Add(name);
                    return Reject(directory, name, $"{Display.Quote(path)} is left out: the server may not read it.");
                }

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

    private static bool Reject(ScannedDirectory directory, string name, string problem)
    {
        directory.Problems.Set(name, problem);
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
