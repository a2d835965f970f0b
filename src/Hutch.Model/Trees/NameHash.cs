namespace Hutch.Model;

/// <summary>
/// The cheap 64-bit hash of a name that decides where pages are cut: FNV-1a over its UTF-8 bytes, then the 64-bit finaliser of
/// MurmurHash3, which lets every bit depend on every byte. It protects nothing: whoever picks names to avoid cuts gets pages of
/// the greatest size. SHA-256 would cost four times as much as the rest of a tree.
/// </summary>
internal static class NameHash
{
    private const ulong OffsetBasis = 0xcbf29ce484222325, Prime = 0x100000001b3;

    /// <summary>The hash of the name in a key; the slash that marks a sub-directory does not count.</summary>
    public static ulong Of(ReadOnlySpan<byte> key)
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
