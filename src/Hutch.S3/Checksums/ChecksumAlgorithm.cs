namespace Hutch.S3.Checksums;

/// <summary>A checksum that S3 clients may send along and ask for. The list is closed.</summary>
internal sealed record ChecksumAlgorithm
{
    private readonly Func<BodyDigest> _begin;

    private ChecksumAlgorithm(string name, int bytes, Func<BodyDigest> begin)
    {
        Name = name;
        Bytes = bytes;
        HeaderName = "x-amz-checksum-" + name.ToLowerInvariant();
        ElementName = "Checksum" + name;
        _begin = begin;
    }

    public static readonly ChecksumAlgorithm Crc32 = new("CRC32", 4, CrcDigest.Crc32) { Crc = CrcPolynomial.Crc32 };
    public static readonly ChecksumAlgorithm Crc32C = new("CRC32C", 4, CrcDigest.Crc32C) { Crc = CrcPolynomial.Crc32C };
    public static readonly ChecksumAlgorithm Crc64Nvme = new("CRC64NVME", 8, CrcDigest.Crc64Nvme) { Crc = CrcPolynomial.Crc64Nvme };
    public static readonly ChecksumAlgorithm Sha1 = new("SHA1", 20, static () => HashDigest.Sha1());
    public static readonly ChecksumAlgorithm Sha256 = new("SHA256", 32, static () => HashDigest.Sha256());

    public static IReadOnlyList<ChecksumAlgorithm> All => Known;

    private static readonly ChecksumAlgorithm[] Known = [Crc32, Crc32C, Crc64Nvme, Sha1, Sha256];

    /// <summary>As in headers and XML: <c>CRC32C</c>.</summary>
    public string Name { get; }

    /// <summary>Bytes of a value.</summary>
    public int Bytes { get; }

    /// <summary>The polynomial of a CRC; null for a hash.</summary>
    public CrcPolynomial? Crc { get; private init; }

    /// <summary>True if the checksum of an object of several parts can be combined from those of its parts: CRCs only.</summary>
    public bool CanBeFullObject => Crc is not null;

    public string HeaderName { get; }

    public string ElementName { get; }

    public BodyDigest Begin() => _begin();

    /// <summary>The algorithm of a name, in either case.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, [NotNullWhen(true)] out ChecksumAlgorithm? algorithm)
    {
        foreach (ChecksumAlgorithm known in Known)
        {
            if (name.Equals(known.Name, StringComparison.OrdinalIgnoreCase))
            {
                algorithm = known;
                return true;
            }
        }

        algorithm = null;
        return false;
    }

    public override string ToString() => Name;
}
