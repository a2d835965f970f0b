namespace Hutch.Storage.Segments.Format;

/// <summary>
/// A summary of a sealed segment. It is kept outside the segment, in the list of segments and in the next segment of its lane, so that a
/// truncated or replaced file is recognised.
/// </summary>
/// <param name="LastSequence">The sequence number of its last record; 0 when there is none.</param>
/// <param name="Footer">The CRC32C of its footer, which has that of the index's directory in turn.</param>
internal readonly record struct SegmentSeal(string Name, long Bytes, long GroupsEnd, long Members, long LastSequence, uint Footer)
{
    public static SegmentSeal From(string name, SegmentFooter footer, long bytes) =>
        new(name, bytes, footer.IndexOffset, footer.Entries, footer.LastSequence, footer.Checksum);

    /// <summary>One line of ASCII, without an end.</summary>
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} bytes={Bytes} groups={GroupsEnd} members={Members} last={LastSequence} footer={Footer:x8}");

    /// <summary>Reads a line that <see cref="ToText"/> could have written.</summary>
    public static bool TryParse(string text, out SegmentSeal seal)
    {
        string[] words = text.Split(' ');
        seal = words.Length == 6
            && SegmentName.TryParse(words[0], out _, out _)
            && TryNumber(words[1], "bytes=", out long bytes)
            && TryNumber(words[2], "groups=", out long groupsEnd)
            && TryNumber(words[3], "members=", out long members)
            && TryNumber(words[4], "last=", out long last)
            && words[5].StartsWith("footer=", StringComparison.Ordinal)
            && uint.TryParse(words[5].AsSpan(7), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint footer)
            ? new SegmentSeal(words[0], bytes, groupsEnd, members, last, footer)
            : default;
        return seal.Name is not null && seal.ToText() == text;
    }

    /// <summary>Describes how a file differs from this seal; null if it does not.</summary>
    public string? Differs(SegmentSeal found)
    {
        if (found == this)
        {
            return null;
        }

        string had = string.Create(CultureInfo.InvariantCulture, $"{Members} members were sealed in it");
        return found.Members < Members
            ? string.Create(CultureInfo.InvariantCulture, $"{had}, {found.Members} are left: what was stored there is missing")
            : $"{had}, and its index does not match them: it is not the file that was sealed";
    }

    private static bool TryNumber(string word, string key, out long number)
    {
        number = 0;
        return word.StartsWith(key, StringComparison.Ordinal)
            && long.TryParse(word.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
