using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Agent;
using Hutch.Portal.Tests.Support;
using Hutch.Zone;
using Microsoft.Playwright;

namespace Hutch.Portal.Tests.Journeys;

/// <summary>A test of user journeys, on a site of its own where ada owns the datasets.</summary>
public abstract class Journey(Browser browser) : IAsyncLifetime
{
    private readonly List<IBrowserContext> _windows = [];
    private PortalSite? _site;
    private string? _token;

    /// <summary>Options of the site; null for the defaults.</summary>
    protected virtual ZoneOptions? Zone => null;

    /// <summary>The facility agent of the site; null for none.</summary>
    protected virtual AgentOptions? Agent => null;

    /// <summary>The folder with programs of the site; null for none.</summary>
    protected virtual string? Programs => null;

    /// <summary>A folder for files to upload, or of a facility.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("hutch-journey-").FullName;

    /// <summary>The site.</summary>
    private protected PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    /// <summary>Ada's token.</summary>
    protected string Token => _token ?? throw new InvalidOperationException("The site is not started.");

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync(Zone, agent: Agent, programs: Programs);
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

    /// <summary>Creates a dataset of ada's with some files; returns its id.</summary>
    protected Task<string> DatasetAsync(string name, params (string Path, string Text)[] files) => Site.DatasetAsync(name, Token, files);

    /// <summary>A new window with a logged-in user.</summary>
    protected async Task<IBrowserContext> WindowAsync(string user = "ada", int width = 1280, int height = 800) =>
        Keep(await Site.WindowAsync(browser, user, width, height));

    /// <summary>A page in a new window with a logged-in user.</summary>
    protected async Task<IPage> OpenAsync(string user = "ada", int width = 1280, int height = 800) =>
        await (await WindowAsync(user, width, height)).NewPageAsync();

    /// <summary>A page in a new window without a login.</summary>
    protected async Task<IPage> OpenAsStrangerAsync() => await Keep(await Site.AnonymousAsync(browser)).NewPageAsync();

    /// <summary>Checks that the only file of a dataset has these bytes.</summary>
    protected async Task MustHoldAsync(string dataset, byte[] bytes)
    {
        JsonElement listing = await Site.RequestAsync(HttpMethod.Get, $"datasets/{dataset}/tree", token: Token);
        JsonElement file = Assert.Single(listing.GetProperty("items").EnumerateArray());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.GetProperty("hash").GetString());
    }

    private IBrowserContext Keep(IBrowserContext window)
    {
        _windows.Add(window);
        return window;
    }
}
