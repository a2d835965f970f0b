using System.Runtime.InteropServices;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.Frames;
using Hutch.Formats.Tests.Frames;

namespace Hutch.Analysis.Tests.Support;

/// <summary>Runs the product in every vector width and pixel type that fit, and compares with the slow rules.</summary>
internal static class SpotFinding
{
    public static int[] Widths { get; } = [.. new[] { 128, 256, 512 }.Where(bits => bits <= SpotFinder.WidestVector)];

    /// <summary>Fails when any width or type differs from the slow rules in any pixel.</summary>
    public static void AssertEqualsSlow(TestImage image, SpotFinderParameters parameters, string what = "")
    {
        bool[] expected = SlowStrongPixels.Find(image, parameters);
        foreach (int bits in Widths)
        {
            var finder = new SpotFinder(image.Mask, parameters, image.LargestTrusted, bits);

            // Twice: the second frame must not see anything of the first.
            finder.FindStrongPixels(image.Pixels);
            AssertSame(expected, finder.FindStrongPixels(image.Pixels), image, $"{what} 32-bit pixels, {bits}-bit vectors");
            AssertSame(expected, InBands(finder, image), image, $"{what} decoded in bands, {bits}-bit vectors");
            uint largest = image.Pixels.Max();
            if (largest <= int.MaxValue)
            {
                var signed = new SpotFinder(image.Mask, parameters, Math.Min(image.LargestTrusted, int.MaxValue), bits, smallest: -7);
                signed.FindStrongPixels(image.Pixels);
                AssertSame(expected, signed.FindStrongPixels(image.Pixels), image, $"{what} pixels with a sign");
                AssertSame(expected, InBands(signed, image), image, $"{what} pixels with a sign, decoded in bands");
            }

            if (largest <= ushort.MaxValue)
            {
                AssertSame(expected, finder.FindStrongPixels(image.As16Bit()), image, $"{what} 16-bit pixels, {bits}-bit vectors");
            }

            if (largest <= byte.MaxValue)
            {
                AssertSame(expected, finder.FindStrongPixels(image.As8Bit()), image, $"{what} 8-bit pixels, {bits}-bit vectors");
            }
        }
    }

    /// <summary>From a packed frame with blocks that are no whole rows, decoded a row or two at a time.</summary>
    private static ReadOnlySpan<int> InBands(SpotFinder finder, TestImage image)
    {
        byte[] pixels = MemoryMarshal.AsBytes<uint>(image.Pixels).ToArray();
        byte[] chunk = Frame.EncodeBitshuffle(sizeof(uint), pixels, 8 * 5 * sizeof(uint));
        var rows = new FrameRows(
            1, new FramePieces(FrameCodec.BitshuffleLz4, sizeof(uint), 0, chunk, pixels.Length), pixels, image.Width * sizeof(uint), bandBytes: 1);
        pixels.AsSpan().Fill(0x5A);
        Assert.Null(finder.FindStrongPixels<uint>(ref rows));
        return finder.Strong;
    }

    private static void AssertSame(bool[] expected, ReadOnlySpan<int> actual, TestImage image, string what)
    {
        int next = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            bool strong = next < actual.Length && actual[next] == i;
            next += strong ? 1 : 0;
            if (strong != expected[i])
            {
                Assert.Fail($"{what}, {image.Width} x {image.Height}: pixel ({i % image.Width}, {i / image.Width}) = {image.Pixels[i]} is {(strong ? "" : "not ")}strong.");
            }
        }

        Assert.Equal(next, actual.Length);
    }
}
