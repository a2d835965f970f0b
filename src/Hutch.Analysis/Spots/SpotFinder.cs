using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots.Kernels;

namespace Hutch.Analysis.Spots;

/// <summary>Finds strong pixels and spots in frames of one size, without an allocation a frame; use one instance a thread.</summary>
internal sealed class SpotFinder
{
    /// <summary>No detector of diffraction has more: a quarter of 64 million pixels.</summary>
    private const int MostStrong = 16 << 20;

    private readonly DetectorMask _mask;
    private readonly SpotFinderParameters _parameters;
    private readonly uint _largestTrusted;
    private readonly long _smallest;
    private readonly StrongPixelKernel _kernel;
    private readonly StrongPixels _strong;
    private readonly AutomaticThreshold _automaticThreshold = new();
    private readonly NoiseThreshold? _noiseThreshold;
    private readonly SpotGrouping _grouping;
    private readonly SpotList _spots = new();

    /// <param name="mask">The valid pixels, and with them the size of the frames.</param>
    /// <param name="parameters">The parameters; a value outside its range throws <see cref="HutchException"/>.</param>
    /// <param name="largestTrusted">A pixel above it is invalid (saturation value; no data is the largest value of the type).</param>
    /// <param name="smallest">A pixel below it is invalid; if it is negative, pixels have a sign.</param>
    public SpotFinder(DetectorMask mask, SpotFinderParameters parameters, uint largestTrusted = uint.MaxValue, long smallest = 0)
        : this(mask, parameters, largestTrusted, WidestVector, smallest)
    {
    }

    internal SpotFinder(DetectorMask mask, SpotFinderParameters parameters, uint largestTrusted, int vectorBits, long smallest = 0)
    {
        _mask = mask;
        _parameters = parameters.Validated().Value;
        _strong = new StrongPixels(MaxStrong(mask.Bytes.Length, _parameters.MaxStrongPixelFraction));
        _largestTrusted = largestTrusted;
        _smallest = smallest;
        _noiseThreshold = smallest < 0 && _parameters.SigmaNoise > 0 ? new NoiseThreshold() : null;
        _kernel = smallest == 0 ? CreateKernel(vectorBits) : new SmallestValueKernel(mask.Width, mask.Height, _parameters);
        _grouping = new SpotGrouping(_parameters);
    }

    /// <summary>The most memory of strong pixels and their groups for images of a size, bytes.</summary>
    public static long StrongBytes(long pixels, double fraction) =>
        MaxStrong(pixels, fraction) * (long)(StrongPixels.BytesEach + SpotGrouping.BytesEach);

    /// <summary>The most strong pixels that are kept: one more than a diffraction image may have.</summary>
    private static int MaxStrong(long pixels, double fraction) => (int)Math.Min(MostStrong, (long)(pixels * fraction) + 1);

    /// <summary>The valid pixels, and with them the size of the frames.</summary>
    public DetectorMask Mask => _mask;

    public SpotFinderParameters Parameters => _parameters;

    /// <summary>Bits of the widest vectors that this processor has instructions for.</summary>
    internal static int WidestVector => Lanes512.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The value that strong pixels of the last frame are above.</summary>
    internal double Threshold { get; private set; }

    /// <summary>The strong pixels of the last frame as y·width + x, ascending.</summary>
    internal ReadOnlySpan<int> Strong => _strong.Indices;

    /// <summary>The strong pixels of a frame as y·width + x, ascending. Valid until the next call.</summary>
    public ReadOnlySpan<int> FindStrongPixels<TPixel>(ReadOnlySpan<TPixel> pixels)
        where TPixel : unmanaged
    {
        if (pixels.Length != _mask.Bytes.Length)
        {
            throw new ArgumentException(
                $"A frame of {_mask.Width} x {_mask.Height} has {_mask.Bytes.Length} pixels, not {pixels.Length}.", nameof(pixels));
        }

        _strong.Clear();
        Find<TPixel>(MemoryMarshal.AsBytes(pixels), 0, 0, _mask.Height);
        return Strong;
    }

    /// <summary>The spots of a frame, or why it is refused (too many strong pixels). Valid until the next call.</summary>
    public Result<SpotList> FindSpots<TPixel>(ReadOnlySpan<TPixel> pixels)
        where TPixel : unmanaged => Group(FindStrongPixels(pixels).Length);

    /// <summary>The spots of a frame, or why it is refused (damaged, or too many strong pixels). Valid until the next call.</summary>
    public Result<SpotList> FindSpots<TPixel>(ref FrameRows rows)
        where TPixel : unmanaged => FindStrongPixels<TPixel>(ref rows) is { } damage ? damage : Group(_strong.Count);

    private Result<SpotList> Group(int strong)
    {
        double fraction = (double)strong / _mask.Bytes.Length;
        double limit = _parameters.MaxStrongPixelFraction;
        return _strong.HasMore || fraction > limit
            ? NoDiffraction(FormattableString.Invariant(
                $"Of the image's pixels, more than {Math.Min(fraction, limit):P1} are strong"))
            : _grouping.TryGroup(_strong, _mask.Width, _spots) ? _spots
            : NoDiffraction(FormattableString.Invariant($"The strong pixels form more than {SpotGrouping.MaxComponents} groups"));
    }

    private static HutchError NoDiffraction(string found) => ErrorCode.Unprocessable.With(
        $"{found}: it is not a diffraction image, or the mask or the parameters do not suit it.");

    /// <summary>Finds the strong pixels of rows as soon as the rows around them are decoded.</summary>
    internal HutchError? FindStrongPixels<TPixel>(ref FrameRows rows)
        where TPixel : unmanaged
    {
        int reach = _parameters.GlobalThreshold is null || _noiseThreshold is not null ? StrongPixelKernel.AllRows : _kernel.Reach;
        _strong.Clear();
        for (int done = 0, ready; done < _mask.Height; done = ready)
        {
            if (rows.Advance(Math.Max(0, done - reach)) is { } damage)
            {
                return damage;
            }

            ready = rows.End == _mask.Height ? _mask.Height : Math.Max(done, rows.End - reach);
            if (ready > done)
            {
                Find<TPixel>(rows.Bytes, rows.FirstByte, done, ready);
            }
        }

        return null;
    }

    private unsafe void Find<TPixel>(ReadOnlySpan<byte> rows, int firstByte, int firstRow, int endRow)
        where TPixel : unmanaged
    {
        fixed (byte* inMemory = rows)
        fixed (byte* mask = _mask.Bytes)
        {
            var image = new PixelImage<TPixel>(
                (TPixel*)(inMemory - firstByte), mask, _mask.Width, _mask.Height, LargestTrusted<TPixel>(), _smallest);
            Threshold = Math.Max(
                _parameters.GlobalThreshold ?? _automaticThreshold.Choose(image),
                _noiseThreshold?.Choose(image, _parameters.SigmaNoise) ?? 0);
            _kernel.Find(image, firstRow, endRow, Threshold, _strong);
        }
    }

    private TPixel LargestTrusted<TPixel>()
        where TPixel : unmanaged
    {
        uint largest = Unsafe.SizeOf<TPixel>() switch
        {
            sizeof(byte) => Math.Min(_largestTrusted, byte.MaxValue),
            sizeof(ushort) => Math.Min(_largestTrusted, ushort.MaxValue),
            _ => _largestTrusted,
        };
        return Unsafe.As<uint, TPixel>(ref largest);
    }

    private StrongPixelKernel CreateKernel(int vectorBits) => vectorBits switch
    {
        512 => CreateKernel<Lanes512, Vector512<ushort>>(),
        256 => CreateKernel<Lanes256, Vector256<ushort>>(),
        _ => CreateKernel<Lanes128, Vector128<ushort>>(),
    };

    private StrongPixelKernel CreateKernel<TLanes, TVector>()
        where TLanes : ILanes<TVector>
        where TVector : struct => _parameters.Algorithm == SpotAlgorithm.Dispersion
        ? new DispersionKernel<TLanes, TVector>(_mask.Width, _parameters)
        : new DispersionExtendedKernel<TLanes, TVector>(_mask.Width, _mask.Height, _parameters);
}
