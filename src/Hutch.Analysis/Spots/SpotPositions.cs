using System.Buffers.Binary;

namespace Hutch.Analysis.Spots;

/// <summary>
/// The positions of the spots of a frame, as few bytes: unsigned 16-bit numbers, little-endian. The first is the number of units of a
/// pixel; then x and y of each spot follow in units, from the upper left corner of the frame. Keeps its memory; use one instance a thread.
/// </summary>
internal sealed class SpotPositions
{
    private const int MostUnits = 8;

    private byte[] _bytes = new byte[1024];

    /// <summary>Units of a pixel: an eighth, or more where a frame is so large that its end would not fit into 16 bits.</summary>
    public static int UnitsOf(int columns, int rows) => Math.Min(MostUnits, ushort.MaxValue / Math.Max(columns, rows));

    /// <summary>Writes the centroids, valid until the next call. Empty for a frame that is too large.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<Spot> spots, int columns, int rows)
    {
        int units = UnitsOf(columns, rows);
        if (units == 0)
        {
            return [];
        }

        int length = sizeof(ushort) * (1 + (2 * spots.Length));
        if (_bytes.Length < length)
        {
            _bytes = new byte[2 * length];
        }

        Span<byte> at = _bytes;
        at = Append(at, units);
        foreach (ref readonly Spot spot in spots)
        {
            at = Append(at, (int)Math.Round(spot.CentroidX * units));
            at = Append(at, (int)Math.Round(spot.CentroidY * units));
        }

        return _bytes.AsSpan(0, length);
    }

    private static Span<byte> Append(Span<byte> at, int number)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)Math.Clamp(number, 0, ushort.MaxValue));
        return at[sizeof(ushort)..];
    }
}
