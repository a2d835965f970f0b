namespace Hutch.DataLad.Keys;

/// <summary>
/// The digests that content mentions. Links, pointers, logs and file names of git-annex and git-lfs all write a key's digest in hex digits,
/// whatever they write around it, so that none of their formats need be known. Each digest is kept by its first 64 bits. Immutable.
/// </summary>
internal sealed class DigestSet
{
    private const int HeadBytes = 64;

    private readonly ulong[]? _heads;

    /// <param name="heads">The first 64 bits of each digest, in order; null if there were too many to distinguish.</param>
    public DigestSet(ulong[]? heads) => _heads = heads;

    /// <summary>About how much memory it takes.</summary>
    public long Bytes => HeadBytes + ((_heads?.LongLength ?? 0) * sizeof(ulong));

    /// <summary>Returns true if a digest may be in the set. Text that is no digest in hex digits always may.</summary>
    public bool MayHave(string digest)
    {
        if (_heads is null || digest.Length < DigestScan.HeadDigits)
        {
            return true;
        }

        ReadOnlySpan<char> digits = digest.AsSpan(0, DigestScan.HeadDigits);
        return !ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong head)
            || Array.BinarySearch(_heads, head) >= 0;
    }
}
