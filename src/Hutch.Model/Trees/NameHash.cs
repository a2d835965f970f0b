namespace Hutch.Model;

/// <summary>
/// The cheap 64-bit hash of a name that determines the cuts between pages: FNV-1a over its UTF-8 bytes, then the 64-bit finaliser of
/// MurmurHash3, so that every bit depends on every byte. It gives no protection: chosen names can avoid cuts and so give pages of the
/// greatest size. SHA-256 would cost four times as much as the rest of a tree.
/// </summary>
internal static class NameHash
{
    private const ulong OffsetBasis = 0xcbf29ce484222325, Prime = 0x100000001b3;

    /// <summary>The hash of the name in a key, without the slash that marks a sub-directory.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong hash = OffsetBasis;
        foreach (byte value in key.EndsWith("/"u8) ? key[..^1] : key)
        {
            hash = (hash ^ value) * Prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
