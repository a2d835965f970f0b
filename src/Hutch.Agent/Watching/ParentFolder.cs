namespace Hutch.Agent.Watching;

internal sealed class ParentFolder(string path)
{
    private ulong? _device;

    public DirectoryClock Clock;

    public string Path { get; } = path;

    public string RealPath { get; private set; } = path;

    /// <summary>Its file system; null until it was there.</summary>
    public MountKind? Mount { get; private set; }

    public Dictionary<string, CandidateFolder> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>By which the kernel reports changes; null when it does not.</summary>
    public DirectoryWatch? Watch { get; set; }

    /// <summary>True if a change was reported.</summary>
    public bool IsDue { get; set; } = true;

    /// <summary>True if its names must be read, whatever its times are.</summary>
    public bool IsForced { get; set; }

    public bool IsToBeRead => IsDue || IsForced;

    /// <summary>The reason why it could not be read; null when it could.</summary>
    public string? Trouble { get; set; }

    public IReadOnlyList<string> OddNames { get; set; } = [];

    /// <summary>True if the kernel could report changes here.</summary>
    public bool CanBeReported => Mount is { IsNetwork: false };

    /// <summary>True if it must be polled, because changes are not reported.</summary>
    public bool IsPolled => Watch is null || Clock.IsDue;

    public bool IsElsewhere(in FileStatus status) => _device != status.Device;

    public void Enter(in FileStatus status)
    {
        RealPath = Hutch.Disk.RealPath.Resolve(Path) ?? Path;
        Mount = MountKind.From(Path);
        _device = status.Device;
    }
}
