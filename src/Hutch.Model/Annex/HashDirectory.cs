using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hutch.Model.Annex;

/// <summary>
/// The directories across which git-annex spreads keys, from the MD5 of a key's text: <i>mixed</i> in links and stores, <i>lower</i> in the
/// logs of the branch (git-annex.branchable.com/internals/hashing).
/// </summary>
[SuppressMessage("Security", "CA5351", Justification = "git-annex spreads its keys by MD5. Nothing is trusted because of it.")]
public static class HashDirectory
{
    /// <summary>The length of both forms in bytes: <c>zj/8v</c> has 5, <c>ac0/aa3</c> has 7.</summary>
    public const int MixedLength = 5;

    private static ReadOnlySpan<byte> Letters => "0123456789zqjxkmvwgpfZQJXKMVWGPF"u8;

    /// <summary>The directories of a key in links and stores, such as <c>zj/8v</c>.</summary>
    public static string MixedOf(string key)
    {
        Span<byte> mixed = stackalloc byte[MixedLength];
        WriteMixed(Encoding.UTF8.GetBytes(key), mixed);
        return Encoding.ASCII.GetString(mixed);
    }

    /// <summary>The directories of a key in the logs of the branch, such as <c>ac0/aa3</c>.</summary>
    public static string LowerOf(string key)
    {
        string digits = Lower(Encoding.UTF8.GetBytes(key)).ToString("x6", CultureInfo.InvariantCulture);
        return $"{digits[..3]}/{digits[3..]}";
    }

    /// <summary>Writes two directories of two letters each with a slash between them.</summary>
    public static void WriteMixed(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, digest);
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(digest);
        destination[0] = Letter(word >> 6);
        destination[1] = Letter(word);
        destination[2] = (byte)'/';
        destination[3] = Letter(word >> 18);
        destination[4] = Letter(word >> 12);
    }

    /// <summary>The first three bytes of the digest. Their six hex digits are the two directories of the logs.</summary>
    public static int Lower(ReadOnlySpan<byte> key)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, digest);
        return (digest[0] << 16) | (digest[1] << 8) | digest[2];
    }

    private static byte Letter(uint bits) => Letters[(int)(bits & 31)];
}
