namespace Hutch.Analysis.Spots.Kernels;

/// <summary>Finds the strong pixels of one image. An instance has working memory for one size of image; one thread at a time.</summary>
/// <remarks>
/// The loops of all kernels are compiled in full at their first call (AggressiveOptimization): vector code is never compiled ahead of time,
/// and a server that waited for the second compilation would analyse its first series at less than half of its speed (decision 0072).
/// </remarks>
internal abstract class StrongPixelKernel
{
    /// <summary>Fills <paramref name="strong"/> with the strong pixels that are above <paramref name="globalThreshold"/>.</summary>
    public abstract void Find<TPixel>(in PixelImage<TPixel> image, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged;
}
