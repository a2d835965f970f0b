using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.Bench.Stores;
using Hutch.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Hutch.Bench.Portal;

/// <summary>The portal in a real browser: first load, time to interactive, scrolling a million entries, uploads beside curl.</summary>
internal sealed class PortalBenchmark : IBenchmark
{
    private const int Loads = 7;
    private const int Entries = 1_000_000;
    private const int UploadBytes = 512 << 20;
    private const long LargeBytes = 4L << 30;
    private const int Rounds = 3;
    private const int SlowLatencyMs = 400;
    private const int SlowBytesPerSecond = 400_000 / 8;

    private static readonly string[] Flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

    public string Name => "portal";

    public string Description =>
        "first load, also on slow 3G, a million entries, upload beside curl; aims: < 200 kB, 12 requests, list 6 s, frame 12 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), cancellationToken);
        string token = await server.ReadAdminTokenAsync(cancellationToken);
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Flags });
        if (!context.IsQuick)
        {
            string many = await PushManyAsync(http, cancellationToken);
            await LoadAsync(context, browser, server, token);
            await SlowFrameAsync(context, browser, server, http, token, cancellationToken);
            await ScrollAsync(context, browser, server, token, many);
        }

        await UploadAsync(context, browser, server, http, token, cancellationToken);
        await server.StopAsync(cancellationToken);
    }

    private static async Task LoadAsync(BenchmarkContext context, IBrowser browser, ServerProcess server, string token)
    {
        List<double> first = [], again = [];
        long bytes = 0, requests = 0;
        for (int i = 0; i < Loads; i++)
        {
            await using IBrowserContext window = await OpenAsync(browser, server, token);
            IPage page = await window.NewPageAsync();
            long loaded = 0, answered = 0;
            var sizes = new List<Task>();
            page.RequestFinished += (_, request) => sizes.Add(AddAsync(request));
            first.Add(await TimeToListAsync(page));
            await Task.WhenAll(sizes);
            (bytes, requests) = (loaded, answered);
            again.Add(await TimeToListAsync(page));

            async Task AddAsync(IRequest request)
            {
                RequestSizesResult size = await request.SizesAsync();
                Interlocked.Add(ref loaded, size.ResponseBodySize + size.ResponseHeadersSize);
                Interlocked.Increment(ref answered);
            }
        }

        context.Report(Text($"first load      {bytes / 1000.0:0} kB sent in {requests} requests; the list of datasets can be used after {BenchmarkContext.Median(first):0} ms, with a warm cache {BenchmarkContext.Median(again):0} ms"));
        await using IBrowserContext slow = await OpenAsync(browser, server, token);
        IPage slowPage = await SlowPageAsync(slow);
        context.Report(Text($"slow 3G         400 ms, 400 kbit/s: the list can be used after {await TimeToListAsync(slowPage) / 1000:0.0} s"));
    }

    /// <summary>The first frame of a series, by its address and with nothing of the portal in the browser's cache.</summary>
    private static async Task SlowFrameAsync(
        BenchmarkContext context, IBrowser browser, ServerProcess server, HttpClient http, string token, CancellationToken ct)
    {
        string series = Path.Combine(context.Folder, "series");
        await RunAsync("simulate", "dataset", series, "--detector", "eiger2-4m", "--images", "2");
        await RunAsync("ingest", "--quiet", series + "_master.h5", "series", "--remote", server.Address.ToString(), "--token", token);
        JsonElement found = await http.GetFromJsonAsync<JsonElement>("/api/v1/datasets/resolve?name=series", ct);
        await using IBrowserContext slow = await OpenAsync(browser, server, token);
        IPage page = await SlowPageAsync(slow);
        long start = Stopwatch.GetTimestamp();
        await page.GotoAsync($"/datasets/{found.GetProperty("id").GetString()}/frames");
        await page.Locator("canvas[data-frame='1']").WaitForAsync();
        context.Report(Text(
            $"slow 3G         the first frame of 4M is drawn after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, by the server, {await page.Locator("canvas[data-frame]").GetAttributeAsync("data-bin")} x as coarse"));

        Task RunAsync(params string[] arguments) => BenchmarkContext.RunProgramAsync(HutchExecutable.Path, arguments, ct);
    }

    /// <summary>A page over a line of slow 3G, which the browser itself throttles.</summary>
    private static async Task<IPage> SlowPageAsync(IBrowserContext window)
    {
        IPage page = await window.NewPageAsync();
        ICDPSession network = await window.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        await network.SendAsync("Network.emulateNetworkConditions", new()
        {
            ["offline"] = false,
            ["latency"] = SlowLatencyMs,
            ["downloadThroughput"] = SlowBytesPerSecond,
            ["uploadThroughput"] = SlowBytesPerSecond,
        });
        return page;
    }

    /// <summary>Milliseconds until the list is drawn and answers.</summary>
    private static async Task<double> TimeToListAsync(IPage page)
    {
        long start = Stopwatch.GetTimestamp();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "admin/million" }).First.WaitForAsync();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task ScrollAsync(BenchmarkContext context, IBrowser browser, ServerProcess server, string token, string id)
    {
        await using IBrowserContext window = await OpenAsync(browser, server, token);
        IPage page = await window.NewPageAsync();
        long start = Stopwatch.GetTimestamp();
        await page.GotoAsync($"/datasets/{id}");
        await page.GetByText("frame-0000000.cbf").WaitForAsync();
        double opened = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        // A wheel that never stops, one notch a frame, for five seconds; then the end of the list again and again, until all is known.
        JsonElement wheel = await page.EvaluateAsync<JsonElement>(
            """
            async () => {
                const list = document.querySelector('[data-testid=file-scroller]');
                const times = [];
                let last = performance.now();
                const end = last + 5000;
                while (last < end) {
                    list.scrollTop += 120;
                    await new Promise(requestAnimationFrame);
                    const now = performance.now();
                    times.push(now - last);
                    last = now;
                }
                times.sort((a, b) => a - b);
                return { frames: times.length, median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)] };
            }
            """);
        start = Stopwatch.GetTimestamp();
        double megabytes = await page.EvaluateAsync<double>(
            """
            async () => {
                const list = document.querySelector('[data-testid=file-scroller]');
                while (![...document.querySelectorAll('[role=status]')].some(words => words.innerText === '1\u202f000\u202f000 entries')) {
                    list.scrollTop = list.scrollHeight;
                    await new Promise(done => setTimeout(done, 5));
                }
                return performance.memory.usedJSHeapSize / 1e6;
            }
            """);
        double walked = Stopwatch.GetElapsedTime(start).TotalSeconds;
        context.Report(Text(
            $"1 000 000 entries: first rows after {opened:0} ms; scrolling {wheel.GetProperty("median").GetDouble():0.0} ms a frame (99 %: {wheel.GetProperty("p99").GetDouble():0} ms); from top to end in {walked:0.0} s, then {megabytes:0} MB of script memory"));
    }

    private static async Task UploadAsync(BenchmarkContext context, IBrowser browser, ServerProcess server, HttpClient http, string token, CancellationToken ct)
    {
        string file = Path.Combine(context.Folder, "upload.raw");
        using var process = Process.GetProcessById(server.ProcessId);
        List<Upload> portal = [], curl = [];
        for (int i = 0; i < Rounds; i++)
        {
            await WriteRandomAsync(file, ct);
            portal.Add(await UploadInPortalAsync(browser, server, http, token, file, $"portal-{i}", ct));
            await WriteRandomAsync(file, ct);
            string theirs = await CreateAsync(http, $"curl-{i}", ct);
            TimeSpan before = process.TotalProcessorTime;
            long begun = Stopwatch.GetTimestamp();
            await BenchmarkContext.RunProgramAsync(
                "curl",
                ["--silent", "--fail", "--request", "PUT", "--header", $"Authorization: Bearer {token}", "--upload-file", file, new Uri(server.Address, $"/api/v1/datasets/{theirs}/entries/upload.raw").ToString()],
                ct);
            curl.Add(new Upload(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, After(process, before), 0));
        }

        double ours = UploadBytes / 1e6 / BenchmarkContext.Median([.. portal.Select(each => each.Seconds)]), peer = UploadBytes / 1e6 / BenchmarkContext.Median([.. curl.Select(each => each.Seconds)]);
        context.Report(Text($"upload, 512 MiB: portal {ours:0} MB/s (hashed on both sides), curl {peer:0} MB/s (not hashed by curl), ratio {ours / peer:0.00}"));
        context.Report(Text(
            $"processor time: browser {BenchmarkContext.Median([.. portal.Select(each => each.BrowserSeconds)]):0.0} s and server {BenchmarkContext.Median([.. portal.Select(each => each.ServerSeconds)]):0.0} s; with curl, server {BenchmarkContext.Median([.. curl.Select(each => each.ServerSeconds)]):0.0} s"));

        if (context.IsQuick)
        {
            return;
        }

        // A file that takes no room here: what the browser needs must not grow with it.
        await using (FileStream sparse = File.Create(file))
        {
            sparse.SetLength(LargeBytes);
        }

        Upload large = await UploadInPortalAsync(browser, server, http, token, file, "large", ct);
        context.Report(Text(
            $"upload, 4 GiB: {LargeBytes / 1e6 / large.Seconds:0} MB/s, the browser's processes take {large.Megabytes:0} MB at most (with 512 MiB: {portal.Max(each => each.Megabytes):0} MB)"));
    }

    private static async Task<Upload> UploadInPortalAsync(
        IBrowser browser, ServerProcess server, HttpClient http, string token, string file, string name, CancellationToken ct)
    {
        using var process = Process.GetProcessById(server.ProcessId);
        string dataset = await CreateAsync(http, name, ct);
        await using IBrowserContext window = await OpenAsync(browser, server, token);
        IPage page = await window.NewPageAsync();
        await page.GotoAsync($"/datasets/{dataset}");
        await page.GetByText("This dataset is empty").WaitForAsync();
        double browserBefore = BrowserProcesses.ProcessorSeconds();
        TimeSpan serverBefore = process.TotalProcessorTime;
        using var stop = new CancellationTokenSource();
        Task<List<(double Seconds, double Megabytes)>> memory = ProcessMemory.SampleAsync(BrowserProcesses.Megabytes, stop.Token);
        long start = Stopwatch.GetTimestamp();
        await page.GetByTestId("upload-files").SetInputFilesAsync(file);
        await page.GetByText("uploaded as version").WaitForAsync(new() { Timeout = 1_200_000 });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double browserSeconds = BrowserProcesses.ProcessorSeconds() - browserBefore;
        await stop.CancelAsync();
        return new Upload(seconds, browserSeconds, After(process, serverBefore), (await memory).Max(sample => sample.Megabytes));
    }

    private static double After(Process process, TimeSpan before)
    {
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    private static async Task<IBrowserContext> OpenAsync(IBrowser browser, ServerProcess server, string token)
    {
        IBrowserContext window = await browser.NewContextAsync(new()
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = new() { Width = 1280, Height = 800 },
            ExtraHTTPHeaders = [new("Authorization", $"Bearer {token}")],
        });
        window.SetDefaultTimeout(300_000);
        return window;
    }

    private static async Task<string> PushManyAsync(HttpClient http, CancellationToken ct)
    {
        string id = await CreateAsync(http, "million", ct);
        (await http.PutAsync($"/api/v1/datasets/{id}/entries/frame-0000000.cbf", new StringContent("the same"), ct)).EnsureSuccessStatusCode();
        JsonElement snapshot = await PostAsync(http, $"datasets/{id}/snapshots", JsonContent.Create(new { }), ct);
        JsonElement session = await PostAsync(http, $"datasets/{id}/sessions", JsonContent.Create(new { }), ct);
        string hash = Convert.ToHexStringLower(SHA256.HashData("the same"u8));
        var lines = new StringBuilder(Text($"{{\"base\":{snapshot.GetProperty("number").GetInt64()},\"changes\":{Entries - 1}}}\n"));
        for (int i = 1; i < Entries; i++)
        {
            lines.Append(Text($"{{\"op\":\"put\",\"path\":\"frame-{i:0000000}.cbf\",\"kind\":\"file\",\"hash\":\"{hash}\",\"size\":8}}\n"));
        }

        await PostAsync(http, $"sessions/{session.GetProperty("id").GetString()}/commit", new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson"), ct);
        return id;
    }

    private static async Task<string> CreateAsync(HttpClient http, string name, CancellationToken ct) =>
        (await PostAsync(http, "datasets", JsonContent.Create(new { name }), ct)).GetProperty("id").GetString()!;

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, HttpContent body, CancellationToken ct)
    {
        using HttpResponseMessage response = await http.PostAsync("/api/v1/" + path, body, ct);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    private static async Task WriteRandomAsync(string path, CancellationToken ct)
    {
        await using FileStream file = File.Create(path);
        var bytes = new byte[8 << 20];
        for (int written = 0; written < UploadBytes; written += bytes.Length)
        {
            RandomNumberGenerator.Fill(bytes);
            await file.WriteAsync(bytes, ct);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <param name="Seconds">How long it took.</param>
    /// <param name="BrowserSeconds">Processor time of the browser.</param>
    /// <param name="ServerSeconds">Processor time of the server.</param>
    /// <param name="Megabytes">The most memory that the browser took.</param>
    private sealed record Upload(double Seconds, double BrowserSeconds, double ServerSeconds, double Megabytes);
}
