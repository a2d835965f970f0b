using System.Buffers.Binary;
using System.Diagnostics;

namespace Hutch.Bench.S3;

/// <summary>Sends prepared requests over so many connections, a thread each, as fast as they are answered.</summary>
internal static class LoadDriver
{
    private const int StackBytes = 256 << 10;

    /// <summary>Runs one cell.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="requests">Each connection takes every n-th of them in turn.</param>
    /// <param name="body">What follows each head that has a body; its beginning is in the head.</param>
    /// <param name="connections">How many.</param>
    /// <param name="limit">For how long; null until all were sent once.</param>
    public static LoadResult Run(S3Target target, LoadRequest[] requests, byte[] body, int connections, TimeSpan? limit)
    {
        RawConnection[] open = [.. Enumerable.Range(0, connections).Select(index => new RawConnection(target.AddressOf(index)))];
        try
        {
            return Measure(target, open.Length, (index, clock, samples) =>
            {
                for (int i = index; limit is { } end ? clock.Elapsed < end : i < requests.Length; i += open.Length)
                {
                    LoadRequest request = requests[i % requests.Length];
                    TimeSpan sent = clock.Elapsed;
                    long bytes = Exchange(open[index], request, body);
                    samples.Add((clock.Elapsed - sent).TotalMilliseconds, bytes);
                }
            });
        }
        finally
        {
            Array.ForEach(open, connection => connection.Dispose());
        }
    }

    /// <summary>Runs something on so many threads and counts what it took, here and at the target.</summary>
    public static LoadResult Measure(S3Target target, int threads, Action<int, Stopwatch, Samples> work)
    {
        Samples[] samples = [.. Enumerable.Range(0, threads).Select(_ => new Samples())];
        Exception? failure = null;
        double server = target.CpuSeconds();
        TimeSpan driver = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        Thread[] running = [.. samples.Select((own, index) => new Thread(
            () =>
            {
                try
                {
                    work(index, clock, own);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            },
            StackBytes))];
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        double seconds = clock.Elapsed.TotalSeconds;
        return failure is null
            ? LoadResult.From(samples, seconds, target.CpuSeconds() - server, (Environment.CpuUsage.TotalTime - driver).TotalSeconds)
            : throw new InvalidOperationException($"{target.Name}: {failure.Message}", failure);
    }

    /// <summary>Sends one request and reads its answer; bytes of the object that were moved.</summary>
    public static long Exchange(RawConnection connection, LoadRequest request, byte[] body)
    {
        if (!request.HasBody)
        {
            return connection.Exchange(request.Head, default, request.HasAnswerBody);
        }

        // One connection at a time sends a request: its stamp is counted up in place.
        Span<byte> stamp = request.Head.AsSpan(request.Head.Length - LoadRequest.StampBytes);
        BinaryPrimitives.WriteInt64LittleEndian(stamp, BinaryPrimitives.ReadInt64LittleEndian(stamp) + 1);
        connection.Exchange(request.Head, body.AsMemory(LoadRequest.StampBytes), request.HasAnswerBody);
        return body.Length;
    }
}

/// <summary>What one thread has measured.</summary>
internal sealed class Samples
{
    public List<double> Milliseconds { get; } = [];

    public long Bytes { get; private set; }

    public void Add(double milliseconds, long bytes)
    {
        Milliseconds.Add(milliseconds);
        Bytes += bytes;
    }
}
