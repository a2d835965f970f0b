using Hutch.DataLad.Annex;

namespace Hutch.DataLad.Synthesis;

/// <summary>A key with the place of its location log in the branch <c>git-annex</c>, in whose order they sort.</summary>
/// <param name="Place">The 24 bits that its two directories spell.</param>
internal readonly record struct KeyInBranch(int Place, AnnexKey Key) : IComparable<KeyInBranch>
{
    public static KeyInBranch From(AnnexKey key)
    {
        Span<byte> text = stackalloc byte[AnnexKey.MaxLength];
        return new KeyInBranch(HashDirectory.Lower(text[..key.Write(text)]), key);
    }

    public string LogName => Key + ".log";

    public int CompareTo(KeyInBranch other)
    {
        int byPlace = Place.CompareTo(other.Place);
        return byPlace != 0 || Key == other.Key ? byPlace : string.CompareOrdinal(LogName, other.LogName);
    }
}
