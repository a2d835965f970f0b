namespace Hutch.Analysis.Spots.Kernels;

/// <summary>Loads pixels as biased lanes (0 is invalid, v + 1 is v, at most 65535), without reading beyond the image.</summary>
internal sealed unsafe class PixelLoader<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly byte[] _maskCopy = GC.AllocateArray<byte>(TLanes.Count, pinned: true);
    private readonly uint[] _pixelCopy = GC.AllocateArray<uint>(TLanes.Count, pinned: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TPixel>(TPixel* pixels, byte* mask, TPixel largestTrusted)
        where TPixel : unmanaged => TLanes.And(TLanes.LoadBiased(pixels, largestTrusted), TLanes.LoadMask(mask));

    /// <summary>The first few lanes of a vector; the others are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TVector LoadPart<TPixel>(TPixel* pixels, byte* mask, TPixel largestTrusted, int count)
        where TPixel : unmanaged
    {
        var copiedMask = (byte*)Unsafe.AsPointer(ref _maskCopy[0]);
        var copied = (TPixel*)Unsafe.AsPointer(ref _pixelCopy[0]);
        new Span<byte>(copiedMask, TLanes.Count).Clear();
        for (int x = 0; x < count; x++)
        {
            copied[x] = pixels[x];
            copiedMask[x] = mask[x];
        }

        return Load(copied, copiedMask, largestTrusted);
    }

    /// <summary>A row of the image, in whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void LoadRow<TPixel>(in PixelImage<TPixel> image, int y, ushort* destination)
        where TPixel : unmanaged
    {
        TPixel* pixels = image.Pixels + ((long)y * image.Width);
        byte* mask = image.Mask + ((long)y * image.Width);
        int x = 0;
        for (; x <= image.Width - TLanes.Count; x += TLanes.Count)
        {
            TLanes.Store(Load(pixels + x, mask + x, image.LargestTrusted), destination + x);
        }

        if (x < image.Width)
        {
            TLanes.Store(LoadPart(pixels + x, mask + x, image.LargestTrusted, image.Width - x), destination + x);
        }
    }
}
