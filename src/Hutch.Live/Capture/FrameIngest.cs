using System.Buffers;
using Hutch.Client.Transfers;
using Hutch.Formats.Ingest;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Live.Capture;

/// <summary>
/// Stores one series, several frames at a time, and skips what the sink already has byte for byte. A sink slower than the source makes the
/// source wait.
/// </summary>
public sealed class FrameIngest(IFrameSink sink, ITransferProgress progress)
{
    private const int ParallelPuts = 8;
    private const string NumpyType = "application/x-npy";

    private readonly List<string> _firstMissing = [];
    private long _frames;
    private long _bytes;
    private long _kept;
    private long _missing;

    /// <summary>Stores the header, then the arrays, then the frames.</summary>
    public async Task<IngestOutcome> RunAsync(IFrameSource source, CancellationToken cancellationToken)
    {
        await sink.LookAsync(cancellationToken);
        await PutAsync(FrameHeader.EntryPath, source.HeaderJson, FrameHeader.ContentType, null, cancellationToken);
        await foreach (SourceArray array in source.ReadArraysAsync(cancellationToken))
        {
            await PutAsync(array.Path, array.File, NumpyType, null, cancellationToken);
        }

        progress.Start("Ingesting", source.FrameCount, null);
        using var slots = new SemaphoreSlim(ParallelPuts);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task>();
        try
        {
            await foreach (SourceFrame frame in source.ReadFramesAsync(stop.Token))
            {
                if (frame.IsMissing)
                {
                    Miss(frame);
                    continue;
                }

                await slots.WaitAsync(stop.Token);
                running.RemoveAll(t => t.IsCompletedSuccessfully);
                IReadOnlyDictionary<string, string>? metadata =
                    FrameEntry.UserMetadata(frame.Codec, frame.FilterMask, source.Header.Codec);
                running.Add(PutFrameAsync(frame.Path, Copy(frame.Bytes), frame.Bytes.Length, metadata, slots, stop));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A put failed and stopped the reading. Awaiting the puts below throws its exception.
        }
        catch
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await Task.WhenAll(running);
        return new IngestOutcome(_frames, _bytes, _kept, _missing, _firstMissing);
    }

    private static byte[] Copy(ReadOnlyMemory<byte> bytes)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }

    private void Miss(SourceFrame frame)
    {
        _missing++;
        if (_firstMissing.Count < IngestOutcome.MaxFirstMissing)
        {
            _firstMissing.Add(frame.Path);
        }
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
        if (sink.Has(path, bytes.Span, hash))
        {
            return false;
        }

        await sink.PutAsync(path, bytes, hash, contentType, metadata, cancellationToken);
        return true;
    }
}

/// <summary>The outcome of an ingest.</summary>
/// <param name="Frames">Frames stored now.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Kept">Frames that were already there.</param>
/// <param name="Missing">Frames that the series has a place for but that were never written.</param>
/// <param name="FirstMissing">The paths of the first of these, at most <see cref="MaxFirstMissing"/>.</param>
public sealed record IngestOutcome(long Frames, long Bytes, long Kept, long Missing, IReadOnlyList<string> FirstMissing)
{
    /// <summary>The most missing frames that are named.</summary>
    public const int MaxFirstMissing = 10;
}
