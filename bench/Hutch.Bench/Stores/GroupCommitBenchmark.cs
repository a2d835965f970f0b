using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Bench.Stores;

/// <summary>
/// Durable 4 KiB appends by 1 and 16 writers through the segment store, beside one gathered write and one sync of the same number of bodies into a
/// file prepared in the same way. Shows what headers, checksums, journal, index and threads cost on top of the disk.
/// </summary>
internal sealed class GroupCommitBenchmark : IBenchmark
{
    private const int BodyBytes = 4096;
    private const int Rounds = 5;
    private const int RoundMilliseconds = 1000;
    private const int SliceBytes = 4 << 20;

    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(BodyBytes);

    public string Name => "group-commit";

    public string Description => "durable 4 KiB appends, 1 and 16 writers, beside a raw gathered write + sync; aims >= 0.7 x, >= 0.25 x";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        foreach ((int writers, double aim) in new[] { (1, 0.7), (16, 0.25) })
        {
            var raw = new List<double>();
            var hutch = new List<double>();
            for (int round = 0; round <= Rounds; round++)
            {
                // By turns, so that both meet the same moods of the disk; the first round warms up.
                double peer = Raw(context.Folder, writers);
                double ours = await HutchAsync(context.Folder, writers, cancellationToken);
                if (round > 0)
                {
                    raw.Add(peer);
                    hutch.Add(ours);
                }
            }

            double mine = BenchmarkContext.Median(hutch), other = BenchmarkContext.Median(raw);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{writers,2} writers: hutch {mine:0} /s ({hutch.Min():0}-{hutch.Max():0}), raw {other:0} /s ({raw.Min():0}-{raw.Max():0}), ratio {mine / other:0.00} x, aim >= {aim} x"));
        }
    }

    /// <summary>Bodies a second: a gathered write of as many bodies as there are writers, a sync, again; zeros are written ahead in the same slices.</summary>
    private static double Raw(string folder, int writers)
    {
        string path = Path.Combine(folder, "raw");
        using IDiskFile file = LocalDisk.Instance.Open(path, DiskAccess.CreateNew);
        var zeros = new byte[1 << 20];
        ReadOnlyMemory<byte>[] bodies = [.. Enumerable.Range(0, writers).Select(static _ => (ReadOnlyMemory<byte>)RandomNumberGenerator.GetBytes(BodyBytes))];
        int groupBytes = writers * BodyBytes;
        long offset = 0;
        long prepared = 0;
        var clock = Stopwatch.StartNew();
        for (; clock.ElapsedMilliseconds < RoundMilliseconds; offset += groupBytes)
        {
            if (offset + groupBytes > prepared)
            {
                Prepare(file, prepared, zeros);
                prepared += SliceBytes;
            }

            file.Write(bodies, offset);
            file.Sync();
        }

        double rate = offset / BodyBytes / clock.Elapsed.TotalSeconds;
        LocalDisk.Instance.Delete(path);
        return rate;
    }

    private static void Prepare(IDiskFile file, long from, byte[] zeros)
    {
        file.Allocate(from + SliceBytes);
        for (long at = from; at < from + SliceBytes; at += zeros.Length)
        {
            file.Write(zeros, at);
        }

        file.Sync();
    }

    /// <summary>Bodies a second: each writer waits for its answer before it sends the next; one loop gathers what waits into a group with its records.</summary>
    private static async Task<double> HutchAsync(string folder, int writers, CancellationToken cancellationToken)
    {
        string segments = Path.Combine(folder, "segments");
        (SegmentStore store, _) = await SegmentStore.OpenAsync(LocalDisk.Instance, segments, new SegmentOptions { ReserveBytes = 0 }, TimeProvider.System, cancellationToken);
        Channel<Put> waiting = Channel.CreateUnbounded<Put>(new UnboundedChannelOptions { SingleReader = true });
        var clock = Stopwatch.StartNew();
        Task committing = CommitAsync(store, waiting.Reader, cancellationToken);
        long[] counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                long count = 0;
                while (clock.ElapsedMilliseconds < RoundMilliseconds)
                {
                    var put = new Put(NewBody(writer, count));
                    waiting.Writer.TryWrite(put);
                    await put.Done.Task;
                    count++;
                }

                return count;
            },
            cancellationToken)));
        double rate = counts.Sum() / clock.Elapsed.TotalSeconds;
        waiting.Writer.Complete();
        await committing;
        await store.DisposeAsync();
        Directory.Delete(segments, recursive: true);
        return rate;
    }

    private static async Task CommitAsync(SegmentStore store, ChannelReader<Put> waiting, CancellationToken cancellationToken)
    {
        var group = new SegmentGroup();
        var puts = new List<Put>();
        long sequence = 0;
        while (await waiting.WaitToReadAsync(cancellationToken))
        {
            using var lines = new MemoryStream();
            long first = sequence + 1;
            while (waiting.TryRead(out Put? put))
            {
                puts.Add(put);
                group.Add(MemberKey.Blob(put.Hash), put.Body);
                lines.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{++sequence},\"k\":\"put\",\"h\":\"{put.Hash}\"}}\n")));
            }

            group.SetJournal(lines.GetBuffer().AsMemory(0, (int)lines.Length), first, sequence);
            await store.AppendAsync(Lane.Main, group, cancellationToken);
            puts.ForEach(static put => put.Done.SetResult());
            puts.Clear();
            group.Clear();
        }
    }

    private static byte[] NewBody(int writer, long count)
    {
        byte[] body = [.. Noise];
        BitConverter.TryWriteBytes(body, ((long)writer << 40) + count);
        return body;
    }

    private sealed class Put(byte[] body)
    {
        public byte[] Body => body;

        public BlobHash Hash { get; } = BlobHash.Compute(body);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
