using System.Buffers.Text;

namespace Hutch.Storage.Segments.Format;

/// <summary>
/// A line after the group line of a segment's first group: an earlier segment of the lane failed a write or sync, and nothing from
/// <paramref name="Offset"/> on counts in it, whatever can be read there.
/// </summary>
internal readonly record struct AbandonLine(long Segment, long Offset)
{
    private static ReadOnlySpan<byte> Start => "{\"k\":\"storage.abandon\",\"segment\":"u8;

    private static ReadOnlySpan<byte> Middle => ",\"offset\":"u8;

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{{\"k\":\"storage.abandon\",\"segment\":{Segment},\"offset\":{Offset}}}\n"));

    public static bool TryRead(ReadOnlySpan<byte> line, out AbandonLine note)
    {
        note = default;
        if (!line.StartsWith(Start) || !Utf8Parser.TryParse(line = line[Start.Length..], out long segment, out int digits)
            || !(line = line[digits..]).StartsWith(Middle)
            || !Utf8Parser.TryParse(line = line[Middle.Length..], out long offset, out digits)
            || !line[digits..].SequenceEqual("}\n"u8))
        {
            return false;
        }

        note = new AbandonLine(segment, offset);
        return true;
    }
}
