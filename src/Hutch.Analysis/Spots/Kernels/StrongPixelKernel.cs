namespace Hutch.Analysis.Spots.Kernels;

/// <summary>Finds the strong pixels of one image. An instance has working memory for one size of image; one thread at a time.</summary>
/// <remarks>
/// The loops of all kernels are compiled in full at their first call (AggressiveOptimization): vector code is never compiled ahead of time,
/// and a server that waited for the second compilation would analyse its first series at less than half of its speed (decision 0072).
/// </remarks>
internal abstract class StrongPixelKernel
{
    /// <summary>A <see cref="Reach"/> that only the whole image satisfies.</summary>
    public const int AllRows = int.MaxValue;

    /// <summary>The number of rows above and below a pixel that the kernel reads: these must be in memory.</summary>
    public abstract int Reach { get; }

    /// <summary>
    /// Adds the strong pixels of some rows that are above <paramref name="globalThreshold"/>. Calls go down an image without a gap, and
    /// begin the next one with row 0.
    /// </summary>
    public abstract void Find<TPixel>(
        in PixelImage<TPixel> image, int firstRow, int endRow, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged;
}
