using Hutch.Analysis;
using Hutch.Analysis.Spots;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Site.Runs;

namespace Hutch.Live.Analysis;

/// <summary>
/// What all frames of a per-image analysis share, read once from wherever they are: a dataset of this site, a bucket elsewhere.
/// </summary>
public static class PerImagePreparation
{
    private const int MaxMaskBytes = 1 << 30;
    private const string UsualMask = FrameHeader.ArrayFolder + "/pixel_mask.npy";

    /// <summary>Reads a whole entry of at most so many bytes; null when there is none of this path.</summary>
    public delegate Task<Result<byte[]?>> ReadEntry(string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Reads header and mask.</summary>
    /// <param name="read">Reads entries beside the frames.</param>
    /// <param name="settings">What was asked for.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Result<IPreparedStep>> PrepareAsync(
        ReadEntry read, AnalysisSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(settings);
        Result<FrameHeader> header = await ReadHeaderAsync(read, cancellationToken);
        if (!header.IsOk)
        {
            return header.Error;
        }

        Result<NumericArray?> mask = await ReadMaskAsync(read, header.Value, cancellationToken);
        if (!mask.IsOk)
        {
            return mask.Error;
        }

        AnalysisParameters parameters = ToParameters(settings);
        return FrameAnalyser.Create(header.Value, mask.Value, parameters).Then(first =>
            Result<IPreparedStep>.Ok(new PreparedPerImageStep(
                header.Value, first, () => FrameAnalyser.Create(header.Value, mask.Value, parameters).Value)));
    }

    private static async Task<Result<FrameHeader>> ReadHeaderAsync(ReadEntry read, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await read(FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        return !file.IsOk ? file.Error
            : file.Value is null ? ErrorCode.Unprocessable.With(
                $"There is no entry '{FrameHeader.EntryPath}', which says what the frames are. Put one, as `hutch ingest` does.")
            : FrameHeader.Parse(file.Value);
    }

    // A header with the detector's configuration alone does not name its mask.
    private static async Task<Result<NumericArray?>> ReadMaskAsync(ReadEntry read, FrameHeader header, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await read(header.MaskEntry ?? UsualMask, MaxMaskBytes, cancellationToken);
        if (!file.IsOk)
        {
            return file.Error;
        }

        if (file.Value is { } bytes)
        {
            return NumpyFile.Read(bytes).Then<NumericArray?>(array => array);
        }

        return header.MaskEntry is null
            ? (NumericArray?)null
            : ErrorCode.Unprocessable.With($"The header names the pixel mask '{header.MaskEntry}', but there is no such entry.");
    }

    private static AnalysisParameters ToParameters(AnalysisSettings settings) => AnalysisParameters.Default with
    {
        SpotFinder = SpotFinderParameters.Default with
        {
            Algorithm = settings.Algorithm == AnalysisSettings.DispersionExtended
                ? SpotAlgorithm.DispersionExtended
                : SpotAlgorithm.Dispersion,
        },
        DMinAngstrom = settings.DMin,
        DMaxAngstrom = settings.DMax,
    };
}
