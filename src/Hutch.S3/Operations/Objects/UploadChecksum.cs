using Hutch.Model;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>The checksum that an upload in parts shall have: of the parts' checksums, or of the whole object.</summary>
internal sealed record UploadChecksum(ChecksumAlgorithm Algorithm, bool IsComposite)
{
    private const string Composite = "COMPOSITE";
    private const string FullObject = "FULL_OBJECT";

    public string Type => IsComposite ? Composite : FullObject;

    /// <summary>Reads what the request that begins an upload says; null for none.</summary>
    public static UploadChecksum? Read(S3Request request)
    {
        string? type = request.Header("x-amz-checksum-type");
        if (request.Header("x-amz-checksum-algorithm") is not { } name)
        {
            return type is null ? null : throw S3ErrorCode.InvalidRequest.With("x-amz-checksum-type needs x-amz-checksum-algorithm.");
        }

        if (!ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm))
        {
            throw S3ErrorCode.InvalidRequest.With(
                $"The checksum algorithm {Display.Quote(name)} is not supported; use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.");
        }

        bool isComposite = type switch
        {
            null => algorithm != ChecksumAlgorithm.Crc64Nvme,
            Composite => algorithm != ChecksumAlgorithm.Crc64Nvme ? true : throw Impossible(algorithm, type),
            FullObject => algorithm.CanBeFullObject ? false : throw Impossible(algorithm, type),
            _ => throw S3ErrorCode.InvalidRequest.With(
                $"The checksum type {Display.Quote(type)} is not supported; use COMPOSITE or FULL_OBJECT."),
        };
        return new UploadChecksum(algorithm, isComposite);
    }

    /// <summary>Reads it as the upload keeps it.</summary>
    public static UploadChecksum? Parse(string? text)
    {
        string[] parts = text?.Split(':') ?? [];
        return parts.Length == 2 && ChecksumAlgorithm.TryFind(parts[0], out ChecksumAlgorithm? algorithm)
            ? new UploadChecksum(algorithm, parts[1] == Composite)
            : null;
    }

    public override string ToString() => $"{Algorithm.Name}:{Type}";

    private static S3Exception Impossible(ChecksumAlgorithm algorithm, string type) =>
        S3ErrorCode.InvalidRequest.With($"The {type} checksum type cannot be used with the {algorithm} checksum algorithm.");
}
