using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Detectors.Ingest;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Previews.Pictures;

/// <summary>
/// Tries steps on single frames while a user views them. The memory of images is that of analyses and pictures, taken before a turn, so
/// that an account without memory keeps no other waiting; as many trials compute at once as there are threads for analyses.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FrameTrials(IEnumerable<IAnalysisStep> steps, ImageMemory memory, AnalysisWorkerOptions options, TimeProvider time)
    : IFrameTrials, IDisposable
{
    private readonly SemaphoreSlim _turns = new(options.UsedThreads);

    public async Task<Result<FrameTrial>> TryAsync(
        EntryOpener open, DatasetPath path, StepDeclaration declaration, ParameterValues values, CancellationToken ct)
    {
        if (!FrameEntry.TryParse(path.Value, out int number, out _))
        {
            return FrameEntry.NoFrame(path.Value);
        }

        IAnalysisStep analysis = steps.First(each => each.Declaration.Program == declaration.Program);
        Result<IPreparedStep> prepared = await WaitLimit.RunAsync(
            token => analysis.PrepareAsync(
                (entry, maxBytes, reading) => ReadAsync(open, entry, maxBytes, reading), values, memory, 1, token),
            time, ct);
        if (!prepared.IsOk)
        {
            return prepared.Error;
        }

        using (prepared.Value)
        {
            return (await FramePictures.OpenFileAsync(open, path, ct)).TryGet(
                out (Entry Entry, BlobContent Content) frame, out HutchError? refusal)
                ? await TryAsync(prepared.Value, declaration.Columns, number, frame.Entry, frame.Content, ct)
                : refusal;
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<Result<FrameTrial>> TryAsync(
        IPreparedStep prepared, IReadOnlyList<ResultColumn> columns, int number, Entry entry, BlobContent content, CancellationToken ct)
    {
        if (content.Size > prepared.MaxFrameBytes)
        {
            return FrameEntry.TooLarge(content.Size, prepared.MaxFrameBytes);
        }

        byte[] frame = await content.ReadAllAsync((int)Math.Min(prepared.MaxFrameBytes, Array.MaxLength), ct);
        var strong = new StrongPixelRuns();
        using var row = new RowWriter(columns) { Strong = strong };
        await _turns.WaitAsync(ct);
        try
        {
            await Task.Run(() => row.Write(prepared, new RawFrame(number, frame, entry.UserMetadata)), ct);
        }
        finally
        {
            _turns.Release();
        }

        return new FrameTrial(JsonElement.Parse(row.Row.Span), strong.Packed, strong.Count);
    }

    private static async Task<Result<EntryBytes?>> ReadAsync(EntryOpener open, string path, int maxBytes, CancellationToken ct)
    {
        if (!DatasetPath.Parse(path).TryGet(out DatasetPath parsed, out HutchError? refusal))
        {
            return refusal;
        }

        Result<OpenedEntry> opened = await open(parsed, ct);
        if (opened.IsOk)
        {
            return opened.Value.Stored is { } content ? StoredBytes.From(content, path, maxBytes, ct) : (EntryBytes?)null;
        }

        return opened.Error.Code == ErrorCode.NotFound ? (EntryBytes?)null : opened.Error;
    }
}
