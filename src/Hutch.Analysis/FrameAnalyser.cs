using System.Runtime.InteropServices;
using Hutch.Analysis.Geometry;
using Hutch.Analysis.Spots;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis;

/// <summary>
/// From a stored frame, still compressed, to a result row. Holds one decoded image and the working memory of the analysis, so that a frame
/// allocates nothing; use one instance a thread.
/// </summary>
public sealed class FrameAnalyser
{
    private readonly FrameHeader _header;
    private readonly PerImageAnalysis _analysis;
    private readonly byte[] _pixels;

    private FrameAnalyser(FrameHeader header, PerImageAnalysis analysis)
    {
        _header = header;
        _analysis = analysis;
        _pixels = GC.AllocateUninitializedArray<byte>(header.ImageBytes, pinned: true);
    }

    /// <summary>Prepares the analysis of the frames of a dataset, or says what does not fit.</summary>
    /// <param name="header">What the entry <c>header</c> says.</param>
    /// <param name="mask">The array of <see cref="FrameHeader.MaskEntry"/> (0 is a good pixel); null when there is none.</param>
    /// <param name="parameters">What to look for.</param>
    public static Result<FrameAnalyser> Create(FrameHeader header, NumericArray? mask, AnalysisParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(header);
        return ReadMask(header, mask)
            .Then(valid => PerImageAnalysis.Create(valid, Geometry(header), parameters, LargestTrusted(header)))
            .Then<FrameAnalyser>(analysis => new FrameAnalyser(header, analysis));
    }

    /// <summary>The geometry that a header gives, or null when a number is missing or impossible.</summary>
    public static DetectorGeometry? Geometry(FrameHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header is not
            {
                WavelengthAngstrom: { } wavelength,
                DistanceMetres: { } distance,
                PixelSizeXMetres: { } sizeX,
                PixelSizeYMetres: { } sizeY,
                BeamCenterX: { } centreX,
                BeamCenterY: { } centreY,
            })
        {
            return null;
        }

        var geometry = new DetectorGeometry(wavelength, distance, sizeX, sizeY, centreX, centreY);
        return geometry.Validated().IsOk ? geometry : null;
    }

    /// <summary>Decodes and analyses a frame that is compressed as the header says.</summary>
    public Result<ImageResult> Analyse(ReadOnlySpan<byte> chunk, int fileNumber) =>
        Analyse(chunk, _header.Codec, filterMask: 0, fileNumber);

    /// <summary>Decodes and analyses a frame, or says why it cannot be.</summary>
    /// <param name="chunk">The stored bytes.</param>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="filterMask">HDF5's filter mask: a set bit means that this filter was left out.</param>
    /// <param name="fileNumber">The number of the frame in its series, from 1.</param>
    public Result<ImageResult> Analyse(ReadOnlySpan<byte> chunk, FrameCodec codec, uint filterMask, int fileNumber)
    {
        FrameDecodeError error = FrameDecoder.TryDecode(codec, _header.Type.Size(), filterMask, chunk, _pixels);
        if (error != FrameDecodeError.None)
        {
            return error.ToHutchError(FormattableString.Invariant($"{fileNumber:D6}"));
        }

        // Negative pixels, read as unsigned, are larger than what is trusted.
        return _header.Type.Size() switch
        {
            1 => _analysis.Analyse(_pixels.AsSpan(), fileNumber),
            2 => _analysis.Analyse(MemoryMarshal.Cast<byte, ushort>(_pixels), fileNumber),
            _ => _analysis.Analyse(MemoryMarshal.Cast<byte, uint>(_pixels), fileNumber),
        };
    }

    private static Result<DetectorMask> ReadMask(FrameHeader header, NumericArray? mask)
    {
        if (mask is null)
        {
            return DetectorMask.AllValid(header.Columns, header.Rows);
        }

        if (mask.Shape.Count != 2 || mask.Shape[0] != header.Rows || mask.Shape[1] != header.Columns)
        {
            return ErrorCode.Unprocessable.With(
                $"The pixel mask has the shape {string.Join(" x ", mask.Shape)}; images have {header.Rows} x {header.Columns} pixels.");
        }

        // Any number type will do: a pixel is good when all its bytes are 0.
        var valid = new bool[header.Rows * header.Columns];
        int size = mask.Type.Size();
        ReadOnlySpan<byte> bytes = mask.Bytes.Span;
        for (int i = 0; i < valid.Length; i++)
        {
            valid[i] = !bytes.Slice(i * size, size).ContainsAnyExcept((byte)0);
        }

        return DetectorMask.FromValid(header.Columns, header.Rows, valid);
    }

    // Up to and with the saturation value; the largest value of an unsigned type means that there is no data.
    private static uint LargestTrusted(FrameHeader header)
    {
        uint largest = header.Type switch
        {
            ElementType.UInt8 => byte.MaxValue - 1,
            ElementType.Int8 => (uint)sbyte.MaxValue,
            ElementType.UInt16 => ushort.MaxValue - 1,
            ElementType.Int16 => (uint)short.MaxValue,
            ElementType.UInt32 => uint.MaxValue - 1,
            _ => int.MaxValue,
        };
        return header.SaturationValue is >= 0 and { } saturation && saturation < largest ? (uint)saturation : largest;
    }
}
