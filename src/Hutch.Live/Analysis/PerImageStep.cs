using Hutch.Analysis;
using Hutch.Analysis.Spots;
using Hutch.Datasets;
using Hutch.Datasets.Heads;
using Hutch.Datasets.Runs;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Live.Analysis;

/// <summary>Per-image analysis: header and mask once a run, then decode, spots and the nine statistics for each frame.</summary>
public sealed class PerImageStep(Site site) : IFrameStep
{
    private const int MaxMaskBytes = 1 << 30;
    private const string UsualMask = FrameHeader.ArrayFolder + "/pixel_mask.npy";

    /// <inheritdoc/>
    public string Program => AnalysisSettings.Program;

    /// <inheritdoc/>
    public async Task<Result<IPreparedStep>> PrepareAsync(ActiveRun run, TreeView view, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        Result<FrameHeader> header = await ReadHeaderAsync(view, cancellationToken);
        if (!header.IsOk)
        {
            return header.Error;
        }

        Result<NumericArray?> mask = await ReadMaskAsync(view, header.Value, cancellationToken);
        if (!mask.IsOk)
        {
            return mask.Error;
        }

        AnalysisParameters parameters = ToParameters(AnalysisSettings.FromJson(run.Description.Parameters));
        return FrameAnalyser.Create(header.Value, mask.Value, parameters).Then(first =>
            Result<IPreparedStep>.Ok(new PreparedPerImageStep(
                header.Value, first, () => FrameAnalyser.Create(header.Value, mask.Value, parameters).Value)));
    }

    private async Task<Result<FrameHeader>> ReadHeaderAsync(TreeView view, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await site.RunInputs.ReadFileAsync(view, FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        return !file.IsOk ? file.Error
            : file.Value is null ? ErrorCode.Unprocessable.With(
                $"There is no entry '{FrameHeader.EntryPath}', which says what the frames are. Put one, as `hutch ingest` does.")
            : FrameHeader.Parse(file.Value);
    }

    // A header with the detector's configuration alone does not name its mask.
    private async Task<Result<NumericArray?>> ReadMaskAsync(TreeView view, FrameHeader header, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await site.RunInputs.ReadFileAsync(view, header.MaskEntry ?? UsualMask, MaxMaskBytes, cancellationToken);
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
            Algorithm = settings.Algorithm == AnalysisSettings.DispersionExtended ? SpotAlgorithm.DispersionExtended : SpotAlgorithm.Dispersion,
        },
        DMinAngstrom = settings.DMin,
        DMaxAngstrom = settings.DMax,
    };
}
