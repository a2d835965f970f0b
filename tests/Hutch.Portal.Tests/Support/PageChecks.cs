using System.Text.Json;
using Microsoft.Playwright;

namespace Hutch.Portal.Tests.Support;

/// <summary>Checks of every page, and its screenshot.</summary>
internal static class PageChecks
{
    /// <summary>Collects script errors and content security policy violations.</summary>
    public static List<string> Listen(this IPage page)
    {
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            // Expected: error responses, and blocked scripts in sandboxed documents.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && !message.Text.StartsWith("Blocked script execution in", StringComparison.Ordinal))
            {
                errors.Add(message.Text);
            }
        };
        return errors;
    }

    /// <summary>Waits until the page is loaded and drawn.</summary>
    public static async Task SettleAsync(this IPage page)
    {
        await page.WaitForFunctionAsync("() => document.querySelector('h1') !== null && document.querySelector('[role=status][aria-label^=Loading], [data-loading]:not(button, button *)') === null");
        await page.EvaluateAsync("() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done()))))");

        // What fades in has other colours until it is there.
        await page.EvaluateAsync(
            """
            () => Promise.allSettled(document.getAnimations()
                .filter(one => Number.isFinite(one.effect?.getComputedTiming().endTime)).map(one => one.finished))
            """);
    }

    /// <summary>Goes to an address inside the loaded page, as a link does: its scripts stay, and nothing of the page before does.</summary>
    public static async Task GoInsideAsync(this IPage page, string path)
    {
        await GoAsync("/there/is/nothing");
        await page.GetByText("Page not found").WaitForAsync();
        await GoAsync(path);

        Task GoAsync(string to) => page.EvaluateAsync(
            "to => { history.pushState({ key: crypto.randomUUID().slice(0, 8) }, '', to); dispatchEvent(new PopStateEvent('popstate', { state: history.state })); }",
            to);
    }

    /// <summary>Saves a screenshot in out/screenshots; with HUTCH_UPDATE_SNAPSHOTS=1 also the one in the documentation.</summary>
    public static async Task<Picture> PictureAsync(this IPage page, string name)
    {
        await page.SettleAsync();
        byte[] picture = await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Repository.Screenshots, name + ".png"),
            Animations = ScreenshotAnimations.Disabled,
        });
        string documented = Path.Combine(Repository.Root, "docs", "portal", "pictures", name + ".png");
        if (File.Exists(documented) && Environment.GetEnvironmentVariable("HUTCH_UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllBytesAsync(documented, picture, TestContext.Current.CancellationToken);
        }

        return new Picture(picture);
    }

    /// <summary>axe finds no violation, a dataset has no more than seven tabs, and the page is not wider than the window.</summary>
    /// <param name="page">The page.</param>
    /// <param name="onlyColours">Only the rules about colours, for a page of which all else was checked in another scheme.</param>
    public static async Task MustBeAccessibleAsync(this IPage page, bool onlyColours = false)
    {
        await page.SettleAsync();
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(Repository.Axe, TestContext.Current.CancellationToken));
        }

        // Frames are sandboxed documents without axe, whose answer it would wait for.
        string rules = onlyColours ? "runOnly: ['color-contrast', 'link-in-text-block'], " : "";
        JsonElement found = await page.EvaluateAsync<JsonElement>(
            "() => axe.run(document, { " + rules + "iframes: false, resultTypes: ['violations'] }).then(r => r.violations.map(v => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '')) })))");
        Assert.True(found.GetArrayLength() == 0, $"{page.Url}: {JsonSerializer.Serialize(found, Indented)}");
        int tabs = await page.EvaluateAsync<int>("() => document.querySelectorAll('nav[aria-label=Dataset] > div:first-child > a').length");
        Assert.True(tabs <= 7, $"{page.Url} has {tabs} tabs.");
        int tooWide = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        Assert.True(tooWide <= 0, $"{page.Url} is {tooWide} pixels wider than the window.");
    }

    /// <summary>The same page in windows of these sizes and schemes: a screenshot of each, and it is accessible in all; then it is light and as wide as before.</summary>
    public static async Task LookAsync(this IPage page, params (string Name, int Width, int Height, ColorScheme Scheme)[] windows)
    {
        (int width, int height) = (page.ViewportSize!.Width, page.ViewportSize.Height);
        var sizes = new HashSet<(int Width, int Height)>();
        foreach ((string name, int wide, int high, ColorScheme scheme) in windows)
        {
            await page.SetViewportSizeAsync(wide, high);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await page.PictureAsync(name);
            await page.MustBeAccessibleAsync(onlyColours: !sizes.Add((wide, high)));
        }

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(width, height);
    }

    /// <summary>The button of a viewer saves what is seen of it, in its size: portal review 7.</summary>
    public static async Task MustSaveAsync(this IPage page, ILocator viewer)
    {
        await page.SettleAsync();
        var seen = new Picture(await viewer.ScreenshotAsync());
        IDownload download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Save as picture (PNG)" }).First.ClickAsync());
        var saved = new Picture(await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));

        Assert.EndsWith(".png", download.SuggestedFilename, StringComparison.Ordinal);
        int[] size = await viewer.EvaluateAsync<int[]>("canvas => [canvas.width, canvas.height]");
        Assert.Equal((size[0], size[1]), (saved.Width, saved.Height));
        Assert.InRange(saved.ShareIn(seen), 0.97, 1); // buttons may lie over it
        await page.Mouse.MoveAsync(0, 0);
        await Assertions.Expect(page.GetByRole(AriaRole.Tooltip)).ToHaveCountAsync(0);
    }

    /// <summary>The number of colours of a canvas; a blank one has few.</summary>
    public static async Task<int> ColoursAsync(this IPage page, string canvas) => await page.EvaluateAsync<int>(
        """
        selector => {
            const canvas = document.querySelector(selector);
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let i = 0; i < pixels.length; i += 4) seen.add((pixels[i] << 24) | (pixels[i + 1] << 16) | (pixels[i + 2] << 8) | pixels[i + 3]);
            return seen.size;
        }
        """,
        canvas);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
