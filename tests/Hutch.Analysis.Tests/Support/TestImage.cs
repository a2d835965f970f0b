using Hutch.Analysis.Spots;

namespace Hutch.Analysis.Tests.Support;

/// <summary>An image with its validity, in the widest type; tests narrow it to the types that the product takes.</summary>
internal sealed record TestImage(int Width, int Height, uint[] Pixels, bool[] Valid, uint LargestTrusted = uint.MaxValue)
{
    public DetectorMask Mask => DetectorMask.FromValid(Width, Height, Valid);

    public bool IsValid(int x, int y) => Valid[(y * Width) + x] && this[x, y] <= LargestTrusted;

    public uint this[int x, int y] => Pixels[(y * Width) + x];

    public byte[] As8Bit() => Array.ConvertAll(Pixels, p => (byte)p);

    public ushort[] As16Bit() => Array.ConvertAll(Pixels, p => (ushort)p);

    public static TestImage Plain(int width, int height, uint[] pixels) =>
        new(width, height, pixels, Enumerable.Repeat(true, pixels.Length).ToArray());
}
