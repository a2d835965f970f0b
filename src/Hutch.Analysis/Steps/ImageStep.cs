using Hutch.Analysis.Spots;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Analysis.Steps;

/// <summary>Base of steps that need pixels: reads header and mask once a run and decodes each frame.</summary>
internal abstract class ImageStep : IAnalysisStep
{
    private const int MaxMaskBytes = 1 << 30;
    private const string UsualMask = FrameHeader.ArrayFolder + "/pixel_mask.npy";

    /// <inheritdoc/>
    public abstract StepDeclaration Declaration { get; }

    /// <inheritdoc/>
    public async Task<Result<IPreparedStep>> PrepareAsync(EntryReader read, ParameterValues values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        Result<FrameHeader> header = await ReadHeaderAsync(read, cancellationToken);
        if (!header.IsOk)
        {
            return header.Error;
        }

        Result<NumericArray?> mask = await ReadMaskAsync(read, header.Value, cancellationToken);
        return mask.IsOk ? Prepare(header.Value, mask.Value, values) : mask.Error;
    }

    /// <summary>Prepares a run.</summary>
    /// <param name="header">The entry <c>header</c>.</param>
    /// <param name="mask">The array of <see cref="FrameHeader.MaskEntry"/> (0 is a good pixel), or null.</param>
    /// <param name="values">The parameter values.</param>
    public Result<IPreparedStep> Prepare(FrameHeader header, NumericArray? mask, ParameterValues values)
    {
        ArgumentNullException.ThrowIfNull(header);
        return DetectorMask.Read(header, mask).Then(valid => Create(header, valid, values).Then(first =>
            Result<IPreparedStep>.Ok(new PreparedImageStep(header, first, () => Create(header, valid, values).Value))));
    }

    /// <summary>Creates an analyser; called once per thread. An error fails the run.</summary>
    protected abstract Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values);

    private static async Task<Result<FrameHeader>> ReadHeaderAsync(EntryReader read, CancellationToken cancellationToken)
    {
        Result<byte[]?> file = await read(FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        return !file.IsOk ? file.Error
            : file.Value is null ? ErrorCode.Unprocessable.With(
                $"There is no entry '{FrameHeader.EntryPath}', which says what the frames are. Put one, as `hutch ingest` does.")
            : FrameHeader.Parse(file.Value);
    }

    // A header with only the detector's configuration does not name its mask.
    private static async Task<Result<NumericArray?>> ReadMaskAsync(
        EntryReader read, FrameHeader header, CancellationToken cancellationToken)
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
}
