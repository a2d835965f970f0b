namespace Hutch.Federation.Keys;

/// <summary>
/// The statement that a home signs about a part of a large file, so that the part can be read before the rest has come. If the parts
/// together are another file, they prove a lie.
/// </summary>
/// <param name="Blob">The SHA-256 of the whole file.</param>
/// <param name="Size">Bytes of the whole file.</param>
/// <param name="Offset">The offset of the part, a multiple of <see cref="ExtentBytes"/>.</param>
/// <param name="Hash">The SHA-256 of the part.</param>
internal sealed record ExtentStatement(BlobHash Blob, long Size, long Offset, BlobHash Hash)
{
    /// <summary>Bytes of all parts but the last.</summary>
    public const int ExtentBytes = 8 << 20;

    /// <summary>Bytes of what follows each part: its hash and the proof, in ASCII, filled with spaces.</summary>
    public const int TrailerBytes = 512;

    /// <summary>Returns the end of the part that contains a byte.</summary>
    public static long EndOf(long position, long size) => Math.Min(size, (position / ExtentBytes + 1) * ExtentBytes);

    /// <summary>Returns the trailer that follows the bytes of the part.</summary>
    public byte[] Write(SiteKey key) => Encoding.ASCII.GetBytes($"{Hash} {SignedText.Sign(key, Text)}".PadRight(TrailerBytes));

    public bool IsSigned(BlobHash signer, ReadOnlySpan<byte> trailer) =>
        Encoding.ASCII.GetString(trailer).TrimEnd().Split(' ') is [var hash, var proof]
        && hash == Hash.ToString() && SignedText.IsSigned(signer, Text, proof);

    /// <summary>Reads the statement about a part of a file, signed by the site with this fingerprint; null if it is not.</summary>
    public static ExtentStatement? Read(BlobHash signer, NamedBlob blob, long offset, ReadOnlySpan<byte> trailer) =>
        Encoding.ASCII.GetString(trailer).Split(' ') is [var text, ..] && BlobHash.TryParse(text, out BlobHash hash)
        && new ExtentStatement(blob.Hash, blob.Size, offset, hash) is var statement && statement.IsSigned(signer, trailer)
            ? statement
            : null;

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"hutch-site-1 extent\nblob {Blob}\nsize {Size}\noffset {Offset}\nhash {Hash}"));
}
