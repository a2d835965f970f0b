using System.Security.Cryptography;

namespace Hutch.Site.Write.Pushes;

/// <summary>The SHA-256 of the bytes of an upload received so far.</summary>
internal sealed class RunningHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    public BlobHash Finish() => new(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();
}
