using Hutch.S3.Checksums;

namespace Hutch.S3.Tests.Support;

/// <summary>The MD5 of some bytes, as clients compute it.</summary>
internal static class Md5
{
    public static byte[] From(ReadOnlySpan<byte> bytes)
    {
        using var digest = HashDigest.Md5();
        digest.Append(bytes);
        return digest.Finish();
    }
}
