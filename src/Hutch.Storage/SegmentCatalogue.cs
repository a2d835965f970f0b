using Hutch.Storage.Segments.Format;

namespace Hutch.Storage;

/// <summary>
/// Finds the parts of a sealed segment that stay readable when the rest is in nearline storage: journals, and pages of trees, without which
/// a dataset could not even be listed. A file that begins like a page counts as one.
/// </summary>
public static class SegmentCatalogue
{
    private static ReadOnlySpan<byte> PageStart => "{\"format\":\"hutch-page/"u8;

    /// <summary>Returns the ranges of these members, headers included, in order.</summary>
    /// <param name="end">The offset of the index.</param>
    /// <exception cref="StorageFormatException">A header cannot be read.</exception>
    public static IEnumerable<SegmentRange> Find(IDiskFile file, long end)
    {
        for (long at = 0; at < end;)
        {
            if (!TryRead(file, at, out MemberHeader header, out bool isKept) || at + header.MemberSize > end)
            {
                throw new StorageFormatException($"The segment has no member at byte {at}.");
            }

            if (isKept)
            {
                yield return new SegmentRange(at, (int)header.MemberSize);
            }

            at += header.MemberSize;
        }
    }

    private static bool TryRead(IDiskFile file, long at, out MemberHeader header, out bool isKept)
    {
        Span<byte> begin = stackalloc byte[MemberHeader.Size + PageStart.Length];
        int read = file.ReadFully(begin, at, inPassing: true);
        header = default;
        isKept = false;
        if (read < MemberHeader.Size || !MemberHeader.TryRead(begin[..MemberHeader.Size], out header))
        {
            return false;
        }

        isKept = header.Name.Role switch
        {
            MemberRole.Blob => header.Length >= PageStart.Length && begin[MemberHeader.Size..read].StartsWith(PageStart),
            MemberRole.Extent => false,
            _ => true,
        };
        return true;
    }
}

/// <summary>A range of bytes of a segment.</summary>
public readonly record struct SegmentRange(long Offset, int Length);
