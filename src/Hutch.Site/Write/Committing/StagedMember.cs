namespace Hutch.Site.Write.Committing;

/// <summary>Bytes that wait to become a member of a segment. They must not change until their request is answered.</summary>
/// <param name="Key">The member's name. The caller guarantees that a blob's bytes have its hash.</param>
/// <param name="Moves">True if the collector moves it: then it is written although it is stored already.</param>
/// <param name="Crc32C">The CRC32C of the bytes if it is known, so that the committer need not compute it.</param>
public readonly record struct StagedMember(MemberKey Key, ReadOnlyMemory<byte> Body, Lane Lane, bool Moves = false, uint? Crc32C = null)
{
    /// <summary>A small blob in the lane of lasting data.</summary>
    public static StagedMember Blob(BlobHash hash, ReadOnlyMemory<byte> body) => new(MemberKey.Blob(hash), body, Lane.Main);
}
