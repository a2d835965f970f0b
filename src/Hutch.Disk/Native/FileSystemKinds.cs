namespace Hutch.Disk.Native;

/// <summary>Names of file systems by the magic number that <c>statfs</c> gives (linux/magic.h and the projects' own headers).</summary>
internal static class FileSystemKinds
{
    private static readonly Dictionary<uint, (string Name, bool Network)> ByMagic = new()
    {
        [0xEF53] = ("ext4", false),
        [0x58465342] = ("xfs", false),
        [0x9123683E] = ("btrfs", false),
        [0x01021994] = ("tmpfs", false),
        [0x794C7630] = ("overlay", false),
        [0x2FC12FC1] = ("zfs", false),
        [0xF2F52010] = ("f2fs", false),
        [0xCA451A4E] = ("bcachefs", false),
        [0x6969] = ("nfs", true),
        [0x517B] = ("smb", true),
        [0xFE534D42] = ("smb2", true),
        [0xFF534D42] = ("cifs", true),
        [0x00C36400] = ("ceph", true),
        [0x0BD00BD0] = ("lustre", true),
        [0x47504653] = ("gpfs", true),
        [0x19830326] = ("beegfs", true),
        [0x5346414F] = ("afs", true),
        [0x01021997] = ("9p", true),
        [0x73757245] = ("coda", true),
        [0x01161970] = ("gfs2", true),
        [0x7461636F] = ("ocfs2", true),

        // sshfs, glusterfs and s3fs look like any other FUSE file system here: refused by default, as the safe side.
        [0x65735546] = ("fuse", true),
    };

    public static (string Name, bool Network) Describe(long magic) =>
        ByMagic.TryGetValue((uint)magic, out (string Name, bool Network) kind) ? kind : ($"0x{(uint)magic:x}", false);
}
