namespace Hutch.Formats.Frames;

/// <summary>
/// LZF, for which h5py has a filter (32000): a byte n below 32 precedes n + 1 plain bytes; any other is a length and a distance back. See
/// http://oldhome.schmorp.de/marc/liblzf.html.
/// </summary>
internal static class LzfCoding
{
    private const int LongestPlain = 32;
    private const int LengthGoesOn = 7;
    private const int ShortestCopy = 2;

    /// <summary>Unpacks to <paramref name="pixels"/>, whose length is that of the chunk.</summary>
    public static FrameDecodeError Decode(ReadOnlySpan<byte> packed, Span<byte> pixels)
    {
        int filled = 0;
        int at = 0;
        while (at < packed.Length && filled < pixels.Length)
        {
            int head = packed[at++];
            int length = head < LongestPlain ? head + 1 : head >> 5;
            int more = head < LongestPlain ? length : length == LengthGoesOn ? 2 : 1;
            if (more > packed.Length - at)
            {
                return FrameDecodeError.Truncated;
            }

            if (head < LongestPlain)
            {
                if (length > pixels.Length - filled)
                {
                    return FrameDecodeError.SizeMismatch;
                }

                packed.Slice(at, length).CopyTo(pixels[filled..]);
                (at, filled) = (at + length, filled + length);
                continue;
            }

            length += (length == LengthGoesOn ? packed[at++] : 0) + ShortestCopy;
            int from = filled - ((head & (LongestPlain - 1)) << 8) - packed[at++] - 1;
            if (from < 0 || length > pixels.Length - filled)
            {
                return FrameDecodeError.CorruptBlock;
            }

            // Byte by byte: a text may go on in itself.
            for (int i = 0; i < length; i++)
            {
                pixels[filled++] = pixels[from + i];
            }
        }

        return filled == pixels.Length && at == packed.Length ? FrameDecodeError.None : FrameDecodeError.SizeMismatch;
    }
}
