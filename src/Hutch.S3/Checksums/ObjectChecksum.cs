namespace Hutch.S3.Checksums;

/// <param name="Value">In base64; for a composite one with <c>-N</c> behind it, the number of parts.</param>
/// <param name="IsComposite">Whether it is the checksum of the parts' checksums, and not of the bytes.</param>
internal sealed record ObjectChecksum(ChecksumAlgorithm Algorithm, string Value, bool IsComposite)
{
    private const string Composite = "COMPOSITE";
    private const string FullObject = "FULL_OBJECT";

    public string Type => IsComposite ? Composite : FullObject;

    /// <summary>The attribute of the entry: <c>CRC32C:BASE64</c>.</summary>
    public string ToAttribute() => Algorithm.Name + ":" + Value;

    public static bool TryParse(string? attribute, [NotNullWhen(true)] out ObjectChecksum? checksum)
    {
        checksum = null;
        int colon = attribute?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon > 0 && ChecksumAlgorithm.TryFind(attribute.AsSpan(0, colon), out ChecksumAlgorithm? algorithm))
        {
            string value = attribute![(colon + 1)..];
            checksum = new ObjectChecksum(algorithm, value, value.Contains('-', StringComparison.Ordinal));
        }

        return checksum is not null;
    }
}
