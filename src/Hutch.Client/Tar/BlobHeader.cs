using System.Text;
using Hutch.Model;
using Hutch.Model.Tar;

namespace Hutch.Client.Tar;

/// <summary>
/// The tar header of a blob in a stream: a plain file called <c>blobs/SHA-256</c>, or <c>missing/SHA-256</c> where the server has it
/// damaged.
/// </summary>
internal static class BlobHeader
{
    private static ReadOnlySpan<byte> Folder => "blobs/"u8;

    private static ReadOnlySpan<byte> MissingFolder => "missing/"u8;

    internal static void Write(Span<byte> block, BlobHash hash, long length)
    {
        Span<byte> name = stackalloc byte[Folder.Length + BlobHash.TextLength];
        Folder.CopyTo(name);
        Encoding.ASCII.GetBytes(hash.ToString(), name[Folder.Length..]);
        new UstarHeader { Name = name, Length = length }.Write(block);
    }

    /// <summary>Reads the header of a blob; false for anything else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> block, out BlobHash hash, out long length, out bool isMissing)
    {
        hash = default;
        length = 0;
        isMissing = false;
        if (UstarHeader.Read(block, out UstarHeader header) != UstarFault.None
            || header.Type != UstarHeader.FileType || !header.Prefix.IsEmpty)
        {
            return false;
        }

        isMissing = header.Name.StartsWith(MissingFolder);
        ReadOnlySpan<byte> folder = isMissing ? MissingFolder : Folder;
        length = header.Length;
        return header.Name.StartsWith(folder) && BlobHash.TryParse(Encoding.Latin1.GetString(header.Name[folder.Length..]), out hash);
    }
}
