using System.Globalization;
using System.Text;
using Hutch.Model;

namespace Hutch.Federation.Keys;

/// <summary>
/// What a home signs of a part of a large file, so that the part can be read before the rest has come. Parts that together are another file
/// show that it has lied.
/// </summary>
/// <param name="Blob">The SHA-256 of the whole file.</param>
/// <param name="Size">Bytes of the whole file.</param>
/// <param name="Offset">Where the part begins, a multiple of <see cref="ExtentBytes"/>.</param>
/// <param name="Hash">The SHA-256 of the part.</param>
internal sealed record ExtentStatement(BlobHash Blob, long Size, long Offset, BlobHash Hash)
{
    /// <summary>Bytes of all parts but the last.</summary>
    public const int ExtentBytes = 8 << 20;

    /// <summary>Bytes of what follows each part: its hash and the proof, in ASCII, filled with spaces.</summary>
    public const int TrailerBytes = 512;

    /// <summary>Where the part that a byte is in ends.</summary>
    public static long EndOf(long position, long size) => Math.Min(size, (position / ExtentBytes + 1) * ExtentBytes);

    /// <summary>What goes behind the bytes of the part.</summary>
    public byte[] Write(SiteKey key) => Encoding.ASCII.GetBytes($"{Hash} {SignedText.Sign(key, Text)}".PadRight(TrailerBytes));

    /// <summary>Whether the site with this fingerprint has signed it, and that is what came behind the part.</summary>
    public bool IsSigned(BlobHash signer, ReadOnlySpan<byte> trailer) =>
        Encoding.ASCII.GetString(trailer).TrimEnd().Split(' ') is [var hash, var proof]
        && hash == Hash.ToString() && SignedText.IsSigned(signer, Text, proof);

    /// <summary>What the site with this fingerprint has signed of a part of a file; null when it has not.</summary>
    public static ExtentStatement? Read(BlobHash signer, NamedBlob blob, long offset, ReadOnlySpan<byte> trailer) =>
        Encoding.ASCII.GetString(trailer).Split(' ') is [var text, ..] && BlobHash.TryParse(text, out BlobHash hash)
        && new ExtentStatement(blob.Hash, blob.Size, offset, hash) is var statement && statement.IsSigned(signer, trailer)
            ? statement
            : null;

    private byte[] Text => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"hutch-site-1 extent\nblob {Blob}\nsize {Size}\noffset {Offset}\nhash {Hash}"));
}
