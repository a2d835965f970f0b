using Hutch.Disk;
using Hutch.Site.Write.Blobs;

namespace Hutch.Agent.Watching;

/// <summary>The properties of a file system that matter for watching folders on it.</summary>
/// <param name="Name">Its kind, such as <c>xfs</c>, <c>nfs</c> or <c>fuse.sshfs</c>.</param>
/// <param name="IsNetwork">True if others may write there without the kernel of this machine noticing.</param>
/// <param name="KeepsInodes">True if a file keeps its number: FUSE and SMB may number files anew.</param>
/// <param name="KeepsFolderTimes">True if the time of a folder changes with the names in it; mounted object stores have none.</param>
internal sealed record MountKind(string Name, bool IsNetwork, bool KeepsInodes, bool KeepsFolderTimes, string? Advice)
{
    private const string Fuse = "fuse";

    /// <summary>The kind under a folder, links followed.</summary>
    /// <exception cref="IOException">The folder is not there.</exception>
    public static MountKind From(string folder)
    {
        DiskSpace space = LocalDisk.Instance.Space(folder);
        return From(space.FileSystem, space.IsNetwork, space.IsNetwork ? MountFacts.Read(RealPath.Resolve(folder) ?? folder) : null);
    }

    public FileStamp Stamp(in FileStatus status) =>
        KeepsInodes ? FolderFileReader.StampOf(status) : FolderFileReader.StampOf(status) with { Inode = 0 };

    /// <summary>The kind by statfs and the mount table. An unknown one counts as a network file system.</summary>
    internal static MountKind From(string fileSystem, bool isNetwork, MountFacts? mount)
    {
        string name = fileSystem == Fuse && mount is not null ? mount.Kind : fileSystem;
        bool isFuse = fileSystem == Fuse;
        return new MountKind(
            name,
            isNetwork || fileSystem.StartsWith("0x", StringComparison.Ordinal),
            KeepsInodes: !isFuse && fileSystem is not ("smb" or "smb2" or "cifs"),
            KeepsFolderTimes: !isFuse || name is "fuse.sshfs" or "fuse.glusterfs",
            AttributeCaching.Advice(name, mount?.Options));
    }
}
