using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Microsoft.Playwright;

namespace Hutch.Bench.Portal;

/// <summary>
/// A volume of 512³ values in a real browser without a graphics processor: pictures a second while it is turned, with how many points, and the
/// time from the last movement to the whole picture.
/// </summary>
internal sealed class VolumeBenchmark : IBenchmark
{
    private const int Side = 512;
    private const int HeaderBytes = 128;
    private const int Seconds = 4;
    private static readonly string[] Flags = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--enable-unsafe-swiftshader"];

    public string Name => "volumes";

    public string Description => "a volume of 512³ in the portal, in software rendering; aims: 5 pictures a second while it moves, whole 1 s after it stands";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), cancellationToken);
        string token = await server.ReadAdminTokenAsync(cancellationToken);
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage made = await http.PostAsJsonAsync("/api/v1/datasets", new { name = "volumes" }, cancellationToken);
        string dataset = (await made.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString()!;
        using HttpResponseMessage put = await http.PutAsync(
            $"/api/v1/datasets/{dataset}/entries/ball.npy", new ByteArrayContent(Ball()), cancellationToken);
        put.EnsureSuccessStatusCode();

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = Flags });
        await using IBrowserContext window = await browser.NewContextAsync(new()
        {
            BaseURL = server.Address.ToString(),
            ViewportSize = new() { Width = 1280, Height = 800 },
            ExtraHTTPHeaders = [new("Authorization", $"Bearer {token}")],
        });
        IPage page = await window.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        foreach (string mode in new[] { "translucent", "maximum", "surface" })
        {
            await page.GotoAsync($"/datasets/{dataset}/files/ball.npy?panes=3d&draw={mode}");
            await page.Locator("[data-testid=volume] canvas[data-drawn=whole]").WaitForAsync();
            JsonElement seen = await page.EvaluateAsync<JsonElement>(Turn, Seconds * 1000);
            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{mode,-11} {seen.GetProperty("pictures").GetDouble() / Seconds:0.0} pictures/s of {seen.GetProperty("points").GetString()} points, whole {seen.GetProperty("whole").GetDouble():0} ms after it stands ({seen.GetProperty("renderer").GetString()})"));
        }

        await server.StopAsync(cancellationToken);
    }

    /// <summary>Turns the volume with the arrow keys, a step each picture, for so long; then waits for the whole picture.</summary>
    private const string Turn =
        """
        async (milliseconds) => {
            const stage = document.querySelector('[data-testid=volume]');
            const canvas = stage.querySelector('canvas');
            const state = () => canvas.dataset.drawn;
            const next = () => new Promise(done => {
                const watch = new MutationObserver(() => state() !== 'no' && (watch.disconnect(), done()));
                watch.observe(canvas, { attributes: true, attributeFilter: ['data-drawn'] });
            });
            const begin = performance.now();
            let pictures = 0;
            while (performance.now() - begin < milliseconds) {
                const drawn = next();
                stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
                await drawn;
                pictures++;
            }
            const stood = performance.now();
            const points = canvas.dataset.points;
            while (state() !== 'whole') await new Promise(done => setTimeout(done, 5));
            return { pictures, points, whole: performance.now() - stood, renderer: stage.dataset.renderer ?? '' };
        }
        """;

    /// <summary>A ball of noise whose values fall to its edge, as numpy stores it.</summary>
    private static byte[] Ball()
    {
        byte[] file = new byte[HeaderBytes + (Side * Side * Side)];
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({Side}, {Side}, {Side}), }}";
        file[0] = 0x93;
        System.Text.Encoding.ASCII.GetBytes("NUMPY\u0001\0", file.AsSpan(1));
        file[8] = HeaderBytes - 10;
        System.Text.Encoding.ASCII.GetBytes(header.PadRight(HeaderBytes - 11) + "\n", file.AsSpan(10));
        var random = new Random(1);
        for (int z = 0, at = HeaderBytes; z < Side; z++)
        {
            for (int y = 0; y < Side; y++)
            {
                for (int x = 0; x < Side; x++, at++)
                {
                    double r = Math.Sqrt(((x - 256.0) * (x - 256)) + ((y - 256.0) * (y - 256)) + ((z - 256.0) * (z - 256)));
                    file[at] = (byte)Math.Max(0, 200 - r + random.Next(40));
                }
            }
        }

        return file;
    }
}
