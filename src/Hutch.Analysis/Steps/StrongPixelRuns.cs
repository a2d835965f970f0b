namespace Hutch.Analysis.Steps;

/// <summary>
/// The strong pixels of a frame, packed for display: numbers of 7 bits a byte, the low ones first, a set high bit if more
/// follow. The numbers alternate between counts of pixels that are not strong and counts of strong ones, row by row.
/// </summary>
public sealed class StrongPixelRuns
{
    /// <summary>The limit; more are not reported: they are no spots, and no viewer could distinguish them.</summary>
    private const int MaxPackedBytes = 2 << 20;

    private readonly ArrayBufferWriter<byte> _packed = new();

    /// <summary>The number of strong pixels; null for a step that does not find them.</summary>
    public int? Count { get; private set; }

    /// <summary>The packed pixels; null if there are none, or too many.</summary>
    public ReadOnlyMemory<byte>? Packed =>
        Count is not null && _packed.WrittenCount <= MaxPackedBytes ? _packed.WrittenMemory : (ReadOnlyMemory<byte>?)null;

    /// <summary>Takes the pixels as y·width + x, ascending.</summary>
    internal void Set(ReadOnlySpan<int> indices)
    {
        _packed.ResetWrittenCount();
        Count = indices.Length;
        int end = 0;
        for (int first = 0, next; first < indices.Length && _packed.WrittenCount <= MaxPackedBytes; first = next)
        {
            for (next = first + 1; next < indices.Length && indices[next] == indices[next - 1] + 1;)
            {
                next++;
            }

            Write(indices[first] - end);
            Write(next - first);
            end = indices[next - 1] + 1;
        }
    }

    private void Write(int number)
    {
        Span<byte> bytes = _packed.GetSpan(5);
        int length = 0;
        for (uint left = (uint)number; ; left >>= 7)
        {
            bytes[length++] = (byte)(left < 0x80 ? left : left | 0x80);
            if (left < 0x80)
            {
                break;
            }
        }

        _packed.Advance(length);
    }
}
