using Hutch.Disk.Native;

namespace Hutch.Disk.Memory;

/// <summary>The allocator of the C library, from which native libraries take their memory.</summary>
public static class NativeHeap
{
    // glibc's malloc.h; see mallopt(3). The limits are those of the heaps of threads, which have 64 MiB.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;
    private const int LargestBlock = 32 << 20;
    private const int RetainedBytes = 1 << 30;

    /// <summary>
    /// Keeps freed blocks for reuse instead of returning them to the system: for a process that allocates blocks of megabytes many times a
    /// second. The system would fill each of them with zeros, page by page. Other systems keep their habits.
    /// </summary>
    public static void KeepLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = LibC.SetAllocatorOption(MapThreshold, LargestBlock);
            _ = LibC.SetAllocatorOption(TrimThreshold, RetainedBytes);
            _ = LibC.SetAllocatorOption(TopPad, LargestBlock);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, with an allocator of other habits: it is only slower.
        }
    }
}
