using System.Runtime.InteropServices;
using Hutch.Formats.Mrc;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Simulator.Microscope;

/// <summary>Writes the pictures that programs leave beside movies, as MRC.</summary>
internal static class MovieWriter
{
    private const string Label = "Hutch: simulated picture";

    /// <summary>Writes the sum of the frames of a movie.</summary>
    public static void WriteSum(string path, MicroscopeOptions options, ReadOnlySpan<short> sum) =>
        Write(path, options.Columns, options.Rows, options.PixelAngstrom, sum);

    /// <summary>Draws bright discs on a dark ground.</summary>
    /// <param name="side">Pixels of the picture in each direction.</param>
    /// <param name="places">The middles of the discs, from the left and from the top.</param>
    /// <param name="radius">Of the discs.</param>
    public static void WritePicture(string path, int side, ulong seed, (double X, double Y)[] places, double radius)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var random = new SimulationRandom(seed, 1);
        var pixels = new short[side * side];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i % side, y = i / side;
            bool isLight = Array.Exists(
                places, place => ((place.X - x) * (place.X - x)) + ((place.Y - y) * (place.Y - y)) < radius * radius);

            // The first row of an MRC file is the lowest of the picture.
            pixels[((side - 1 - y) * side) + x] = (short)((isLight ? 700 : 200) + (40 * random.NextNormal()));
        }

        Write(path, side, side, 100, pixels);
    }

    private static void Write(string path, int columns, int rows, double angstrom, ReadOnlySpan<short> pixels)
    {
        var header = new MrcHeader(columns, rows, 1, MrcMode.Int16, angstrom, Label);
        var statistics = new MrcStatistics();
        statistics.Add(pixels);
        byte[] bytes = new byte[MrcHeader.Size];
        header.Write(bytes, statistics);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.Write(file, MemoryMarshal.AsBytes(pixels), MrcHeader.Size);
    }
}
