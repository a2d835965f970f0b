using System.Text;
using Hutch.Model;
using Hutch.Model.Tar;

namespace Hutch.Client.Tar;

/// <summary>The tar header of a blob in a stream: a plain file called <c>blobs/SHA-256</c>.</summary>
internal static class BlobHeader
{
    private static ReadOnlySpan<byte> Folder => "blobs/"u8;

    internal static void Write(Span<byte> block, BlobHash hash, long length)
    {
        Span<byte> name = stackalloc byte[Folder.Length + BlobHash.TextLength];
        Folder.CopyTo(name);
        Encoding.ASCII.GetBytes(hash.ToString(), name[Folder.Length..]);
        new UstarHeader { Name = name, Length = length }.Write(block);
    }

    /// <summary>Reads the header of a blob; false for anything else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> block, out BlobHash hash, out long length)
    {
        hash = default;
        length = 0;
        if (UstarHeader.Read(block, out UstarHeader header) != UstarFault.None
            || header.Type != UstarHeader.FileType || !header.Name.StartsWith(Folder) || !header.Prefix.IsEmpty)
        {
            return false;
        }

        length = header.Length;
        return BlobHash.TryParse(Encoding.Latin1.GetString(header.Name[Folder.Length..]), out hash);
    }
}
