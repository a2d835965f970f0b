using FsCheck;
using FsCheck.Fluent;
using Hutch.Formats.Frames;

namespace Hutch.Formats.Tests.Frames;

public sealed class BitTransposeTests
{
    private static readonly BitTransposePath[] Paths = Enum.GetValues<BitTransposePath>().Where(BitTranspose.IsSupported).ToArray();

    [Fact]
    public void Every_form_agrees_with_the_definition_bit_by_bit()
    {
        // Lengths around every vector width, so that vector part, tail, and both together are met.
        int[] groups = [1, 2, 7, 31, 32, 33, 63, 64, 65, 95, 96, 97, 128, 130, 160, 512];
        foreach (int elementSize in new[] { 1, 2, 4 })
        {
            foreach (int count in groups)
            {
                byte[] elements = RandomBytes(count * 8 * elementSize, count + elementSize);
                byte[] planes = SlowPlanes(elements, elementSize);
                foreach (BitTransposePath path in Paths)
                {
                    byte[] actual = new byte[elements.Length];
                    BitTranspose.FromPlanes(planes, actual, elementSize, path);
                    Assert.True(elements.AsSpan().SequenceEqual(actual), $"{path}, {elementSize} bytes, {count} groups");
                }
            }
        }
    }

    [Fact]
    public void To_planes_agrees_with_the_definition()
    {
        foreach (int elementSize in new[] { 1, 2, 4 })
        {
            foreach (int count in new[] { 1, 3, 4, 5, 8, 31, 512 })
            {
                byte[] elements = RandomBytes(count * 8 * elementSize, count);
                byte[] planes = new byte[elements.Length];
                BitTranspose.ToPlanes(elements, planes, elementSize);
                Assert.Equal(SlowPlanes(elements, elementSize), planes);
            }
        }
    }

    [Fact]
    public void Any_bytes_come_back_by_every_form()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), (bytes, choice) =>
        {
            int elementSize = 1 << (choice % 3);
            byte[] elements = bytes[..(bytes.Length - (bytes.Length % (8 * elementSize)))];
            byte[] planes = new byte[elements.Length];
            BitTranspose.ToPlanes(elements, planes, elementSize);
            return Array.TrueForAll(Paths, path =>
            {
                byte[] back = new byte[elements.Length];
                BitTranspose.FromPlanes(planes, back, elementSize, path);
                return back.AsSpan().SequenceEqual(elements);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_block_that_is_no_multiple_of_eight_elements_is_refused()
    {
        Assert.Throws<ArgumentException>(() => BitTranspose.FromPlanes(new byte[15], new byte[15], 1));
        Assert.Throws<ArgumentException>(() => BitTranspose.FromPlanes(new byte[16], new byte[32], 2));
        Assert.Throws<ArgumentException>(() => BitTranspose.ToPlanes(new byte[24], new byte[24], 3));
    }

    private static byte[] SlowPlanes(byte[] elements, int elementSize)
    {
        int count = elements.Length / elementSize;
        byte[] planes = new byte[elements.Length];
        for (int element = 0; element < count; element++)
        {
            for (int bit = 0; bit < 8 * elementSize; bit++)
            {
                int value = (elements[(element * elementSize) + (bit / 8)] >> (bit % 8)) & 1;
                planes[(bit * count / 8) + (element / 8)] |= (byte)(value << (element % 8));
            }
        }

        return planes;
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
