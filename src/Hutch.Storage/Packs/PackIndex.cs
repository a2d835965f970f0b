using Hutch.Storage.Segments;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Packs;

/// <summary>The end of a pack: its seal, and its members as its index lists them.</summary>
public sealed class PackIndex
{
    private readonly IDiskFile _file;
    private readonly SegmentFooter _footer;

    private PackIndex(IDiskFile file, SegmentFooter footer, string seal)
    {
        (_file, _footer) = (file, footer);
        Seal = seal;
    }

    public string Seal { get; }

    public Lane Lane => _footer.Lane;

    /// <summary>The number of its last record; 0 without any.</summary>
    public long LastSequence => _footer.LastSequence;

    /// <summary>Reads the end of a pack; null if it is not sealed, or damaged there.</summary>
    /// <param name="name">The name of its file, which must be that of the pack.</param>
    public static PackIndex? TryRead(IDiskFile file, string name)
    {
        return SegmentName.TryParse(name, out long number, out Lane lane)
            && SegmentRecovery.TryReadFooter(file, number, lane, out SegmentFooter footer)
                ? new PackIndex(file, footer, SegmentSeal.From(name, footer, file.Length).ToText())
                : null;
    }

    /// <summary>Lists the members and their checksums in the order of their keys.</summary>
    /// <exception cref="QuarantinedException">The index is damaged.</exception>
    public IEnumerable<(MemberKey Key, int Length, uint Crc32C)> Members()
    {
        var page = new byte[IndexPage.Size];
        for (int number = 0; number < _footer.Pages; number++)
        {
            long at = _footer.IndexOffset + MemberHeader.Size + ((long)number * IndexPage.Size);
            if (_file.ReadFully(page, at) != page.Length || !IndexPage.TryCheck(page, number, out int count))
            {
                throw new QuarantinedException("The index of the pack is damaged.");
            }

            for (int i = 0; i < count; i++)
            {
                yield return IndexEntry.TryRead(page.AsSpan(i * IndexEntry.Size), out IndexEntry entry)
                    ? (entry.Key, (int)entry.Length, entry.Crc32C)
                    : throw new QuarantinedException("The index of the pack is damaged.");
            }
        }
    }
}
