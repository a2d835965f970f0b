using Hutch.Agent.Survey;

namespace Hutch.Agent.Watching;

/// <content>Which parents there are, and which candidates they have.</content>
internal sealed partial class RuleWatch
{
    // Finding what a pattern names takes a fiftieth of the time at most.
    private const int PauseForFinding = 50;

    private TimeSpan _findAt = TimeSpan.MinValue;

    private void FindParents(bool isPoll)
    {
        TimeSpan begun = Now;
        if (!isPoll || begun < _findAt)
        {
            return;
        }

        HashSet<string> found = [.. _hasPattern ? WatchedParents.Find(_rule.Watch) : ["/" + string.Join('/', _rule.Watch.Names)]];
        _findAt = _hasPattern ? begun + (Now - begun) * PauseForFinding : TimeSpan.MaxValue;
        foreach (string path in found.Where(path => !_isOthers(path)))
        {
            lock (_lock)
            {
                _parents.TryAdd(path, new ParentFolder(path));
            }
        }

        foreach (ParentFolder parent in Known().Where(known => !found.Contains(known.Path) && !SmallFile.FolderExists(known.Path)))
        {
            Remove(parent);
        }
    }

    private void Remove(ParentFolder parent)
    {
        lock (_lock)
        {
            _parents.Remove(parent.Path);
            foreach (CandidateFolder folder in parent.Folders.Values)
            {
                Remove(folder);
            }

            if (parent.Watch is { } watch)
            {
                _watches.Unwatch(watch);
            }
        }
    }

    private void ReadNames(ParentFolder parent)
    {
        parent.IsDue = false;
        if (parent.IsForced)
        {
            parent.IsForced = false;
            parent.Clock.Remove();
        }

        try
        {
            using FolderHandle handle = FolderHandle.Open(parent.Path);
            FileStatus status = handle.Status();
            Enter(handle, parent, status);
            Watch(parent);
            ScanTime now = ScanTime.Now(_time);
            if (parent.Clock.Observe(status, parent.Mount!, now) || parent.Clock.IsDue || !parent.Mount!.KeepsFolderTimes)
            {
                Compare(handle, parent, Names(handle, parent), now);
                parent.Clock.Read(now.Elapsed);
            }

            parent.Trouble = null;
        }
        catch (IOException e)
        {
            string trouble = $"{Display.Quote(parent.Path)} cannot be read, so that nothing is found there: {e.Message}";
            if (parent.Trouble != trouble)
            {
                parent.Trouble = trouble;
                LogTrouble(_logger, trouble);
            }

            parent.Clock.Remove();
        }
    }

    private static void Enter(FolderHandle handle, ParentFolder parent, in FileStatus status)
    {
        if (parent.IsElsewhere(status))
        {
            if (parent.Folders.Count > 0 && Names(handle, parent).Count == 0)
            {
                throw new IOException("It is empty, and on another file system than before. Is its file system mounted?");
            }

            parent.Enter(status);
        }
    }

    private void Watch(ParentFolder parent)
    {
        if (parent.CanBeReported)
        {
            _watches.TryWatch(parent.RealPath, parent.Watch, () => OnNotified(parent), out DirectoryWatch? watch);
            parent.Watch = watch;
        }
    }

    private void OnNotified(ParentFolder parent)
    {
        parent.IsDue = true;
        _wake.Wake();
    }

    private static HashSet<string> Names(FolderHandle handle, ParentFolder parent)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        List<string> odd = [];
        handle.List((raw, type) =>
        {
            FolderEntry entry = FolderHandle.Decode(raw);
            if (entry.Name.StartsWith('.') || (type ?? (entry.IsUtf8 ? handle.Status(entry.Name)?.Type : null)) != FileType.Folder)
            {
                return true;
            }

            if (entry.IsUtf8)
            {
                names.Add(entry.Name);
            }
            else if (odd.Count < ScanProblems.MaxKept)
            {
                odd.Add($"The name '{Path.Combine(parent.Path, entry.Name)}' is not UTF-8: rename the folder.");
            }

            return true;
        });
        parent.OddNames = odd;
        return names;
    }

    private void Compare(FolderHandle handle, ParentFolder parent, HashSet<string> names, in ScanTime now)
    {
        foreach (string name in names)
        {
            if (parent.Folders.TryGetValue(name, out CandidateFolder? known))
            {
                Renew(known);
                continue;
            }

            var folder = new CandidateFolder(parent, name) { ThoroughAt = now.Elapsed + FirstThorough(name) };
            lock (_lock)
            {
                WatchTop(folder);
            }

            try
            {
                folder.HasChanged(handle, _rule, now);
            }
            catch (IOException)
            {
                // It cannot be read: the consumer that takes it from the queue finds the reason.
            }

            lock (_lock)
            {
                parent.Folders.TryAdd(name, folder);
                Sort(folder);
                Queue(folder, _hasBegun ? ScanReasons.Changed : ScanReasons.Start);
            }
        }

        lock (_lock)
        {
            foreach (CandidateFolder folder in parent.Folders.Values.Where(folder => !names.Contains(folder.Name)).ToArray())
            {
                parent.Folders.Remove(folder.Name);
                Remove(folder);
            }
        }
    }

    /// <summary>Sees to a folder that was removed and made again between two looks.</summary>
    private void Renew(CandidateFolder folder)
    {
        lock (_lock)
        {
            if (folder.IsReported && !folder.Watches.ContainsKey(""))
            {
                WatchTop(folder);
                Queue(folder, ScanReasons.Changed);
            }
        }
    }

    /// <summary>Thorough looks are spread over the time in which each folder gets one.</summary>
    private TimeSpan FirstThorough(string name) => _thorough * ((uint)name.GetHashCode(StringComparison.Ordinal) / (double)uint.MaxValue);

    [LoggerMessage(EventId = 7023, Level = LogLevel.Warning, Message = "{Trouble}")]
    private static partial void LogTrouble(ILogger logger, string trouble);
}
