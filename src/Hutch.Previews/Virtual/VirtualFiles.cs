using Hutch.Detectors.Export;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;

namespace Hutch.Previews.Virtual;

/// <summary>Makes NeXus files of closed series, and HDF5 files of tables.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class VirtualFiles : IVirtualFiles, IDisposable
{
    /// <summary>Arrays that a header may name; detectors have a handful for each channel.</summary>
    private const int MaxArrays = 1024;

    private const long MaxPlanBytes = 64 << 20;

    private readonly PlanCache<NxMxFile> _plans = new(MaxPlanBytes);
    private readonly TableFiles _tables = new();

    public async Task<Result<VirtualFile>> OpenAsync(VirtualSource source, CancellationToken ct)
    {
        return (await _plans.FindAsync(source.Dataset, source.Root.Page, () => PlanAsync(source, ct), ct)).Then<VirtualFile>(
            file => new VirtualFile(file.Version, NxMxFile.ContentType, new VirtualContent(source, file.Plan)));
    }

    public Task<Result<VirtualFile>> OpenTableAsync(TableSource source, CancellationToken ct) => _tables.OpenAsync(source, ct);

    public void Dispose()
    {
        _plans.Dispose();
        _tables.Dispose();
    }

    private static async Task<Result<NxMxFile>> PlanAsync(VirtualSource source, CancellationToken ct)
    {
        if (await FindAsync(source, FrameHeader.EntryPath, ct) is not { } content)
        {
            return ErrorCode.NotFound.With(
                $"There is no entry '{FrameHeader.EntryPath}', which says what the frames are: this dataset is no series of images.");
        }

        if (content.Size > FrameHeader.MaxBytes)
        {
            return ErrorCode.TooLarge.With($"The header has {content.Size} bytes; the limit is {FrameHeader.MaxBytes}.");
        }

        byte[] json = await content.ReadAllAsync(FrameHeader.MaxBytes, ct);
        if (!FrameHeader.Parse(json).TryGet(out FrameHeader? header, out HutchError? refusal)
            || !(await ReadArraysAsync(source, json, ct)).TryGet(out List<NxMxArray>? arrays, out refusal)
            || !(await ReadFramesAsync(source, header, ct)).TryGet(out List<NxMxFrame>? frames, out refusal))
        {
            return refusal;
        }

        return NxMxFile.Plan(json, arrays, frames);
    }

    private static async Task<Result<List<NxMxArray>>> ReadArraysAsync(VirtualSource source, byte[] headerJson, CancellationToken ct)
    {
        var arrays = new List<NxMxArray>();
        foreach ((string name, string path) in FrameHeader.ArraysOf(headerJson))
        {
            if (arrays.Count == MaxArrays)
            {
                return ErrorCode.TooLarge.With($"The header names more than {MaxArrays} arrays.");
            }

            if (await FindAsync(source, path, ct) is not { } content)
            {
                continue;
            }

            Result<NumericLayout> layout = await ReadLayoutAsync(content, ct);
            if (!layout.IsOk)
            {
                return layout.Error.Code.With($"{Display.Quote(path)}: {layout.Error.Message}");
            }

            arrays.Add(new NxMxArray(name, path, layout.Value));
        }

        return arrays;
    }

    private static async Task<Result<NumericLayout>> ReadLayoutAsync(BlobContent content, CancellationToken ct)
    {
        await foreach (ReadOnlyMemory<byte> begin in content.ReadAsync(0, Math.Min(content.Size, NumpyFile.MaxHeaderBytes), ct))
        {
            return NumpyFile.ReadLayout(begin.Span, content.Size);
        }

        return NumpyFile.ReadLayout([], 0);
    }

    private static async Task<Result<List<NxMxFrame>>> ReadFramesAsync(VirtualSource source, FrameHeader header, CancellationToken ct)
    {
        var frames = new List<NxMxFrame>();
        var channels = new Dictionary<string, string>(StringComparer.Ordinal); // one text for all frames of a channel
        await foreach (PathEntry file in source.Tree.EnumerateAsync(source.Root, null, "", ct))
        {
            if (file.Entry.Kind != EntryKind.File)
            {
                continue;
            }

            Result<NxMxFrame?> read = NxMxFrame.Read(header, file.Path.Value, file.Entry.Size, file.Entry.UserMetadata);
            if (!read.IsOk)
            {
                return read.Error;
            }

            if (read.Value is not { } frame)
            {
                continue;
            }

            if (frames.Count == NxMxFile.MaxFrames)
            {
                return ErrorCode.TooLarge.With($"There are more than {NxMxFile.MaxFrames} frames; a NeXus file does not hold more.");
            }

            if (!channels.TryGetValue(frame.Channel, out string? channel))
            {
                channels.Add(frame.Channel, channel = frame.Channel);
            }

            frames.Add(frame with { Channel = channel });
        }

        return frames;
    }

    private static async Task<BlobContent?> FindAsync(VirtualSource source, string path, CancellationToken ct) =>
        DatasetPath.Parse(path).TryGet(out DatasetPath parsed, out _)
        && await source.Tree.FindAsync(source.Root, parsed, ct) is { Kind: EntryKind.File } entry
            ? await VirtualContent.OpenAsync(source, path, entry.Hash, ct)
            : null;
}
