using System.Security.Cryptography;

namespace Hutch.S3.Checksums;

/// <summary>A cryptographic hash; MD5 and SHA-1 only because clients send them, never to decide anything.</summary>
internal sealed class HashDigest : BodyDigest
{
    private readonly IncrementalHash _hash;

    private HashDigest(HashAlgorithmName name) => _hash = IncrementalHash.CreateHash(name);

    public static HashDigest Md5() => new(HashAlgorithmName.MD5);

    public static HashDigest Sha1() => new(HashAlgorithmName.SHA1);

    public static HashDigest Sha256() => new(HashAlgorithmName.SHA256);

    public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public override byte[] Finish() => _hash.GetHashAndReset();

    public override void Dispose()
    {
        _hash.Dispose();
        base.Dispose();
    }
}
