namespace Hutch.S3.Checksums;

/// <summary>The known checksums of a part: <c>CRC32C:BASE64 MD5:HEX</c>.</summary>
/// <param name="Md5">In hex.</param>
internal sealed record PartMarks(ObjectChecksum? Checksum, string? Md5)
{
    private const string Md5Prefix = "MD5:";

    public static PartMarks Parse(string? text)
    {
        ObjectChecksum? checksum = null;
        string? md5 = null;
        foreach (string mark in text?.Split(' ') ?? [])
        {
            if (mark.StartsWith(Md5Prefix, StringComparison.Ordinal))
            {
                md5 = mark[Md5Prefix.Length..];
            }
            else if (ObjectChecksum.TryParse(mark, out ObjectChecksum? parsed))
            {
                checksum = parsed;
            }
        }

        return new PartMarks(checksum, md5);
    }

    /// <summary>As a part keeps them; null when there are none.</summary>
    public string? ToText() => (Checksum, Md5) switch
    {
        (null, null) => null,
        (null, _) => Md5Prefix + Md5,
        (_, null) => Checksum.ToAttribute(),
        _ => $"{Checksum.ToAttribute()} {Md5Prefix}{Md5}",
    };
}
