namespace Hutch.Agent.Watching;

/// <content>When a candidate is due.</content>
internal sealed partial class RuleWatch
{
    public void Keep(string parent, string name, bool isActive, FolderScanResult? result)
    {
        lock (_lock)
        {
            if (!_parents.TryGetValue(parent, out ParentFolder? above) || !above.Folders.TryGetValue(name, out CandidateFolder? folder))
            {
                return; // gone, or so new that its name was not read yet: then it will be queued
            }

            folder.IsActive = isActive;
            TimeSpan pause = (above.CanBeReported ? PauseForLook : PauseForSlowLook) * (result?.Elapsed ?? TimeSpan.Zero);
            folder.NotBefore = Now + (pause > ShortestPause ? pause : ShortestPause);
            WatchDirectories(folder, isActive ? result?.Directories : null);
            Sort(folder);
            bool isNew = !folder.LastLook.TryGetTarget(out FolderScanResult? last) || !ReferenceEquals(last, result);
            folder.LastLook.SetTarget(result);
            if (isNew && result?.Next == NextScan.Now)
            {
                Queue(folder, ScanReasons.Changed);
            }
            else if (isNew && result?.Next == NextScan.Soon)
            {
                Wait(folder, Now + _poll);
            }
        }

        _wake.Wake();
    }

    private void WatchTop(CandidateFolder folder) => folder.IsReported = TryWatch(folder, "");

    private void WatchDirectories(CandidateFolder folder, IReadOnlyList<string>? directories)
    {
        bool isSame = ReferenceEquals(folder.Directories, directories) && folder.Suspect.Count == 0 && folder.IsReported;
        folder.Directories = directories;
        if (isSame || !folder.Parent.CanBeReported)
        {
            return;
        }

        HashSet<string> wanted = new(directories ?? [], StringComparer.Ordinal) { "" };
        foreach ((string path, DirectoryWatch watch) in folder.Watches.Where(pair => !wanted.Contains(pair.Key)).ToArray())
        {
            folder.Watches.Remove(path);
            _watches.Unwatch(watch);
        }

        string[] missing = [.. wanted.Where(path => !folder.Watches.ContainsKey(path) || folder.Suspect.Contains(path))];
        folder.Suspect.Clear();
        folder.IsReported = missing.All(path => TryWatch(folder, path));
    }

    /// <summary>False when a limit is reached, or nothing is reported on this file system.</summary>
    private bool TryWatch(CandidateFolder folder, string directory)
    {
        if (!folder.Parent.CanBeReported)
        {
            return false;
        }

        DirectoryWatch? before = folder.Watches.GetValueOrDefault(directory);
        string path = Path.Combine(folder.Parent.RealPath, folder.Name, directory).TrimEnd('/');
        WatchOutcome outcome = _watches.TryWatch(path, before, () => OnNotified(folder, directory), out DirectoryWatch? watch);
        if (watch is null)
        {
            folder.Watches.Remove(directory);
        }
        else if (watch != before)
        {
            folder.Watches[directory] = watch;
            if (directory.Length > 0)
            {
                OnNotified(folder, directory); // what happened before it was watched
            }
        }

        return outcome != WatchOutcome.LimitReached;
    }

    private void OnNotified(CandidateFolder folder, string directory)
    {
        lock (_lock)
        {
            folder.Reported.Add(directory);
            folder.Suspect.Add(directory);
            Wait(folder, Now);
        }

        _wake.Wake();
    }

    /// <summary>Queues a folder at a time, or as soon as it may be.</summary>
    private void Wait(CandidateFolder folder, TimeSpan at)
    {
        if (IsKnown(folder) && !(_waiting.TryGetValue(folder, out TimeSpan before) && before <= at))
        {
            _waiting[folder] = at;
        }
    }

    private void Queue(CandidateFolder folder, ScanReasons reasons)
    {
        if (folder.Suspect.Remove(""))
        {
            folder.IsReported &= TryWatch(folder, ""); // before somebody looks, so that nothing is missed after
        }

        _queue.Add(new FolderScanRequest(folder.Path, _rule) { Reasons = reasons, Directories = folder.Reported });
        folder.Reported = new HashSet<string>(StringComparer.Ordinal);
        folder.NotBefore = Now + ShortestPause;
        _waiting.Remove(folder);
    }

    private void Remove(CandidateFolder folder)
    {
        foreach (DirectoryWatch watch in folder.Watches.Values)
        {
            _watches.Unwatch(watch);
        }

        folder.Watches.Clear();
        _polled.Remove(folder);
        Queue(folder, ScanReasons.Changed);
    }

    private static bool IsKnown(CandidateFolder folder) => folder.Parent.Folders.GetValueOrDefault(folder.Name) == folder;

    private void Sort(CandidateFolder folder)
    {
        if (folder is { IsActive: true, IsReported: false })
        {
            _polled.Add(folder);
        }
        else
        {
            _polled.Remove(folder);
        }
    }

    private void QueueWaiting()
    {
        lock (_lock)
        {
            TimeSpan now = Now;
            foreach ((CandidateFolder folder, _) in _waiting.Where(pair => pair.Value <= now).ToArray())
            {
                if (_queue.IsTaken(folder.Path))
                {
                    _waiting[folder] = now + ShortestPause; // how long it may rest shows when it is given back
                }
                else if (now < folder.NotBefore)
                {
                    _waiting[folder] = folder.NotBefore;
                }
                else
                {
                    Queue(folder, ScanReasons.Changed);
                }
            }
        }
    }
}
