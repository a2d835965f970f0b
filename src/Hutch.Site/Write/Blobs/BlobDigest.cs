using System.Security.Cryptography;
using Hutch.Model.Checksums;

namespace Hutch.Site.Write.Blobs;

/// <summary>
/// The name and the checksum of a small blob, computed while its bytes come: they are in the processor's cache then, and the client sends
/// the next ones at the same time.
/// </summary>
internal sealed class BlobDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The CRC32C of the bytes so far.</summary>
    public uint Crc32C { get; private set; }

    public void Append(ReadOnlyMemory<byte> bytes)
    {
        _hash.AppendData(bytes.Span);
        Crc32C = Checksum.Append(Crc32C, bytes.Span);
    }

    /// <summary>Returns the SHA-256 of all bytes.</summary>
    public BlobHash Finish() => new(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
