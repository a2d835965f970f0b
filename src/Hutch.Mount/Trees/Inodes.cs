using System.Buffers.Binary;
using System.IO.Hashing;

namespace Hutch.Mount.Trees;

/// <summary>Inode numbers that stay the same across mounts, and change with the content of a file.</summary>
internal static class Inodes
{
    /// <summary>The number of the top folder.</summary>
    internal const ulong Top = 1;

    /// <param name="folder">The number of the folder.</param>
    /// <param name="name">The name in it, in UTF-8.</param>
    /// <param name="hash">The hash of a file, if it is known.</param>
    internal static ulong NumberOf(ulong folder, ReadOnlySpan<byte> name, BlobHash? hash)
    {
        ulong number = XxHash3.HashToUInt64(name, (long)folder);
        if (hash is { } content)
        {
            Span<byte> bytes = stackalloc byte[BlobHash.Size];
            content.CopyTo(bytes);
            number ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        return number <= Top ? Top + 1 : number;
    }
}
