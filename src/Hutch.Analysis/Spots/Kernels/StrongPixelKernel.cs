namespace Hutch.Analysis.Spots.Kernels;

/// <summary>Finds the strong pixels of one image. An instance has working memory for one size of image; one thread at a time.</summary>
internal abstract class StrongPixelKernel
{
    /// <summary>Fills <paramref name="strong"/> with the strong pixels that are above <paramref name="globalThreshold"/>.</summary>
    public abstract void Find<TPixel>(in PixelImage<TPixel> image, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged;
}
