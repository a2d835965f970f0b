using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations.Objects;

/// <summary>The kind of checksum of an upload in parts: of the parts' checksums, or of the whole object.</summary>
internal sealed record UploadChecksum(ChecksumAlgorithm Algorithm, bool IsComposite)
{
    public const string TypeHeader = "x-amz-checksum-type";

    private const string Composite = "COMPOSITE";
    private const string FullObject = "FULL_OBJECT";

    public string Type => IsComposite ? Composite : FullObject;

    /// <summary>Reads what the request that begins an upload says; null for none.</summary>
    public static UploadChecksum? Read(S3Request request)
    {
        string? type = request.Header(TypeHeader);
        if (request.Header("x-amz-checksum-algorithm") is not { } name)
        {
            return type is null ? null : throw S3ErrorCode.InvalidRequest.With($"{TypeHeader} needs x-amz-checksum-algorithm.");
        }

        if (!ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm))
        {
            throw S3ErrorCode.InvalidRequest.With(
                $"The checksum algorithm {Display.Quote(name)} is not supported; use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.");
        }

        return Possible(algorithm, type)[0];
    }

    /// <summary>The possible checksums of an algorithm and a type, the usual one first; all of them without a type.</summary>
    public static IReadOnlyList<UploadChecksum> Possible(ChecksumAlgorithm algorithm, string? type)
    {
        UploadChecksum[] all =
        [
            .. algorithm == ChecksumAlgorithm.Crc64Nvme ? [] : (UploadChecksum[])[new(algorithm, IsComposite: true)],
            .. algorithm.CanBeFullObject ? (UploadChecksum[])[new(algorithm, IsComposite: false)] : [],
        ];
        if (type is not (null or Composite or FullObject))
        {
            throw S3ErrorCode.InvalidRequest.With(
                $"The checksum type {Display.Quote(type)} is not supported; use COMPOSITE or FULL_OBJECT.");
        }

        UploadChecksum[] possible = type is null ? all : [.. all.Where(one => one.Type == type)];
        return possible.Length > 0 ? possible : throw Impossible(algorithm, type!);
    }

    /// <summary>Passes a good value of an object on: a composite one may say how many parts it is of, as <c>BASE64-3</c>.</summary>
    public static string RequireValue(ChecksumAlgorithm algorithm, string value)
    {
        int dash = value.LastIndexOf('-');
        return dash < 0 || !int.TryParse(value.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int parts)
            ? BodyChecks.Require(algorithm, value)
            : string.Create(CultureInfo.InvariantCulture, $"{BodyChecks.Require(algorithm, value[..dash])}-{parts}");
    }

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
