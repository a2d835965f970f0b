using System.Text.Unicode;

namespace Hutch.Disk.Folders;

/// <summary>
/// A symbolic link as a small file, for disks that make none: <c>!&lt;hutch-link&gt;</c> and the target in UTF-8. Its mark is its time of
/// modification, so that no other small file is ever opened to find out. A program that opens one gets this text.
/// </summary>
public static class LinkFile
{
    /// <summary>The prefix of an incomplete link's name.</summary>
    internal const string TemporaryPrefix = ".hutch-part-link-";

    private const int MaxTargetBytes = 4096;
    private const long DayNanoseconds = 86_400_000_000_000;

    // 2001-01-01. FAT keeps even seconds of local time: a time zone, or summer time, moves the mark by hours.
    private const long MarkNanoseconds = 978_307_200_000_000_000;

    private static ReadOnlySpan<byte> Start => "!<hutch-link>"u8;

    /// <summary>Returns true if these are the bytes of a link, whose mark may be lost: a copy of the file has its own time.</summary>
    public static bool IsContent(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Start) && bytes.Length > Start.Length && bytes.Length <= Start.Length + MaxTargetBytes
            && bytes.IndexOf((byte)0) < 0 && Utf8.IsValid(bytes);

    /// <summary>Returns true if a file has the mark and the size of a link; only its bytes tell.</summary>
    internal static bool MayBe(in FileStatus status) =>
        status.Type == FileType.File && Math.Abs(status.ModifiedNanoseconds - MarkNanoseconds) <= DayNanoseconds
            && status.Size > Start.Length && status.Size <= Start.Length + MaxTargetBytes;

    /// <summary>Reads the target out of a link; null when the file is none.</summary>
    internal static string? TryRead(SafeFileHandle file, in FileStatus status)
    {
        if (!MayBe(status))
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[Start.Length + MaxTargetBytes];
        buffer = buffer[..FolderHandle.Read(file, 0, buffer)];
        return IsContent(buffer) ? Encoding.UTF8.GetString(buffer[Start.Length..]) : null;
    }

    /// <summary>Makes an empty file a link.</summary>
    internal static void Write(SafeFileHandle file, string target)
    {
        byte[] bytes = [.. Start, .. Encoding.UTF8.GetBytes(target)];
        if (bytes.Length > Start.Length + MaxTargetBytes)
        {
            throw new IOException($"The target of a link has at most {MaxTargetBytes} bytes.");
        }

        RandomAccess.Write(file, bytes, 0);
        FolderHandle.SetModified(file, MarkNanoseconds);
    }
}
