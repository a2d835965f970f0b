using System.Diagnostics;
using System.Runtime.InteropServices;
using Hutch.Disk;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Bench.Disks;

/// <summary>
/// One writer that writes groups one after the other into a new file, and syncs each: what a disk can do for a store. A group is a header
/// of 512 bytes, a body and an end of 1024 bytes, as in a segment.
/// </summary>
internal static partial class SyncedWriter
{
    private const int Page = 4096;
    private const int HeaderBytes = 512;
    private const int EndBytes = 1024;
    private const int AheadBytes = 16 << 20;
    private const int ReadWrite = 2, CloseOnExec = 0x80000;

    private static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Bytes of bodies a second; null where the disk refuses such writes. The file is new, and deleted afterwards.</summary>
    public static double? BytesPerSecond(string folder, long totalBytes, int bodyBytes, WriterMemory memory = WriterMemory.SamePlace)
    {
        string path = Path.Combine(folder, $"synced-{Guid.NewGuid():N}");
        byte[] array = GC.AllocateArray<byte>(bodyBytes + (4 * Page), pinned: true);
        new Random(1).NextBytes(array);
        int page = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & (Page - 1));
        try
        {
            using IDiskFile space = LocalDisk.Instance.Open(path, DiskAccess.CreateNew);
            using SafeFileHandle file = memory == WriterMemory.PageCache ? File.OpenHandle(path, access: FileAccess.Write) : OpenDirect(path);
            return Write(space, file, array, page, totalBytes, bodyBytes, memory);
        }
        catch (IOException) when (memory != WriterMemory.PageCache)
        {
            return null; // blocks of 4 KiB, or no direct writes at all
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double Write(IDiskFile space, SafeFileHandle file, byte[] array, int page, long totalBytes, int bodyBytes, WriterMemory memory)
    {
        long began = Stopwatch.GetTimestamp(), offset = HeaderBytes, written = 0;
        while (written < totalBytes)
        {
            int group = HeaderBytes + bodyBytes + EndBytes;
            if (offset + group > space.Length)
            {
                space.Allocate(offset + group + AheadBytes);
            }

            RandomAccess.Write(file, Pieces(array, page, offset, bodyBytes, memory), offset);
            space.Sync();
            offset += group;
            written += bodyBytes;
        }

        return written / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static ReadOnlyMemory<byte>[] Pieces(byte[] array, int page, long offset, int bodyBytes, WriterMemory memory) =>
        memory == WriterMemory.OwnPages
            ? [array.AsMemory(page + bodyBytes + Page, HeaderBytes), array.AsMemory(page, bodyBytes), array.AsMemory(page + bodyBytes, EndBytes)]
            : [array.AsMemory(page + (int)(offset % Page), HeaderBytes + bodyBytes + EndBytes)];

    private static SafeFileHandle OpenDirect(string path)
    {
        int file = Open(path, ReadWrite | CloseOnExec | Direct, 0);
        return file >= 0 ? new SafeFileHandle(file, ownsHandle: true) : throw new IOException("The file system has no direct writes.");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, uint mode);
}

/// <summary>Where in its page a byte is in memory.</summary>
internal enum WriterMemory
{
    /// <summary>At the place where it is in its block of the file.</summary>
    SamePlace,

    /// <summary>The body begins with a page, wherever it begins in the file.</summary>
    OwnPages,

    /// <summary>As <see cref="SamePlace"/>, but not written directly.</summary>
    PageCache,
}
