using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Geometry;

/// <summary>
/// Assigns each pixel of a detector to a ring of equal resolution. Rings are equally wide in q = 2π/d, from the lowest resolution to
/// the highest; a pixel belongs where its centre is.
/// </summary>
/// <remarks>Pixels outside of the rings and those that the mask excludes belong to none. For one thread; 2 bytes a pixel.</remarks>
internal sealed class ResolutionRings : IDisposable
{
    /// <summary>The ring of a pixel that belongs to none.</summary>
    public const ushort None = ushort.MaxValue;

    public const int MaxCount = 10_000;

    // The outermost pixel must be in the last ring, not on its edge.
    private const double Beyond = 1 + 1e-9;

    private readonly NativeBytes _ringOfPixel;
    private readonly double _first;
    private readonly double _width;

    /// <param name="mask">The pixels that count.</param>
    /// <param name="geometry">Where the detector is; null puts all pixels into one ring without a resolution.</param>
    /// <param name="count">How many rings, 1 to <see cref="MaxCount"/>.</param>
    /// <param name="highest">Highest resolution, Å; null for that of the furthest corner.</param>
    /// <param name="lowest">Lowest resolution, Å; null from the beam on.</param>
    public ResolutionRings(DetectorMask mask, DetectorGeometry? geometry, int count, double? highest, double? lowest)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        _ringOfPixel = new NativeBytes(checked(mask.Bytes.Length * sizeof(ushort)));
        Count = geometry is null ? 1 : count;
        if (geometry is null)
        {
            FillFlat(mask);
            return;
        }

        _first = lowest is { } d ? 1 / d : 0;
        double last = highest is { } least ? 1 / least : Furthest(mask, geometry) * Beyond;
        _width = Math.Max(last - _first, double.Epsilon) / Count;
        Fill(mask, geometry);
    }

    public int Count { get; }

    /// <summary>The ring of each pixel, row by row.</summary>
    public ReadOnlySpan<ushort> OfPixels => MemoryMarshal.Cast<byte, ushort>(_ringOfPixel.Span);

    /// <summary>q = 2π/d in 1/Å at the middle of a ring.</summary>
    public double Q(int ring) => 2 * Math.PI * Middle(ring);

    public double Resolution(int ring) => 1 / Middle(ring);

    public void Dispose() => _ringOfPixel.Dispose();

    private double Middle(int ring) => _first + ((ring + 0.5) * _width);

    private Span<ushort> Rings => MemoryMarshal.Cast<byte, ushort>(_ringOfPixel.Span);

    private static double Furthest(DetectorMask mask, DetectorGeometry geometry)
    {
        (double right, double bottom) = (mask.Width - 0.5, mask.Height - 0.5);
        return Math.Max(
            Math.Max(geometry.InverseResolution(0.5, 0.5), geometry.InverseResolution(right, 0.5)),
            Math.Max(geometry.InverseResolution(0.5, bottom), geometry.InverseResolution(right, bottom)));
    }

    private void FillFlat(DetectorMask mask)
    {
        Span<ushort> rings = Rings;
        for (int i = 0; i < rings.Length; i++)
        {
            rings[i] = mask.Bytes[i] == 0 ? None : (ushort)0;
        }
    }

    /// <summary>
    /// Along a row the angle changes little from pixel to pixel, so that the next ring is found by a step from the last one: no angle is
    /// computed for a pixel, only the square of its tangent.
    /// </summary>
    private void Fill(DetectorMask mask, DetectorGeometry geometry)
    {
        double[] edges = [.. Enumerable.Range(0, Count + 1).Select(ring => SquaredTangent(geometry, _first + (ring * _width)))];
        Span<ushort> rings = Rings;
        ReadOnlySpan<byte> valid = mask.Bytes;
        Vector step = geometry.Plane.Fast;
        int ring = 0;
        for (int y = 0, i = 0; y < mask.Height; y++)
        {
            Vector row = geometry.Plane.At(0.5, y + 0.5);
            for (int x = 0; x < mask.Width; x++, i++)
            {
                (double px, double py, double pz) = (row.X + (x * step.X), row.Y + (x * step.Y), row.Z + (x * step.Z));
                double squared = pz > 0 ? ((px * px) + (py * py)) / (pz * pz) : double.PositiveInfinity;
                while (ring < Count - 1 && squared >= edges[ring + 1])
                {
                    ring++;
                }

                while (ring > 0 && squared < edges[ring])
                {
                    ring--;
                }

                rings[i] = valid[i] != 0 && squared >= edges[ring] && squared < edges[ring + 1] ? (ushort)ring : None;
            }
        }
    }

    /// <summary>The square of tan 2θ at a resolution; infinite from 90° on, which no ring reaches.</summary>
    private static double SquaredTangent(DetectorGeometry geometry, double inverseResolution)
    {
        double sine = inverseResolution * geometry.WavelengthAngstrom / 2;
        if (sine >= Math.Sqrt(0.5))
        {
            return double.PositiveInfinity;
        }

        double tangent = Math.Tan(2 * Math.Asin(sine));
        return tangent * tangent;
    }
}
