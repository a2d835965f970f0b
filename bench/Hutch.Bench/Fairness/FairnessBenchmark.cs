using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Bench.S3;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.Fairness;

/// <summary>How long one person's small reads take, alone and while another one downloads a large file over 64 connections; beside nginx doing the same.</summary>
internal sealed class FairnessBenchmark : IBenchmark
{
    private const int Downloads = 64;
    private const int LargeBytes = 256 << 20;
    private const int SmallBytes = 4 << 10;
    private const int Reads = 2000;
    private const int QuickReads = 300;
    private const int WarmUp = 200;

    public string Name => "fairness";

    public string Description => "small reads alone and beside 64 downloads, Hutch and nginx; aim: the slow-down is no more than nginx's";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int reads = context.IsQuick ? QuickReads : Reads;
        byte[] large = RandomNumberGenerator.GetBytes(LargeBytes);
        byte[] small = RandomNumberGenerator.GetBytes(SmallBytes);
        double ours = await MeasureHutchAsync(context, large, small, reads, cancellationToken);
        if (await MeasureNginxAsync(context, large, small, reads, cancellationToken) is double peer)
        {
            context.Report(Text($"slow-down of the median: hutch {ours:0.0} x, nginx {peer:0.0} x"));
        }
        else
        {
            context.Report("nginx is not installed: no peer");
        }
    }

    private static async Task<double> MeasureHutchAsync(BenchmarkContext context, byte[] large, byte[] small, int reads, CancellationToken ct)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), ct);
        using HttpClient admin = Client(server.Address, await server.ReadAdminTokenAsync(ct));
        using HttpClient ada = Client(server.Address, await UserAsync(admin, "ada", ct));
        using HttpClient bob = Client(server.Address, await UserAsync(admin, "bob", ct));
        string theirs = await PutAsync(ada, "large", large, ct);
        string own = await PutAsync(bob, "small", small, ct);
        double slower = await MeasureAsync(context, "hutch", ada, theirs, bob, own, reads, ct);
        await server.StopAsync(ct);
        return slower;
    }

    private static async Task<double?> MeasureNginxAsync(BenchmarkContext context, byte[] large, byte[] small, int reads, CancellationToken ct)
    {
        if (await NginxFiles.StartAsync(context, ct) is not ({ } server, { } target, { } root))
        {
            return null;
        }

        await using (server)
        {
            string folder = Path.Combine(root, S3Target.Bucket);
            await File.WriteAllBytesAsync(Path.Combine(folder, "large"), large, ct);
            await File.WriteAllBytesAsync(Path.Combine(folder, "small"), small, ct);
            using HttpClient one = Client(new Uri($"http://{target.Address}"), null);
            using HttpClient other = Client(new Uri($"http://{target.Address}"), null);
            return await MeasureAsync(context, "nginx", one, $"/{S3Target.Bucket}/large", other, $"/{S3Target.Bucket}/small", reads, ct);
        }
    }

    /// <summary>Prints both distributions; how many times longer the median is beside the downloads.</summary>
    private static async Task<double> MeasureAsync(
        BenchmarkContext context, string what, HttpClient downloader, string large, HttpClient reader, string small, int reads, CancellationToken ct)
    {
        await ReadAsync(reader, small, WarmUp, ct);
        double[] alone = await ReadAsync(reader, small, reads, ct);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var moved = new long[Downloads];
        long start = Stopwatch.GetTimestamp();
        Task[] downloads = [.. Enumerable.Range(0, Downloads).Select(i => DownloadAsync(downloader, large, moved, i, enough.Token))];
        await ReadAsync(reader, small, WarmUp, ct);
        double[] beside = await ReadAsync(reader, small, reads, ct);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await enough.CancelAsync();
        await Task.WhenAll(downloads);
        context.Report(Text(
            $"{what,-6} alone p50 {At(alone, 0.5):0.00} ms, p99 {At(alone, 0.99):0.00} ms; beside {Downloads} downloads ({moved.Sum() / seconds / 1e6:0} MB/s) p50 {At(beside, 0.5):0.00} ms, p99 {At(beside, 0.99):0.00} ms"));
        return At(beside, 0.5) / At(alone, 0.5);
    }

    private static async Task<double[]> ReadAsync(HttpClient http, string path, int count, CancellationToken ct)
    {
        var times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            if ((await http.GetByteArrayAsync(new Uri(path, UriKind.Relative), ct)).Length != SmallBytes)
            {
                throw new InvalidOperationException($"{path} came with another length.");
            }

            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    /// <summary>Downloads again and again until it is enough.</summary>
    private static async Task DownloadAsync(HttpClient http, string path, long[] moved, int slot, CancellationToken enough)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, enough);
                answer.EnsureSuccessStatusCode();
                await using Stream body = await answer.Content.ReadAsStreamAsync(enough);
                for (int read; (read = await body.ReadAsync(buffer, enough)) > 0;)
                {
                    moved[slot] += read;
                }
            }
        }
        catch (Exception e) when (enough.IsCancellationRequested && e is OperationCanceledException or IOException or HttpRequestException)
        {
            // It was enough.
        }
    }

    private static async Task<string> UserAsync(HttpClient admin, string name, CancellationToken ct)
    {
        using HttpResponseMessage made = await admin.PostAsJsonAsync("/api/v1/users", new { name }, ct);
        return (await made.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("token").GetString()!;
    }

    /// <summary>A dataset with one file; its path.</summary>
    private static async Task<string> PutAsync(HttpClient http, string name, byte[] content, CancellationToken ct)
    {
        using HttpResponseMessage made = await http.PostAsJsonAsync("/api/v1/datasets", new { name }, ct);
        string id = (await made.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!;
        string path = $"/api/v1/datasets/{id}/entries/file";
        using HttpResponseMessage stored = await http.PutAsync(new Uri(path, UriKind.Relative), new ByteArrayContent(content), ct);
        stored.EnsureSuccessStatusCode();
        return path;
    }

    private static HttpClient Client(Uri address, string? token)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Downloads + 1 }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static double At(double[] times, double part) => times.Order().ElementAt((int)(times.Length * part));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
