using Hutch.S3.Checksums;
using Hutch.S3.Errors;

namespace Hutch.S3.Bodies;

/// <summary>
/// Everything that a client says about a body and that must hold before anything of it is stored: its hash, its MD5, its checksum.
/// </summary>
internal sealed class BodyChecks : IDisposable
{
    private const string AlgorithmHeader = "x-amz-sdk-checksum-algorithm";
    private const string TrailerHeader = "x-amz-trailer";
    private const string ChecksumPrefix = "x-amz-checksum-";
    private const int Md5Bytes = 16;

    private readonly byte[]? _md5;
    private readonly BlobHash? _sha256;
    private readonly HashDigest? _md5Digest;
    private readonly BodyDigest? _checksumDigest;
    private HashDigest? _sha256Digest;
    private string? _announced;

    private BodyChecks(BlobHash? sha256, byte[]? md5, bool withMd5, ChecksumAlgorithm? algorithm, string? announced, string? trailer)
    {
        _sha256 = sha256;
        _md5 = md5;
        _md5Digest = md5 is null && !withMd5 ? null : HashDigest.Md5();
        Algorithm = algorithm;
        _announced = announced;
        Trailer = trailer;

        // The SHA-256 is computed anyway: it is the blob's name.
        _checksumDigest = algorithm is null || algorithm == ChecksumAlgorithm.Sha256 ? null : algorithm.Begin();
    }

    public ChecksumAlgorithm? Algorithm { get; }

    public string? Trailer { get; }

    /// <summary>The MD5 of the body in hex, once it was checked and if it was requested; null otherwise.</summary>
    public string? Md5 { get; private set; }

    /// <summary>True if the client announced the SHA-256 of the body.</summary>
    public bool NeedsSha256 => _sha256 is not null || Algorithm == ChecksumAlgorithm.Sha256;

    /// <param name="payload">What the signature says of the body; null when the request is not signed.</param>
    /// <param name="otherwise">The checksum to compute when the client names none.</param>
    /// <param name="withMd5">Whether to compute the MD5 though the client names none.</param>
    public static BodyChecks Read(IHeaderDictionary headers, string? payload, ChecksumAlgorithm? otherwise = null, bool withMd5 = false)
    {
        (ChecksumAlgorithm? algorithm, string? announced) = FindChecksum(headers);
        ChecksumAlgorithm? named = FindAlgorithm(headers);
        string? trailer = One(headers, TrailerHeader);
        if (named is not null && ((algorithm is not null && algorithm != named)
            || (trailer is not null && !string.Equals(trailer, named.HeaderName, StringComparison.OrdinalIgnoreCase))))
        {
            throw S3ErrorCode.InvalidRequest.With(
                $"Value for {AlgorithmHeader} header is invalid: it is {named}, and the checksum that was sent is another.");
        }

        algorithm ??= named;
        if (trailer is not null && algorithm is null)
        {
            algorithm = ChecksumAlgorithm.All.FirstOrDefault(
                known => string.Equals(known.HeaderName, trailer, StringComparison.OrdinalIgnoreCase))
                ?? throw S3ErrorCode.InvalidRequest.With($"The trailer {Display.Quote(trailer)} is not a known checksum.");
        }

        return new BodyChecks(ReadSha256(payload), ReadMd5(headers.ContentMD5), withMd5, algorithm ?? otherwise, announced, trailer);
    }

    /// <summary>The same for a document about an object: the checksum in the headers is that of the object.</summary>
    public static BodyChecks ReadOfDocument(IHeaderDictionary headers, string? payload) =>
        new(ReadSha256(payload), ReadMd5(headers.ContentMD5), withMd5: false, null, null, null);

    /// <summary>Checks for a body without announced checksums, for which one is computed and stored.</summary>
    public static BodyChecks Compute(ChecksumAlgorithm? algorithm, bool withMd5) => new(null, null, withMd5, algorithm, null, null);

    public static bool IsStreaming(string? payload) =>
        payload is SigV4.SignedChunks or SigV4.SignedChunksWithTrailer or SigV4.UnsignedChunksWithTrailer;

    /// <summary>Computes the SHA-256 here if it must be checked: for bodies that no other code hashes.</summary>
    public void ComputeSha256() => _sha256Digest = NeedsSha256 ? HashDigest.Sha256() : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _md5Digest?.Append(bytes);
        _checksumDigest?.Append(bytes);
        _sha256Digest?.Append(bytes);
    }

    public void TakeTrailer(string name, string value)
    {
        if (Algorithm is null || !string.Equals(name, Algorithm.HeaderName, StringComparison.OrdinalIgnoreCase))
        {
            throw S3ErrorCode.MalformedTrailer.With($"The trailer {Display.Quote(name)} was not announced in {TrailerHeader}.");
        }

        _announced = Require(Algorithm, value);
    }

    /// <summary>Checks everything once the body has come in; throws for a mismatch. Returns the checksum to keep.</summary>
    /// <param name="hash">The SHA-256 of the body, if the intake has computed it.</param>
    public ObjectChecksum? Finish(BlobHash? hash)
    {
        if (hash is null && _sha256Digest is not null)
        {
            hash = new BlobHash(_sha256Digest.Finish());
        }

        if (_sha256 is { } expected && expected != hash)
        {
            throw S3ErrorCode.WrongContentHash.With(
                $"The SHA-256 of the body is {hash}, but x-amz-content-sha256 is {expected}. Nothing was stored; send it again.");
        }

        if (_md5Digest?.Finish() is { } md5)
        {
            Md5 = _md5 is null || md5.AsSpan().SequenceEqual(_md5)
                ? Convert.ToHexStringLower(md5)
                : throw S3ErrorCode.BadDigest.With("The MD5 of the body does not match Content-MD5. Nothing was stored; send it again.");
        }

        if (Algorithm is null)
        {
            return null;
        }

        byte[] computed = Algorithm == ChecksumAlgorithm.Sha256 ? hash!.Value.ToBytes() : _checksumDigest!.Finish();
        string value = Convert.ToBase64String(computed);
        if (_announced is null ? Trailer is not null : _announced != value)
        {
            throw S3ErrorCode.BadDigest.With(
                $"The {Algorithm} of the body does not match the one that was sent, or none was sent after it. "
                + "Nothing was stored; send it again.");
        }

        return new ObjectChecksum(Algorithm, value, IsComposite: false);
    }

    public void Dispose()
    {
        _md5Digest?.Dispose();
        _checksumDigest?.Dispose();
        _sha256Digest?.Dispose();
    }

    public static (ChecksumAlgorithm? Algorithm, string? Announced) FindChecksum(
        IHeaderDictionary headers, Func<ChecksumAlgorithm, string, string>? read = null)
    {
        ChecksumAlgorithm? found = null;
        string? announced = null;
        foreach (ChecksumAlgorithm algorithm in ChecksumAlgorithm.All)
        {
            if (One(headers, algorithm.HeaderName) is not { } value)
            {
                continue;
            }

            if (found is not null)
            {
                throw S3ErrorCode.InvalidRequest.With(
                    "Expecting a single x-amz-checksum- header. Multiple checksum types are not allowed.");
            }

            (found, announced) = (algorithm, (read ?? Require)(algorithm, value));
        }

        RefuseUnknown(headers);
        return (found, announced);
    }

    public static string Require(ChecksumAlgorithm algorithm, string value)
    {
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(value.Trim(), bytes, out int written) && written == algorithm.Bytes
            ? Convert.ToBase64String(bytes[..written])
            : throw S3ErrorCode.InvalidRequest.With(
                $"Value for {algorithm.HeaderName} is invalid: it must be {algorithm.Bytes} bytes in base64.");
    }

    private static BlobHash? ReadSha256(string? payload) =>
        payload is null or SigV4.UnsignedPayload || IsStreaming(payload) ? null
        : BlobHash.TryParse(payload, out BlobHash hash) ? hash
        : throw S3ErrorCode.InvalidArgument.With(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, one of the STREAMING-… words, or the SHA-256 of the body in hex.");

    private static ChecksumAlgorithm? FindAlgorithm(IHeaderDictionary headers) =>
        One(headers, AlgorithmHeader) is not { } name ? null
        : ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? named) ? named
        : throw S3ErrorCode.InvalidRequest.With(
            $"{AlgorithmHeader} is {Display.Quote(name)}; use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.");

    /// <summary>Refuses checksums of unknown algorithms, which must not look as if they had been verified.</summary>
    private static void RefuseUnknown(IHeaderDictionary headers)
    {
        foreach (string name in headers.Keys)
        {
            if (name.StartsWith(ChecksumPrefix, StringComparison.OrdinalIgnoreCase) && !IsAboutChecksums(name[ChecksumPrefix.Length..])
                && !ChecksumAlgorithm.All.Any(known => string.Equals(known.HeaderName, name, StringComparison.OrdinalIgnoreCase)))
            {
                throw S3ErrorCode.InvalidRequest.With(
                    $"The checksum {Display.Quote(name)} is not supported; use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.");
            }
        }
    }

    private static bool IsAboutChecksums(string word) => word.ToLowerInvariant() is "algorithm" or "mode" or "type";

    /// <summary>Returns the value of a header that may occur once; null if it is absent.</summary>
    private static string? One(IHeaderDictionary headers, string name) => headers[name] switch
    {
        [] => null,
        [{ Length: > 0 } value] => value.Trim(),
        _ => throw S3ErrorCode.InvalidRequest.With($"The header {name} must be present once, with a value."),
    };

    private static byte[]? ReadMd5(string? header)
    {
        if (header is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(header.Trim(), bytes, out int written) && written == Md5Bytes
            ? bytes[..written].ToArray()
            : throw S3ErrorCode.InvalidDigest.With("The Content-MD5 you specified is not valid: it must be 16 bytes in base64.");
    }
}
