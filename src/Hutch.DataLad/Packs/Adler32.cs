namespace Hutch.DataLad.Packs;

/// <summary>The checksum at the end of a zlib stream (RFC 1950).</summary>
internal static class Adler32
{
    private const uint Prime = 65521;

    /// <summary>So many bytes can be added before the sums must be brought below the prime.</summary>
    private const int MaxRun = 5552;

    public static uint Compute(ReadOnlySpan<byte> content)
    {
        uint a = 1;
        uint b = 0;
        while (content.Length > 0)
        {
            ReadOnlySpan<byte> run = content[..Math.Min(content.Length, MaxRun)];
            foreach (byte value in run)
            {
                a += value;
                b += a;
            }

            a %= Prime;
            b %= Prime;
            content = content[run.Length..];
        }

        return (b << 16) | a;
    }
}
