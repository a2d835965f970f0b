using Hutch.Agent.Rules;

namespace Hutch.Agent.Watching;

internal sealed class CandidateFolder(ParentFolder parent, string name)
{
    private DirectoryClock _clock;
    private FolderMarks _marks;

    public ParentFolder Parent => parent;

    public string Name => name;

    public string Path { get; } = System.IO.Path.Combine(parent.Path, name);

    /// <summary>True if it is scanned within a second of a change, at any depth.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>Its directories at the last look; null when only its metadata file matters yet.</summary>
    public IReadOnlyList<string>? Directories { get; set; }

    /// <summary>The last reported scan. The reference is weak, because it only serves to see if a later scan is another one.</summary>
    public WeakReference<FolderScanResult?> LastLook { get; } = new(null);

    /// <summary>True if the kernel reports all relevant changes.</summary>
    public bool IsReported { get; set; }

    /// <summary>The directories in which the kernel reports changes, by their paths in the folder.</summary>
    public Dictionary<string, DirectoryWatch> Watches { get; } = new(StringComparer.Ordinal);

    /// <summary>Directories in which something was reported since the folder was queued.</summary>
    public HashSet<string> Reported { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Directories in which something was reported since the watches were compared: they may be others of the same name.</summary>
    public HashSet<string> Suspect { get; } = new(StringComparer.Ordinal);

    /// <summary>Before this it is not queued again, however much happens.</summary>
    public TimeSpan NotBefore { get; set; }

    /// <summary>Time of the next look at everything in it.</summary>
    public TimeSpan ThoroughAt { get; set; }

    /// <summary>Returns true if the times of the folder, or of its metadata and running files, differ from those before.</summary>
    public bool HasChanged(FolderHandle above, FolderRule rule, in ScanTime now)
    {
        if (above.Status(name) is not { Type: FileType.Folder } status)
        {
            parent.IsForced = true; // gone: the names tell
            return false;
        }

        MountKind mount = parent.Mount!;
        bool isNew = !_clock.WasRead;
        bool hasChanged = _clock.Observe(status, mount, now) || !_clock.IsSettled;
        if (hasChanged || _marks != default || !mount.KeepsFolderTimes)
        {
            FolderMarks before = _marks;
            _marks = FolderMarks.Read(above, name, rule, mount);
            hasChanged |= _marks != before;
        }

        _clock.Read(now.Elapsed);
        return hasChanged && !isNew;
    }

    /// <summary>The files that say what a folder is: they change without a change of the folder.</summary>
    private readonly record struct FolderMarks(FileStamp Metadata, bool IsRunning)
    {
        public static FolderMarks Read(FolderHandle above, string name, FolderRule rule, MountKind mount)
        {
            using FolderHandle? folder = above.TryOpenFolder(name);
            FileStatus? metadata = folder is null ? null : rule.Options.MetadataFiles.Select(file => folder.Status(file)).FirstOrDefault(
                status => status is not null);
            return new FolderMarks(
                metadata is { } status ? mount.Stamp(status) : default, folder?.Status(rule.Options.RunningFile) is not null);
        }
    }
}
