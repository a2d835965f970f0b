using Hutch.S3.Checksums;

namespace Hutch.S3.Operations.Objects;

internal static class PartChecksums
{
    /// <summary>Puts them together; null when a part has none of this algorithm.</summary>
    public static ObjectChecksum? Combine(UploadChecksum wanted, IReadOnlyList<SiteUploadPart> parts)
    {
        var values = new List<byte[]>(parts.Count);
        foreach (SiteUploadPart part in parts)
        {
            if (PartMarks.Parse(part.Checksum).Checksum is not { } checksum || checksum.Algorithm != wanted.Algorithm)
            {
                return null;
            }

            values.Add(Convert.FromBase64String(checksum.Value));
        }

        return wanted.IsComposite ? Composite(wanted.Algorithm, values) : FullObject(wanted.Algorithm, values, parts);
    }

    private static ObjectChecksum Composite(ChecksumAlgorithm algorithm, List<byte[]> values)
    {
        using BodyDigest digest = algorithm.Begin();
        values.ForEach(value => digest.Append(value));
        return new ObjectChecksum(algorithm, $"{Convert.ToBase64String(digest.Finish())}-{values.Count}", IsComposite: true);
    }

    private static ObjectChecksum FullObject(ChecksumAlgorithm algorithm, List<byte[]> values, IReadOnlyList<SiteUploadPart> parts)
    {
        CrcPolynomial crc = algorithm.Crc ?? throw new InvalidOperationException($"{algorithm} of a whole does not follow from its parts.");
        ulong whole = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            ulong value = 0;
            foreach (byte b in values[i])
            {
                value = (value << 8) | b;
            }

            whole = i == 0 ? value : crc.Combine(whole, value, parts[i].Size);
        }

        var bytes = new byte[algorithm.Bytes];
        for (int i = bytes.Length - 1; i >= 0; i--, whole >>= 8)
        {
            bytes[i] = (byte)whole;
        }

        return new ObjectChecksum(algorithm, Convert.ToBase64String(bytes), IsComposite: false);
    }
}
