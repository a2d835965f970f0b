using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hutch.Storage.Payloads;

/// <summary>
/// The arrays that buffers are made of. They stay where they are, and large ones hold a whole number of pages from a page's beginning on,
/// which the disk can write into without a copy. The largest have a page more: they may begin at any place of a page.
/// </summary>
internal static class PayloadMemory
{
    public const int PageBytes = 4 << 10;

    private const int AlignedFromBytes = 32 << 10;
    private const int MovableFromBytes = 1 << 20;

    /// <summary>An array for a buffer of so many bytes, not cleared.</summary>
    public static byte[] Allocate(int bytes) =>
        GC.AllocateUninitializedArray<byte>(
            bytes + (bytes < AlignedFromBytes ? 0 : bytes < MovableFromBytes ? PageBytes : 2 * PageBytes), pinned: true);

    /// <summary>The index of the buffer's first byte in an array from <see cref="Allocate"/>.</summary>
    public static unsafe int Start(byte[] array) =>
        array.Length < AlignedFromBytes
            ? 0
            : (int)(-(nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) & (PageBytes - 1));
}
