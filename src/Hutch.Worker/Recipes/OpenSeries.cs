using Hutch.Detectors.Sources;
using Hutch.Formats.NxMx;

namespace Hutch.Worker.Recipes;

/// <summary>
/// A detector's file that is open, and a step that is prepared for its images. Thread-safe: images are read one at a time.
/// </summary>
internal sealed class OpenSeries : IAsyncDisposable
{
    private readonly IFrameFile _file;
    private readonly PreparedFrames _prepared;
    private readonly SemaphoreSlim _reading = new(1, 1);

    private OpenSeries(IFrameFile file, IPreparedStep step)
    {
        _file = file;
        _prepared = new PreparedFrames(step);
    }

    public static async Task<Result<OpenSeries>> OpenAsync(
        string path, IAnalysisStep step, ParameterValues values, ImageMemory memory, int frames, FrameSourceOptions options,
        CancellationToken cancellationToken)
    {
        if (!(await FrameSources.OpenFileAsync(path, options, cancellationToken)).TryGet(out IFrameFile? file, out HutchError? refusal))
        {
            return refusal;
        }

        OpenSeries? series = null;
        try
        {
            Result<IPreparedStep> prepared = await step.PrepareAsync(
                (entry, maxBytes, ct) => ReadEntryAsync(file, entry, maxBytes, ct), values, memory, frames, cancellationToken);
            if (prepared.IsOk)
            {
                series = new OpenSeries(file, prepared.Value);
            }

            return series is null ? prepared.Error! : series;
        }
        finally
        {
            if (series is null)
            {
                await file.DisposeAsync();
            }
        }
    }

    public async Task<Result<Done>> AnalyseAsync(int image, RowWriter row, ComputeThreads threads, CancellationToken cancellationToken)
    {
        using PreparedFrames.Turn slot = await _prepared.EnterAsync(cancellationToken);
        IReadOnlyDictionary<string, string>? metadata;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (!(await _file.ReadFrameAsync(image, cancellationToken)).TryGet(out SourceFrame? frame, out HutchError? refusal))
            {
                return refusal;
            }

            frame.Bytes.CopyTo(slot.Buffer.Take(frame.Bytes.Length, _prepared.Step.MaxFrameBytes));
            metadata = FrameEntry.UserMetadata(frame, _file.Header.Codec);
        }
        finally
        {
            _reading.Release();
        }

        HutchError? failure = null;
        await threads.RunAsync(
            () => failure = row.Write(_prepared.Step, new RawFrame(image, slot.Buffer.Bytes, metadata)), cancellationToken);
        return failure is null ? Done.Value : failure;
    }

    public async ValueTask DisposeAsync()
    {
        _prepared.Dispose();
        _reading.Dispose();
        await _file.DisposeAsync();
    }

    /// <summary>Reads one of the entries that a dataset of the file would have in addition to its frames.</summary>
    private static async Task<Result<EntryBytes?>> ReadEntryAsync(
        IFrameFile file, string path, int maxBytes, CancellationToken cancellationToken)
    {
        if (path == FrameHeader.EntryPath)
        {
            return EntryBytes.From(file.HeaderJson);
        }

        await foreach (SourceArray array in file.ReadArraysAsync(cancellationToken))
        {
            if (array.Path == path)
            {
                return array.File.Length <= maxBytes ? EntryBytes.From(array.File)
                    : ErrorCode.TooLarge.With($"'{path}' has {array.File.Length} bytes; the limit is {maxBytes}.");
            }
        }

        return (EntryBytes?)null;
    }
}
