using System.Runtime.Intrinsics;
using Hutch.Analysis.Spots.Kernels;
using Hutch.Model;

namespace Hutch.Analysis.Spots;

/// <summary>
/// Finds strong pixels and spots in frames of one size. Keeps its working memory, so that a frame allocates nothing; use one
/// instance a thread.
/// </summary>
internal sealed class SpotFinder
{
    private readonly DetectorMask _mask;
    private readonly SpotFinderParameters _parameters;
    private readonly uint _largestTrusted;
    private readonly StrongPixelKernel _kernel;
    private readonly StrongPixels _strong = new();
    private readonly AutomaticThreshold _automaticThreshold = new();
    private readonly SpotGrouping _grouping;
    private readonly SpotList _spots = new();

    /// <summary>Allocates the working memory.</summary>
    /// <param name="mask">The valid pixels, and with them the size of the frames.</param>
    /// <param name="parameters">The parameters; a value outside its range throws <see cref="HutchException"/>.</param>
    /// <param name="largestTrusted">A pixel above it is invalid (saturation value; no data is the largest value of the type).</param>
    public SpotFinder(DetectorMask mask, SpotFinderParameters parameters, uint largestTrusted = uint.MaxValue)
        : this(mask, parameters, largestTrusted, WidestVector)
    {
    }

    internal SpotFinder(DetectorMask mask, SpotFinderParameters parameters, uint largestTrusted, int vectorBits)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(parameters);
        _mask = mask;
        _parameters = parameters.Validated().Value;
        _largestTrusted = largestTrusted;
        _kernel = CreateKernel(vectorBits);
        _grouping = new SpotGrouping(_parameters);
    }

    /// <summary>The valid pixels, and with them the size of the frames.</summary>
    public DetectorMask Mask => _mask;

    public SpotFinderParameters Parameters => _parameters;

    /// <summary>Bits of the widest vectors that this processor has instructions for.</summary>
    internal static int WidestVector => Lanes512.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The strong pixels of a frame as y·width + x, ascending. Valid until the next call.</summary>
    public ReadOnlySpan<int> FindStrongPixels(ReadOnlySpan<ushort> pixels)
    {
        Run(pixels, (ushort)Math.Min(_largestTrusted, ushort.MaxValue));
        return _strong.Indices;
    }

    /// <inheritdoc cref="FindStrongPixels(ReadOnlySpan{ushort})"/>
    public ReadOnlySpan<int> FindStrongPixels(ReadOnlySpan<uint> pixels)
    {
        Run(pixels, _largestTrusted);
        return _strong.Indices;
    }

    /// <inheritdoc cref="FindStrongPixels(ReadOnlySpan{ushort})"/>
    public ReadOnlySpan<int> FindStrongPixels(ReadOnlySpan<byte> pixels)
    {
        Run(pixels, (byte)Math.Min(_largestTrusted, byte.MaxValue));
        return _strong.Indices;
    }

    /// <summary>The spots of a frame, or why it is refused (too many strong pixels). Valid until the next call.</summary>
    public Result<SpotList> FindSpots(ReadOnlySpan<ushort> pixels) => Group(FindStrongPixels(pixels).Length);

    /// <inheritdoc cref="FindSpots(ReadOnlySpan{ushort})"/>
    public Result<SpotList> FindSpots(ReadOnlySpan<uint> pixels) => Group(FindStrongPixels(pixels).Length);

    /// <inheritdoc cref="FindSpots(ReadOnlySpan{ushort})"/>
    public Result<SpotList> FindSpots(ReadOnlySpan<byte> pixels) => Group(FindStrongPixels(pixels).Length);

    private Result<SpotList> Group(int strong)
    {
        double fraction = (double)strong / _mask.Bytes.Length;
        if (fraction > _parameters.MaxStrongPixelFraction)
        {
            string found = FormattableString.Invariant(
                $"{fraction:P1} of the image's pixels are strong, more than {_parameters.MaxStrongPixelFraction:P1}");
            return ErrorCode.Unprocessable.With(
                $"{found}: it is not a diffraction image, or the mask or the parameters do not suit it.");
        }

        _grouping.Group(_strong, _mask.Width, _spots);
        return _spots;
    }

    private unsafe void Run<TPixel>(ReadOnlySpan<TPixel> pixels, TPixel largestTrusted)
        where TPixel : unmanaged
    {
        if (pixels.Length != _mask.Bytes.Length)
        {
            throw new ArgumentException(
                $"A frame of {_mask.Width} x {_mask.Height} has {_mask.Bytes.Length} pixels, not {pixels.Length}.", nameof(pixels));
        }

        fixed (TPixel* first = pixels)
        fixed (byte* mask = _mask.Bytes)
        {
            var image = new PixelImage<TPixel>(first, mask, _mask.Width, _mask.Height, largestTrusted);
            _kernel.Find(image, _parameters.GlobalThreshold ?? _automaticThreshold.Choose(image), _strong);
        }
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
