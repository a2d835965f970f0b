using Hutch.Disk.Folders;

namespace Hutch.Agent.Watching;

/// <summary>What a watch knows of one watched parent.</summary>
/// <param name="path">Where it is.</param>
internal sealed class ParentFolder(string path)
{
    private ulong? _device;

    /// <summary>When the names in it have to be read.</summary>
    public DirectoryClock Clock;

    /// <summary>Where it is, as configured.</summary>
    public string Path { get; } = path;

    /// <summary>Where it is with links followed.</summary>
    public string RealPath { get; private set; } = path;

    /// <summary>Its file system; null until it was there.</summary>
    public MountKind? Mount { get; private set; }

    /// <summary>The candidates in it, by name.</summary>
    public Dictionary<string, CandidateFolder> Folders { get; } = new(StringComparer.Ordinal);

    /// <summary>By which the kernel reports changes; null when it does not.</summary>
    public DirectoryWatch? Watch { get; set; }

    /// <summary>Whether something was reported.</summary>
    public bool IsDue { get; set; } = true;

    /// <summary>Whether its names are to be read whatever its times say.</summary>
    public bool IsForced { get; set; }

    /// <summary>Whether there is a reason to look at its names.</summary>
    public bool IsToBeRead => IsDue || IsForced;

    /// <summary>Why it could not be read; null when it could.</summary>
    public string? Trouble { get; set; }

    /// <summary>What is wrong with names in it.</summary>
    public IReadOnlyList<string> OddNames { get; set; } = [];

    /// <summary>Whether the kernel could report changes here.</summary>
    public bool CanBeReported => Mount is { IsNetwork: false };

    /// <summary>Whether somebody has to look, as nobody reports.</summary>
    public bool IsPolled => Watch is null || Clock.IsDue;

    /// <summary>Whether it is on another file system than when it was entered.</summary>
    public bool IsElsewhere(in FileStatus status) => _device != status.Device;

    /// <summary>Notes on which file system it is.</summary>
    public void Enter(in FileStatus status)
    {
        RealPath = Hutch.Disk.RealPath.Resolve(Path) ?? Path;
        Mount = MountKind.From(Path);
        _device = status.Device;
    }
}
