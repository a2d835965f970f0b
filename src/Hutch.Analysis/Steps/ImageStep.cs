using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>Base of steps that need pixels: reads header and mask once a run and decodes each frame.</summary>
internal abstract class ImageStep : IAnalysisStep
{
    // What analysers keep for each pixel, at most: bits, and the strong ones among them.
    private const int WorkingBytesPerPixel = 2;

    public abstract StepDeclaration Declaration { get; }

    public async Task<Result<IPreparedStep>> PrepareAsync(
        EntryReader read, ParameterValues values, ImageMemory memory, int frames, CancellationToken cancellationToken)
    {
        Result<FrameHeader> header = await ReadHeaderAsync(read, cancellationToken);
        if (!header.IsOk)
        {
            return header.Error;
        }

        // The mask, its file while it is read, and the first frame: with that, the run can go on to its end. A frame counts twice, as it
        // comes packed; that seldom takes so much.
        long pixels = (long)header.Value.Rows * header.Value.Columns;
        long frameBytes = (pixels * ((2 * header.Value.Type.Size()) + WorkingBytesPerPixel)) + WorkingBytes(pixels);
        Result<ImageMemory.Share> taken = await memory.RentAsync(
            pixels + (pixels * FrameHeader.MaskFileBytesPerPixel) + frameBytes,
            $"An image of {header.Value.Columns} x {header.Value.Rows} pixels",
            cancellationToken);
        if (!taken.IsOk)
        {
            return taken.Error;
        }

        Result<IPreparedStep> prepared;
        try
        {
            Result<DetectorMask> mask = await ReadMaskAsync(read, header.Value, memory, cancellationToken);
            prepared = mask.IsOk ? Prepare(header.Value, mask.Value, values, taken.Value, frameBytes, frames) : mask.Error;
        }
        catch
        {
            taken.Value.Dispose();
            throw;
        }

        if (!prepared.IsOk)
        {
            taken.Value.Dispose();
        }

        return prepared;
    }

    /// <summary>Prepares a run without asking for memory: for as many frames at a time as the caller likes.</summary>
    /// <param name="mask">The array of <see cref="FrameHeader.MaskEntry"/> (0 is a good pixel), or null.</param>
    public Result<IPreparedStep> Prepare(FrameHeader header, NumericArray? mask, ParameterValues values)
    {
        return DetectorMask.Read(header, mask).Then(valid => Prepare(header, valid, values, null, 0, int.MaxValue));
    }

    private Result<IPreparedStep> Prepare(
        FrameHeader header, DetectorMask valid, ParameterValues values, ImageMemory.Share? memory, long frameBytes, int frames)
    {
        AnalyserFactory factory = Begin(header, valid, values);
        if (!factory.Create().TryGet(out IImageAnalyser? first, out HutchError? refusal))
        {
            factory.Dispose();
            valid.Dispose();
            return refusal;
        }

        memory?.Shrink((long)header.Rows * header.Columns * FrameHeader.MaskFileBytesPerPixel);
        int atOnce = memory is null ? frames : 1;
        while (atOnce < frames && memory!.TryGrow(frameBytes))
        {
            atOnce++;
        }

        return new PreparedImageStep(header, first, factory, valid, memory) { FramesAtOnce = atOnce };
    }

    /// <summary>The most memory that an analyser adds for an image of this size, bytes.</summary>
    protected virtual long WorkingBytes(long pixels) => 0;

    /// <summary>Begins a run: returns the factory of its analysers, which is disposed with the run.</summary>
    protected virtual AnalyserFactory Begin(FrameHeader header, DetectorMask mask, ParameterValues values) =>
        new(() => Create(header, mask, values));

    /// <summary>Creates an analyser; called once per thread. An error fails the run.</summary>
    protected abstract Result<IImageAnalyser> Create(FrameHeader header, DetectorMask mask, ParameterValues values);

    private static async Task<Result<FrameHeader>> ReadHeaderAsync(EntryReader read, CancellationToken cancellationToken)
    {
        Result<EntryBytes?> file = await read(FrameHeader.EntryPath, FrameHeader.MaxBytes, cancellationToken);
        return !file.IsOk ? file.Error
            : file.Value is null ? ErrorCode.Unprocessable.With(
                $"There is no entry '{FrameHeader.EntryPath}', which says what the frames are. Put one, as `hutch ingest` does.")
            : FrameHeader.Parse(await file.Value.ReadAllAsync(cancellationToken));
    }

    private static async Task<Result<DetectorMask>> ReadMaskAsync(
        EntryReader read, FrameHeader header, ImageMemory memory, CancellationToken cancellationToken)
    {
        Result<EntryBytes?> file = await read(
            header.MaskEntry ?? FrameHeader.UsualMaskEntry, header.MaxMaskFileBytes, cancellationToken);
        if (!file.IsOk)
        {
            return file.Error;
        }

        if (file.Value is { } bytes)
        {
            return await ReadMaskAsync(bytes, header, memory, cancellationToken);
        }

        return header.MaskEntry is null
            ? DetectorMask.AllValid(header.Columns, header.Rows)
            : ErrorCode.Unprocessable.With($"The header names the pixel mask '{header.MaskEntry}', but there is no such entry.");
    }

    /// <summary>Reads a mask, unless it is the one that was read last.</summary>
    private static async Task<Result<DetectorMask>> ReadMaskAsync(
        EntryBytes file, FrameHeader header, ImageMemory memory, CancellationToken cancellationToken)
    {
        if (file.Hash is not { } hash)
        {
            return await DetectorMask.ReadAsync(header, file, cancellationToken);
        }

        if (memory.LastMask is { } last && last.IsOf(hash, header))
        {
            return DetectorMask.Fill(header.Columns, header.Rows, last.UnpackTo);
        }

        Result<DetectorMask> mask = await DetectorMask.ReadAsync(header, file, cancellationToken);
        if (mask.IsOk)
        {
            memory.LastMask = PackedMask.TryPack(hash, header, mask.Value.Bytes) ?? memory.LastMask;
        }

        return mask;
    }
}
