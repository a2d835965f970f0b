using System.Numerics;

namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// The <c>dispersion_extended</c> algorithm: dispersed pixels, eroded, are the foreground; a foreground pixel is strong when it
/// exceeds the background around it.
/// </summary>
internal sealed class DispersionExtendedKernel<TLanes, TVector> : StrongPixelKernel
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly int _halfX;
    private readonly int _halfY;
    private readonly int _erosion;
    private readonly WindowTest _test;
    private readonly DispersionMap<TLanes, TVector> _map;
    private readonly BitRows _valid;
    private readonly BitRows _notBackground;
    private readonly BitRows _foreground;
    private readonly ulong[] _eroded;

    public DispersionExtendedKernel(int width, int height, SpotFinderParameters parameters)
    {
        // The background is measured over a window that is two pixels larger on each side.
        const int Larger = 2;
        _halfX = parameters.KernelHalfWidthX + Larger;
        _halfY = parameters.KernelHalfWidthY + Larger;

        // A distance of e or more to the nearest background pixel: all pixels less than e away are not background.
        _erosion = Math.Min(parameters.KernelHalfWidthX, parameters.KernelHalfWidthY) - 1;
        _test = new WindowTest(parameters);
        _map = new DispersionMap<TLanes, TVector>(width, parameters, _test);
        _valid = new BitRows(width, height);
        _notBackground = new BitRows(width, height);
        _foreground = new BitRows(width, height);
        _eroded = new ulong[_valid.RowWords];
    }

    public override int Reach => AllRows;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Find<TPixel>(
        in PixelImage<TPixel> image, int firstRow, int endRow, double globalThreshold, StrongPixels strong)
    {
        _map.Begin(image);
        for (int y = 0; y < image.Height; y++)
        {
            _map.Row(image, y, _valid.Row(y), _notBackground.Row(y));
            ErodeAlong(_notBackground.Row(y), image.Width);
        }

        for (int y = 0; y < image.Height; y++)
        {
            FindForeground(y, image.Height);
        }

        for (int y = 0; y < image.Height; y++)
        {
            FindStrong(image, y, globalThreshold, strong);
        }
    }

    /// <summary>Clears the bits that are near a cleared one in the same row. Pixels beyond the row clear nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ErodeAlong(Span<ulong> row, int width)
    {
        if (width % 64 != 0)
        {
            row[^1] |= ulong.MaxValue << (width % 64);
        }

        row.CopyTo(_eroded);
        for (int distance = 1; distance <= _erosion; distance++)
        {
            for (int word = 0; word < row.Length; word++)
            {
                ulong before = word > 0 ? row[word - 1] : ulong.MaxValue;
                ulong after = word < row.Length - 1 ? row[word + 1] : ulong.MaxValue;
                _eroded[word] &= (row[word] << distance) | (before >> (64 - distance));
                _eroded[word] &= (row[word] >> distance) | (after << (64 - distance));
            }
        }

        _eroded.CopyTo(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindForeground(int y, int height)
    {
        Span<ulong> foreground = _foreground.Row(y);
        _valid.Row(y).CopyTo(foreground);
        for (int row = Math.Max(0, y - _erosion); row <= Math.Min(height - 1, y + _erosion); row++)
        {
            Span<ulong> eroded = _notBackground.Row(row);
            for (int word = 0; word < foreground.Length; word++)
            {
                foreground[word] &= eroded[word];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindStrong<TPixel>(in PixelImage<TPixel> image, int y, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged
    {
        Span<ulong> foreground = _foreground.Row(y);
        for (int word = 0; word < foreground.Length; word++)
        {
            for (ulong bits = foreground[word]; bits != 0; bits &= bits - 1)
            {
                int x = (word * 64) + BitOperations.TrailingZeroCount(bits);
                long index = ((long)y * image.Width) + x;
                uint value = image.Value(index);
                if (value > globalThreshold && IsAboveBackground(image, x, y, value))
                {
                    strong.Add((int)index, value);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsAboveBackground<TPixel>(in PixelImage<TPixel> image, int x, int y, uint value)
        where TPixel : unmanaged
    {
        int x0 = Math.Max(0, x - _halfX), columns = Math.Min(image.Width - 1, x + _halfX) - x0 + 1;
        long count = 0, sum = 0;
        for (int row = Math.Max(0, y - _halfY); row <= Math.Min(image.Height - 1, y + _halfY); row++)
        {
            long start = ((long)row * image.Width) + x0;
            for (uint bits = _valid.Bits(x0, row, columns) & ~_foreground.Bits(x0, row, columns); bits != 0; bits &= bits - 1)
            {
                uint background = image.Value(start + BitOperations.TrailingZeroCount(bits));
                if (background < WindowTest.CountedBelow)
                {
                    count++;
                    sum += background;
                }
            }
        }

        return _test.IsAboveBackground(count, sum, value);
    }
}
