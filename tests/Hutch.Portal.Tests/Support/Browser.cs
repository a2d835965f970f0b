using Microsoft.Playwright;

namespace Hutch.Portal.Tests.Support;

/// <summary>Debian's Chromium without its own windows, which takes less of the processor, started once for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>A page of a test is closed before optimized code pays: without it, the browser takes a tenth less of the processor.</summary>
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--js-flags=--no-opt --no-maglev",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser.</summary>
    public IBrowser Chromium => _browser ?? throw new InvalidOperationException("The browser is not started.");

    public async ValueTask InitializeAsync()
    {
        // Long enough for a busy machine; a passing test never waits for it.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await LaunchAsync();
    }

    /// <summary>Starts another one with extra flags.</summary>
    public Task<IBrowser> LaunchAsync(params string[] more) =>
        _playwright!.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = "/usr/lib/chromium/chromium-headless-shell", Args = [.. Flags, .. more] });

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}
