using System.Buffers;

namespace Hutch.DataLad.Keys;

/// <summary>Finds digests in content. For one thread.</summary>
/// <param name="maxDigests">With more of them, the set says of every digest that it may be there.</param>
internal sealed class DigestScan(int maxDigests)
{
    /// <summary>The number of hex digits that distinguish one digest from all others.</summary>
    public const int HeadDigits = 16;

    /// <summary>MD5 has the shortest digest.</summary>
    private const int MinDigits = 32;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly HashSet<ulong> _heads = [];

    public DigestSet ToSet()
    {
        ulong[]? heads = _heads.Count > maxDigests ? null : [.. _heads.Order()];
        return new DigestSet(heads);
    }

    public void Add(ReadOnlySpan<byte> content)
    {
        while (_heads.Count <= maxDigests && content.IndexOfAny(HexDigits) is >= 0 and int start)
        {
            content = content[start..];
            int end = content.IndexOfAnyExcept(HexDigits);
            ReadOnlySpan<byte> digits = end < 0 ? content : content[..end];
            AddDigits(digits);
            content = content[digits.Length..];
        }
    }

    /// <summary>Adds the digits as one digest if their number is that of a digest; otherwise a digest may begin at each of them.</summary>
    private void AddDigits(ReadOnlySpan<byte> digits)
    {
        int last = digits.Length is 32 or 40 or 64 or 96 or 128 ? 0 : digits.Length - MinDigits;
        for (int at = 0; at <= last && _heads.Count <= maxDigests; at++)
        {
            _heads.Add(ulong.Parse(digits.Slice(at, HeadDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }
    }
}
