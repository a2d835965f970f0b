namespace Hutch.Agent.Watching;

/// <content>Scans of folders without reported changes, and periodic scans of all.</content>
internal sealed partial class RuleWatch
{
    /// <summary>Queues active folders without reports: those with a scan always, the others when they changed.</summary>
    private void QueuePolled(bool isPoll)
    {
        lock (_lock)
        {
            TimeSpan now = Now;
            foreach (CandidateFolder folder in isPoll ? _polled.ToArray() : [])
            {
                if (folder.Directories is not null && now >= folder.NotBefore && !_queue.IsTaken(folder.Path))
                {
                    Queue(folder, ScanReasons.Polled);
                }
            }

            if (_polls.TryBegin(now))
            {
                _polls.Add(_polled.Where(folder => folder.Directories is null));
            }
        }
    }

    private void Poll(CancellationToken ct) => GoThrough(_polls, SliceOfPolls, (folder, above) =>
    {
        if (folder.HasChanged(above, _rule, ScanTime.Now(_time)))
        {
            lock (_lock)
            {
                Wait(folder, Now);
            }
        }
    }, ct);

    private void Rescan(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_rescans.TryBegin(Now))
            {
                foreach (ParentFolder parent in _parents.Values)
                {
                    parent.IsForced = true;
                    _rescans.Add(parent.Folders.Values);
                }
            }
        }

        GoThrough(_rescans, SliceOfRescans, (folder, above) =>
        {
            bool hasChanged = folder.HasChanged(above, _rule, ScanTime.Now(_time));
            lock (_lock)
            {
                Rescan(folder, hasChanged);
            }
        }, ct);
    }

    private void Rescan(CandidateFolder folder, bool hasChanged)
    {
        if (!IsKnown(folder))
        {
            return;
        }

        if (folder is { IsReported: false, Directories: null })
        {
            WatchTop(folder);
            Sort(folder);
        }

        if (Now >= folder.ThoroughAt || (folder.IsActive && folder.Directories is not null))
        {
            folder.ThoroughAt = Now + _thorough;
            Queue(folder, ScanReasons.Round);
        }
        else if (hasChanged)
        {
            Queue(folder, ScanReasons.Changed);
        }
    }

    /// <summary>Goes through a round for a while; the rest is left to the next step.</summary>
    private void GoThrough(PeriodicScan round, TimeSpan slice, Action<CandidateFolder, FolderHandle> look, CancellationToken ct)
    {
        TimeSpan end = Now + slice;
        FolderHandle? above = null;
        try
        {
            while (Now < end && !ct.IsCancellationRequested && round.Next() is { } folder)
            {
                Look(folder, look, ref above);
            }
        }
        finally
        {
            above?.Dispose();
        }
    }

    private static void Look(CandidateFolder folder, Action<CandidateFolder, FolderHandle> look, ref FolderHandle? above)
    {
        try
        {
            if (above?.Path != folder.Parent.Path)
            {
                above?.Dispose();
                above = null;
                above = FolderHandle.Open(folder.Parent.Path);
            }

            look(folder, above);
        }
        catch (IOException)
        {
            // The names of the parent show if it is gone.
        }
    }

    private void CompareAll()
    {
        lock (_lock)
        {
            _rescans.StartNow();
        }

        _wake.Wake();
    }
}
