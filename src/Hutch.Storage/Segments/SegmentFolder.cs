using Hutch.Disk;

namespace Hutch.Storage.Segments;

/// <summary>A look at the segments of a data folder from outside: nothing is opened for writing, nothing is changed.</summary>
public static class SegmentFolder
{
    private const int HeaderBytes = 512;

    // ustar, at this place of the first header of every tar file.
    private const int MagicOffset = 257;

    /// <summary>Segment files that the folder should have and has not.</summary>
    public static IReadOnlyList<string> FindLost(IDisk disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var lost = SegmentManifest.Read(disk, folder);
        lost.ExceptWith(disk.ListFiles(folder));
        return [.. lost];
    }

    /// <summary>Segment files that do not even begin like one.</summary>
    public static IReadOnlyList<string> FindUnreadable(IDisk disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return [.. disk.ListFiles(folder).Where(static name => SegmentName.TryParse(name, out _, out _))
            .Where(name => !BeginsLikeOne(disk, Path.Combine(folder, name)))];
    }

    private static bool BeginsLikeOne(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        Span<byte> header = stackalloc byte[HeaderBytes];
        return file.ReadFully(header, 0) == HeaderBytes && header[MagicOffset..].StartsWith("ustar"u8);
    }
}
