namespace Hutch.Analysis.Spots.Kernels;

/// <summary>
/// Both algorithms for pixels with a smallest value other than 0: those of integrating detectors are negative where noise is. Sums have a
/// sign here, so that the vector kernels do not suit; the tests are the same.
/// </summary>
internal sealed class SmallestValueKernel(int width, int height, SpotFinderParameters parameters) : StrongPixelKernel
{
    // The background of the extended algorithm is measured over a window that is two pixels larger on each side.
    private const int Larger = 2;

    private readonly int _halfX = parameters.KernelHalfWidthX;
    private readonly int _halfY = parameters.KernelHalfWidthY;
    private readonly WindowTest _test = new(parameters);
    private readonly bool _isExtended = parameters.Algorithm != SpotAlgorithm.Dispersion;

    // The sums of the columns of the window's rows, and of all columns before one.
    private readonly WindowSums[] _columns = new WindowSums[width];
    private readonly WindowSums[] _before = new WindowSums[width + 1];

    // Of the extended algorithm: pixels that are not background, and of these the foreground.
    private readonly bool[] _notBackground = new bool[parameters.Algorithm != SpotAlgorithm.Dispersion ? width * height : 0];
    private readonly bool[] _foreground = new bool[parameters.Algorithm != SpotAlgorithm.Dispersion ? width * height : 0];

    // The row that leaves the window is needed once more.
    public override int Reach => _isExtended ? AllRows : _halfY + 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Find<TPixel>(
        in PixelImage<TPixel> image, int firstRow, int endRow, double globalThreshold, StrongPixels strong)
    {
        if (firstRow == 0)
        {
            Array.Clear(_columns);
            for (int y = 0; y < Math.Min(_halfY, image.Height); y++)
            {
                AddRow(image, y, 1);
            }
        }

        for (int y = firstRow; y < endRow; y++)
        {
            Advance(image, y);
            long start = (long)y * image.Width;
            for (int x = 0; x < image.Width; x++)
            {
                if (_isExtended)
                {
                    _notBackground[start + x] = !image.IsValid(start + x) || IsDispersed(Window(x));
                }
                else if (image.IsValid(start + x) && image.Number(start + x) is var value && value > globalThreshold
                    && Window(x) is var sums && IsDispersed(sums) && _test.IsAboveMean(sums.Count, sums.Sum, value))
                {
                    strong.Add((int)(start + x), (uint)value);
                }
            }
        }

        if (_isExtended)
        {
            FindForeground(image);
            FindAboveBackground(image, globalThreshold, strong);
        }
    }

    // Where the mean is negative, DIALS takes all for background.
    private bool IsDispersed(in WindowSums sums) => sums.Sum >= 0 && _test.IsDispersed(sums.Count, sums.Sum, sums.Squares);

    private void Advance<TPixel>(in PixelImage<TPixel> image, int y)
        where TPixel : unmanaged
    {
        AddRow(image, y + _halfY, 1);
        AddRow(image, y - _halfY - 1, -1);
        for (int x = 0; x < image.Width; x++)
        {
            ref WindowSums before = ref _before[x], sums = ref _columns[x], after = ref _before[x + 1];
            after.Count = before.Count + sums.Count;
            after.Sum = before.Sum + sums.Sum;
            after.Squares = before.Squares + sums.Squares;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow<TPixel>(in PixelImage<TPixel> image, int y, int times)
        where TPixel : unmanaged
    {
        if (y < 0 || y >= image.Height)
        {
            return;
        }

        long start = (long)y * image.Width;
        for (int x = 0; x < image.Width; x++)
        {
            if (IsCounted(image, start + x, out long value))
            {
                ref WindowSums sums = ref _columns[x];
                sums.Count += times;
                sums.Sum += times * value;
                sums.Squares += times * value * value;
            }
        }
    }

    private static bool IsCounted<TPixel>(in PixelImage<TPixel> image, long index, out long value)
        where TPixel : unmanaged
    {
        value = image.Number(index);
        return image.IsValid(index) && Math.Abs(value) < WindowTest.CountedBelow;
    }

    private WindowSums Window(int x)
    {
        ref WindowSums first = ref _before[Math.Max(0, x - _halfX)], last = ref _before[Math.Min(_before.Length - 1, x + _halfX + 1)];
        return new WindowSums
        {
            Count = last.Count - first.Count,
            Sum = last.Sum - first.Sum,
            Squares = last.Squares - first.Squares,
        };
    }

    private void FindForeground<TPixel>(in PixelImage<TPixel> image)
        where TPixel : unmanaged
    {
        int near = Math.Min(_halfX, _halfY) - 1;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int at = (y * image.Width) + x;
                bool isForeground = _notBackground[at] && image.IsValid(at);
                for (int row = Math.Max(0, y - near); isForeground && row <= Math.Min(image.Height - 1, y + near); row++)
                {
                    int first = Math.Max(0, x - near), last = Math.Min(image.Width - 1, x + near);
                    isForeground = !_notBackground.AsSpan((row * image.Width) + first, last - first + 1).Contains(false);
                }

                _foreground[at] = isForeground;
            }
        }
    }

    private void FindAboveBackground<TPixel>(in PixelImage<TPixel> image, double globalThreshold, StrongPixels strong)
        where TPixel : unmanaged
    {
        for (int at = 0; at < _foreground.Length; at++)
        {
            if (_foreground[at] && image.Number(at) is var value && value > globalThreshold && IsAboveBackground(image, at, value))
            {
                strong.Add(at, (uint)value);
            }
        }
    }

    private bool IsAboveBackground<TPixel>(in PixelImage<TPixel> image, int at, long value)
        where TPixel : unmanaged
    {
        (int y, int x) = Math.DivRem(at, image.Width);
        (int halfX, int halfY) = (_halfX + Larger, _halfY + Larger);
        long count = 0, sum = 0;
        for (int row = Math.Max(0, y - halfY); row <= Math.Min(image.Height - 1, y + halfY); row++)
        {
            for (int column = Math.Max(0, x - halfX); column <= Math.Min(image.Width - 1, x + halfX); column++)
            {
                int index = (row * image.Width) + column;
                if (!_foreground[index] && IsCounted(image, index, out long background))
                {
                    count++;
                    sum += background;
                }
            }
        }

        return sum >= 0 && _test.IsAboveBackground(count, sum, value);
    }
}
