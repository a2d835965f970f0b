using Hutch.Disk.Folders;

namespace Hutch.Agent.Watching;

/// <summary>A watch's state of one watched parent.</summary>
/// <param name="path">Its path, as configured.</param>
internal sealed class ParentFolder(string path)
{
    private ulong? _device;

    /// <summary>When the names in it have to be read.</summary>
    public DirectoryClock Clock;

    /// <summary>The path, as configured.</summary>
    public string Path { get; } = path;

    /// <summary>The path with links resolved.</summary>
    public string RealPath { get; private set; } = path;

    /// <summary>Its file system; null until it was there.</summary>
    public MountKind? Mount { get; private set; }

    /// <summary>The candidates in it, by name.</summary>
    public Dictionary<string, CandidateFolder> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>By which the kernel reports changes; null when it does not.</summary>
    public DirectoryWatch? Watch { get; set; }

    /// <summary>True if a change was reported.</summary>
    public bool IsDue { get; set; } = true;

    /// <summary>True if its names must be read, whatever its times are.</summary>
    public bool IsForced { get; set; }

    /// <summary>True if there is a reason to read its names.</summary>
    public bool IsToBeRead => IsDue || IsForced;

    /// <summary>The reason why it could not be read; null when it could.</summary>
    public string? Trouble { get; set; }

    /// <summary>The problems with names in it.</summary>
    public IReadOnlyList<string> OddNames { get; set; } = [];

    /// <summary>True if the kernel could report changes here.</summary>
    public bool CanBeReported => Mount is { IsNetwork: false };

    /// <summary>True if it must be polled, because changes are not reported.</summary>
    public bool IsPolled => Watch is null || Clock.IsDue;

    /// <summary>Returns true if it is on another file system than when it was entered.</summary>
    public bool IsElsewhere(in FileStatus status) => _device != status.Device;

    /// <summary>Notes on which file system it is.</summary>
    public void Enter(in FileStatus status)
    {
        RealPath = Hutch.Disk.RealPath.Resolve(Path) ?? Path;
        Mount = MountKind.From(Path);
        _device = status.Device;
    }
}
