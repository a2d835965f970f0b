using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hutch.Bench.Agent;

namespace Hutch.Bench.Look;

/// <summary>
/// Looking into large HDF5 files that stay in a facility's folder: how long until the first answer of one of 100 GB that nobody has opened
/// yet, and slices of one of 20 GB, beside a page of h5py that opens the same file for each.
/// </summary>
internal sealed class LookBenchmark : IBenchmark
{
    private const int FrameBytes = 2000 * 2000 * sizeof(ushort);
    private const int SlowestHashing = 1 << 20;

    public string Name => "look";

    public string Description =>
        "a first answer of an HDF5 file of 100 GB, and slices of one of 20 GB, registered in place; beside a page of h5py; aim: a slice in < 200 ms";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string parent = Path.Combine(context.Folder, "beamline");
        string folder = Directory.CreateDirectory(Path.Combine(parent, "session")).FullName;
        string script = Path.Combine(context.PeersFolder, "h5py_page.py");
        foreach ((string name, int gigabytes) in new[] { ("large.h5", 100), ("slices.h5", 20) })
        {
            await BenchmarkContext.RunProgramAsync(
                "/usr/bin/python3", [script, "make", Path.Combine(folder, name), Text(gigabytes * 1_000_000_000L / FrameBytes)], cancellationToken);
        }

        string data = Directory.CreateDirectory(Path.Combine(context.Folder, "server")).FullName;
        await using FacilityServer server = await FacilityServer.StartAsync(
            data, parent, [$"site.folders.hashBytesPerSecond={SlowestHashing}"], cancellationToken);
        string dataset = await PublishAsync(server, folder, cancellationToken);

        long start = Stopwatch.GetTimestamp();
        await server.GetAsync($"datasets/{dataset}/hdf5/meta?file=large.h5&path=/entry", cancellationToken);
        double opened = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        context.Report(string.Create(CultureInfo.InvariantCulture, $"100 GB: the first answer after {opened:0} ms, its reader not yet started"));

        using Process? peer = context.IsAlone ? null : StartPeer(script, folder);
        try
        {
            using var page = new HttpClient();
            if (peer is not null)
            {
                page.BaseAddress = new Uri($"http://127.0.0.1:{await peer.StandardOutput.ReadLineAsync(cancellationToken)}/");
            }

            int frames = (int)(20_000_000_000L / FrameBytes);
            int rounds = context.IsQuick ? 10 : 40;
            await MeasureAsync("a frame, as it lies", "/entry/plain", i => $"{i * 31 % frames},0:2000,0:2000");
            await MeasureAsync("200 x 200 pixels of it", "/entry/plain", i => $"{i * 31 % frames},900:1100,900:1100");
            await MeasureAsync("a row through 500 frames", "/entry/plain", i => $"{i * 7}:{(i * 7) + 500},1000,0:2000");
            await OverviewAsync("each 20th value of 20 GB along each axis", "entry/plain/.part/::20,::20,::20");
            await MeasureAsync("a frame, gzip", "/entry/packed", i => $"{i},0:2000,0:2000");

            // All chunks, one after the other, as a viewer asks for them: there is no copy that was thinned out beforehand.
            async Task OverviewAsync(string what, string key)
            {
                start = Stopwatch.GetTimestamp();
                string root = $"datasets/{dataset}/zarr/slices.h5/{key}";
                using var layout = JsonDocument.Parse(await server.GetAsync($"{root}/.zarray", cancellationToken));
                int[] Lengths(string name) => [.. layout.RootElement.GetProperty(name).EnumerateArray().Select(static length => length.GetInt32())];
                (int[] shape, int[] chunk) = (Lengths("shape"), Lengths("chunks"));
                int chunks = (shape[0] + chunk[0] - 1) / chunk[0];
                for (int i = 0; i < chunks; i++)
                {
                    await server.GetAsync($"{root}/{i}.0.0", cancellationToken);
                }

                context.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {string.Join(" x ", shape)} values in {chunks} chunks, {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
            }

            async Task MeasureAsync(string what, string path, Func<int, string> selection)
            {
                List<double> ours = [], theirs = [];
                for (int i = 0; i <= rounds; i++)
                {
                    string query = $"data?file=slices.h5&path={path}&selection={selection(i)}&format=bin";
                    start = Stopwatch.GetTimestamp();
                    byte[] answer = await server.GetAsync($"datasets/{dataset}/hdf5/{query}", cancellationToken);
                    double mine = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    start = Stopwatch.GetTimestamp();
                    byte[] expected = peer is null ? answer : await page.GetByteArrayAsync(query, cancellationToken);
                    double other = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    if (!answer.AsSpan().SequenceEqual(expected))
                    {
                        throw new InvalidOperationException($"{query} is not the same for both.");
                    }

                    // The first of each kind warms both up.
                    ours.AddRange(i == 0 ? [] : [mine]);
                    theirs.AddRange(i == 0 ? [] : [other]);
                }

                string beside = peer is null ? "" : string.Create(
                    CultureInfo.InvariantCulture,
                    $"; h5py {BenchmarkContext.Median(theirs):0.0} ms, {BenchmarkContext.MedianRatio(theirs, ours):0.00} x");
                context.Report(string.Create(
                    CultureInfo.InvariantCulture, $"{what}: {BenchmarkContext.Median(ours):0.0} ms, at most {ours.Max():0.0}{beside}"));
            }
        }
        finally
        {
            peer?.Kill();
        }
    }

    private static async Task<string> PublishAsync(FacilityServer server, string folder, CancellationToken ct)
    {
        string metadata = Path.Combine(folder, "SPA.yml");
        await File.WriteAllTextAsync(metadata, "DataId: a\n", ct);
        string dataset = await FacilityServer.DatasetAsync(metadata, ct);
        await Poll.UntilAsync(async () => (await server.LastLookAsync(ct)).Files >= 2, TimeSpan.FromMilliseconds(10), ct);

        return dataset;
    }

    private static Process StartPeer(string script, string folder) =>
        Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, "serve", folder]) { RedirectStandardOutput = true })
        ?? throw new InvalidOperationException("python3 did not start.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
