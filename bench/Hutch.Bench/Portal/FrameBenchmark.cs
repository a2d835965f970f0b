using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Hutch.Bench.Portal;

/// <summary>
/// Looking at frames in a real browser: from the click on "Next frame" to the pixels read back, with the frame unpacked in the browser and with
/// a picture that the server made of it, at the loopback and as if over a line of 1 Gb/s.
/// </summary>
internal sealed class FrameBenchmark : IBenchmark
{
    private const int Frames = 16;
    private const int FirstClicks = 7;
    private const int GigabitBytesPerSecond = 125_000_000;
    private const double LineMilliseconds = 0.2;

    private static readonly string[] Flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

    public string Name => "frames";

    public string Description => "a frame in the portal, from the click to pixels read back; aims: 4M < 0.3 s, 16M < 1 s at the loopback";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), cancellationToken);
        string token = await server.ReadAdminTokenAsync(cancellationToken);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Flags });
        foreach ((string detector, int bits) in new[] { ("eiger2-4m", 16), ("eiger2-16m", 32) })
        {
            string series = Path.Combine(context.Folder, detector);
            await RunAsync("simulate", "dataset", series, "--detector", detector, "--bits", Text($"{bits}"), "--images", Text($"{Frames}"));
            await RunAsync("ingest", "--quiet", series + "_master.h5", detector, "--remote", server.Address.ToString(), "--token", token);
            JsonElement found = await http.GetFromJsonAsync<JsonElement>("/api/v1/datasets/resolve?name=" + detector, cancellationToken);
            string dataset = found.GetProperty("id").GetString()!;
            foreach (bool isGigabit in new[] { false, true })
            {
                await MeasureAsync(context, browser, server, token, dataset, Text($"{detector}, {bits} bits"), isGigabit, isPhone: false);
                await MeasureAsync(context, browser, server, token, dataset, Text($"{detector}, {bits} bits"), isGigabit, isPhone: true);
            }
        }

        await server.StopAsync(cancellationToken);

        Task RunAsync(params string[] arguments) => BenchmarkContext.RunProgramAsync(HutchExecutable.Path, arguments, cancellationToken);
    }

    private static async Task MeasureAsync(
        BenchmarkContext context, IBrowser browser, ServerProcess server, string token, string dataset, string what, bool isGigabit, bool isPhone)
    {
        await using IBrowserContext window = await browser.NewContextAsync(new()
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = isPhone ? new() { Width = 390, Height = 844 } : new() { Width = 1280, Height = 800 },
            ExtraHTTPHeaders = [new("Authorization", $"Bearer {token}")],
        });
        IPage page = await window.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        if (isGigabit)
        {
            ICDPSession session = await window.NewCDPSessionAsync(page);
            await session.SendAsync("Network.enable");
            await session.SendAsync("Network.emulateNetworkConditions", new()
            {
                ["offline"] = false,
                ["latency"] = LineMilliseconds,
                ["downloadThroughput"] = GigabitBytesPerSecond,
                ["uploadThroughput"] = GigabitBytesPerSecond,
            });
        }

        List<double> first = [];
        while (first.Count < FirstClicks)
        {
            await OpenAtRestAsync(page, dataset);
            first.Add(await page.EvaluateAsync<double>(Click, new { name = "Frames", want = "1" }));
        }

        // The mask comes after the first frame.
        await page.Locator(isPhone ? "canvas[data-frame='1']" : "canvas[data-frame='1'][data-masked]").WaitForAsync();
        List<double> times = [], fetched = [], unpacked = [], drawn = [];
        for (int frame = 2; frame <= Frames; frame++)
        {
            times.Add(await page.EvaluateAsync<double>(Click, new { name = "Next frame", want = frame.ToString(CultureInfo.InvariantCulture) }));
            double[] marks = await page.EvaluateAsync<double[]>(
                "() => ['asked', 'fetched', 'unpacked', 'drawn'].map(name => performance.getEntriesByName(`hutch-frame-${name}`).at(-1).startTime)");
            fetched.Add(marks[1] - marks[0]);
            unpacked.Add(marks[2] - marks[1]);
            drawn.Add(marks[3] - marks[2]);
        }

        string bin = await page.Locator("canvas[data-frame]").GetAttributeAsync("data-bin") ?? "";
        string head = Text(
            $"{what,-24} {(isGigabit ? "1 Gb/s " : "loopback")} {(bin == "1" ? "unpacked in the browser   " : $"by the server, {bin} x {bin} in one")}  first {BenchmarkContext.Median(first):0} ms (median of {FirstClicks}; most {first.Max():0} ms), next {BenchmarkContext.Median(times):0} ms (median; most {times.Max():0} ms): ");
        context.Report(head + Text(
            $"fetched in {BenchmarkContext.Median(fetched):0}, unpacked in {BenchmarkContext.Median(unpacked):0}, drawn in {BenchmarkContext.Median(drawn):0} ms"));
    }

    /// <summary>
    /// The page of a dataset as somebody sees it who looks for the link: loaded, the viewer's script with it, the thumbnail there, and nothing on
    /// its way for half a second. The frames of the page before are not in the browser's cache: the server says that they are revalidated.
    /// </summary>
    private static async Task OpenAtRestAsync(IPage page, string dataset)
    {
        await page.GotoAsync($"/datasets/{dataset}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Frames" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => performance.getEntriesByType('resource').some(loaded => loaded.name.includes('FramesTab'))");
        await page.WaitForFunctionAsync(
            """
            () => [...document.images].every(image => image.complete) &&
                performance.now() - Math.max(...performance.getEntriesByType('resource').map(loaded => loaded.responseEnd)) > 500
            """);
    }

    /// <summary>Milliseconds from the click on what has a name to the moment at which the canvas says that a frame was drawn and read back.</summary>
    private const string Click =
        """
        ({ name, want }) => new Promise(done => {
            const start = performance.now();
            const look = () => document.querySelector(`canvas[data-frame="${want}"]`) !== null;
            const watch = new MutationObserver(() => {
                if (!look()) return;
                watch.disconnect();
                done(performance.now() - start);
            });
            watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-frame'] });
            const target = document.querySelector(`[aria-label="${name}"]`) ?? [...document.querySelectorAll('a')].find(each => each.textContent === name);
            target.click();
        })
        """;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
