using Hutch.Model.Tar;

namespace Hutch.Client.Tar;

/// <summary>A blob's tar header: a file <c>blobs/SHA-256</c>, or <c>missing/SHA-256</c> where the server has no whole copy.</summary>
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

    internal static bool TryRead(ReadOnlySpan<byte> block, out BlobMember member)
    {
        member = default;
        if (UstarHeader.Read(block, out UstarHeader header) != UstarFault.None
            || header.Type != UstarHeader.FileType || !header.Prefix.IsEmpty)
        {
            return false;
        }

        bool isMissing = header.Name.StartsWith(MissingFolder);
        ReadOnlySpan<byte> folder = isMissing ? MissingFolder : Folder;
        if (!header.Name.StartsWith(folder)
            || !BlobHash.TryParse(Encoding.Latin1.GetString(header.Name[folder.Length..]), out BlobHash hash))
        {
            return false;
        }

        member = new BlobMember(
            hash, header.Length, isMissing,
            isMissing && header.UserName.SequenceEqual(Encoding.ASCII.GetBytes(EarlyExpiryMark.MemberOwner)));
        return true;
    }
}

/// <param name="Size">Bytes that follow.</param>
/// <param name="IsMissing">Whether they are zeros, as the server has no whole copy.</param>
/// <param name="HasExpiredEarly">Whether that is because they were temporary and made room for newer data.</param>
internal readonly record struct BlobMember(BlobHash Hash, long Size, bool IsMissing, bool HasExpiredEarly);
