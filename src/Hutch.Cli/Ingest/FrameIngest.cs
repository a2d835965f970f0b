using System.Buffers;
using Hutch.Client.Transfers;
using Hutch.Formats.Ingest;
using Hutch.Model;

namespace Hutch.Cli.Ingest;

/// <summary>Stores the entries of a detector file, several at a time; what is there already, byte for byte, is left alone.</summary>
internal sealed class FrameIngest(IFrameStore store, ITransferProgress progress)
{
    private const int ParallelPuts = 8;
    private const string HeaderPath = "header";
    private const string JsonType = "application/json";
    private const string NumpyType = "application/x-npy";

    private long _frames;
    private long _bytes;
    private long _kept;

    /// <summary>What was stored.</summary>
    /// <param name="Frames">Frames stored now.</param>
    /// <param name="Bytes">Their bytes.</param>
    /// <param name="Kept">Frames that were there already.</param>
    internal sealed record Outcome(long Frames, long Bytes, long Kept);

    /// <summary>Stores the header, the arrays beside it, and then the frames.</summary>
    internal async Task<Outcome> RunAsync(IngestSource source, CancellationToken cancellationToken)
    {
        await store.LookAsync(cancellationToken);
        await PutAsync(HeaderPath, source.HeaderJson, JsonType, null, cancellationToken);
        await foreach (IngestArray array in source.ReadArraysAsync(cancellationToken))
        {
            await PutAsync(array.Path, array.File, NumpyType, null, cancellationToken);
        }

        progress.Start("Ingesting", source.FrameCount, null);
        using var slots = new SemaphoreSlim(ParallelPuts);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task>();
        try
        {
            await foreach (IngestFrame frame in source.ReadFramesAsync(1, stop.Token))
            {
                await slots.WaitAsync(stop.Token);
                running.RemoveAll(t => t.IsCompletedSuccessfully);
                running.Add(PutFrameAsync(frame.Path, Copy(frame.Chunk), frame.Chunk.Length, frame.UserMetadata, slots, stop));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One of the puts failed and stopped the reading: its failure is told below.
        }
        catch
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await Task.WhenAll(running);
        return new Outcome(_frames, _bytes, _kept);
    }

    private static byte[] Copy(ReadOnlyMemory<byte> chunk)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(chunk.Length);
        chunk.CopyTo(copy);
        return copy;
    }

    private async Task PutFrameAsync(
        string path, byte[] bytes, int length, IReadOnlyDictionary<string, string>? metadata, SemaphoreSlim slots,
        CancellationTokenSource stop)
    {
        try
        {
            await Task.Yield();
            bool stored = await PutAsync(path, bytes.AsMemory(0, length), FrameEntry.ContentType, metadata, stop.Token);
            Interlocked.Add(ref stored ? ref _frames : ref _kept, 1);
            Interlocked.Add(ref _bytes, stored ? length : 0);
            progress.Add(1, length);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            slots.Release();
        }
    }

    private async Task<bool> PutAsync(
        string path, ReadOnlyMemory<byte> bytes, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        BlobHash hash = BlobHash.Of(bytes.Span);
        if (store.Has(path, bytes.Span, hash))
        {
            return false;
        }

        await store.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken);
        return true;
    }
}
