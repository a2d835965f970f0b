using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Portal.Tests.Support;
using Hutch.Zone;
using Microsoft.Playwright;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A test in which people do something in the portal: a site of its own, where ada has the datasets.</summary>
public abstract class Journey(Browser browser) : IAsyncLifetime
{
    private readonly List<IBrowserContext> _windows = [];
    private PortalSite? _site;
    private string? _token;

    /// <summary>How the site is set up, where that matters.</summary>
    protected virtual ZoneOptions? Zone => null;

    /// <summary>A folder for files of the computer that the browser runs on.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("hutch-journey-").FullName;

    /// <summary>The site.</summary>
    private protected PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    /// <summary>Ada's token.</summary>
    protected string Token => _token ?? throw new InvalidOperationException("The site is not started.");

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync(Zone);
        _token = await _site.UserAsync("ada");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (IBrowserContext window in _windows)
        {
            await window.CloseAsync();
        }

        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A dataset of ada's, with some files; answers its id.</summary>
    protected Task<string> DatasetAsync(string name, params (string Path, string Text)[] files) => Site.DatasetAsync(name, Token, files);

    /// <summary>A new window in which somebody is logged in.</summary>
    protected async Task<IBrowserContext> WindowAsync(string user = "ada", int width = 1280, int height = 800) =>
        Keep(await Site.WindowAsync(browser, user, width, height));

    /// <summary>The page of a new window in which somebody is logged in.</summary>
    protected async Task<IPage> OpenAsync(string user = "ada", int width = 1280, int height = 800) =>
        await (await WindowAsync(user, width, height)).NewPageAsync();

    /// <summary>The page of a new window in which nobody is logged in.</summary>
    protected async Task<IPage> OpenAsStrangerAsync() => await Keep(await Site.AnonymousAsync(browser)).NewPageAsync();

    /// <summary>The only file of a dataset of ada's has these bytes.</summary>
    protected async Task MustHoldAsync(string dataset, byte[] bytes)
    {
        JsonElement listing = await Site.AskAsync(HttpMethod.Get, $"datasets/{dataset}/tree", token: Token);
        JsonElement file = Assert.Single(listing.GetProperty("items").EnumerateArray());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("hash").GetString());
    }

    private IBrowserContext Keep(IBrowserContext window)
    {
        _windows.Add(window);
        return window;
    }
}
