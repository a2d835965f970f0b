using System.Buffers;
using System.Runtime.ExceptionServices;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Model.Parameters;
using Hutch.Objects.S3;

namespace Hutch.Cli.Buckets;

/// <summary>The frames of a bucket, fetched and analysed here by the step that the server's worker runs.</summary>
internal sealed class BucketAnalysis(S3Client client, IAnalysisStep step, ParameterValues values)
{
    internal async Task<IReadOnlyList<S3Item>> ListFramesAsync(CancellationToken cancellationToken)
    {
        var frames = new List<S3Item>();
        await foreach (S3Item item in client.ListAsync(cancellationToken))
        {
            if (FrameName.TryParse(item.Key, out _))
            {
                frames.Add(item);
            }
        }

        return frames;
    }

    /// <summary>Analyses frames; each row is handed over as it is made, by several threads.</summary>
    internal async Task RunAsync(IReadOnlyList<S3Item> frames, Action<ResultRow> take, CancellationToken cancellationToken)
    {
        // One more than the processors: the next frame is fetched while all of them compute.
        int loops = Environment.ProcessorCount + 1;
        var memory = new ImageMemory(ImageMemory.UsualBytes);
        using IPreparedStep prepared = (await step.PrepareAsync(ReadEntryAsync, values, memory, loops, cancellationToken)).Value;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int next = -1;
        async Task LoopAsync()
        {
            await Task.Yield();
            var chunk = new ArrayBufferWriter<byte>();
            using var row = new RowWriter(step.Declaration.Columns);
            try
            {
                while (Interlocked.Increment(ref next) is var i && i < frames.Count)
                {
                    take(await AnalyseAsync(prepared, frames[i], chunk, row, stop.Token));
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        Task all = Task.WhenAll(Enumerable.Range(0, Math.Min(loops, prepared.FramesAtOnce)).Select(_ => LoopAsync()));
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();

        // The first failure cancelled the other loops: report it, not their cancellation.
        if (all.Exception?.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task<ResultRow> AnalyseAsync(
        IPreparedStep prepared, S3Item item, ArrayBufferWriter<byte> chunk, RowWriter row, CancellationToken cancellationToken)
    {
        _ = FrameName.TryParse(item.Key, out int number);
        IReadOnlyDictionary<string, string>? metadata = await client.ReadAsync(
            item.Key, chunk, prepared.MaxFrameBytes, cancellationToken);
        if (metadata is null)
        {
            return new ResultRow { FileNumber = number, Error = "The object was deleted after the bucket was listed." };
        }

        row.Write(prepared, new RawFrame(number, chunk.WrittenSpan, metadata));
        return JsonSerializer.Deserialize(row.Row.Span, HutchJson.Default.ResultRow)!;
    }

    private async Task<Result<EntryBytes?>> ReadEntryAsync(string path, int maxBytes, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>();
        return await client.ReadAsync(path, bytes, maxBytes, cancellationToken) is null
            ? (EntryBytes?)null
            : EntryBytes.From(bytes.WrittenMemory);
    }
}
