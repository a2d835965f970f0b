using System.Security.Cryptography;
using Hutch.S3.Errors;

namespace Hutch.S3.Signing;

/// <summary>The chain of signatures of a body in signed chunks: each covers its chunk and the signature before it.</summary>
internal sealed class ChunkSignatures(ReadOnlyMemory<byte> signingKey, string time, string scope, string seed) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string _previous = seed;

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public void EndChunk(string signature) => Check(
        SigV4.ChunkToSign(time, scope, _previous, Convert.ToHexStringLower(_hash.GetHashAndReset())), signature, "a chunk of the body");

    public void CheckTrailer(string trailers, string signature) =>
        Check(SigV4.TrailerToSign(time, scope, _previous, SigV4.HashHex(trailers)), signature, "the trailers");

    public void Dispose() => _hash.Dispose();

    private void Check(string stringToSign, string signature, string what)
    {
        if (!SigV4.Verify(signingKey.Span, stringToSign, signature))
        {
            throw S3ErrorCode.SignatureDoesNotMatch.With($"The signature of {what} is wrong. Nothing was stored; send it again.");
        }

        _previous = signature;
    }
}
