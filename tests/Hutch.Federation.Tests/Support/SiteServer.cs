using Hutch.Api;
using Hutch.Api.Hosting;
using Hutch.Client;
using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Objects.Http;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Federation.Tests.Support;

/// <summary>A real server with a door for other sites, on a folder of its own that goes with it.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private HutchServer _server;

    private SiteServer(ServeOptions options, HutchServer server)
    {
        _options = options;
        _server = server;
        Admin = Connect();
    }

    public string Folder => _options.DataFolder;

    public string KeyFile => Path.Combine(Folder, "keys", "site.key");

    /// <summary>Whoever administers it.</summary>
    public HutchClient Admin { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SiteServer> StartAsync(string name = "facility", TimeProvider? time = null, bool listens = true)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-sites-").FullName;
        var options = new ServeOptions
        {
            DataFolder = folder,
            HttpAddress = "127.0.0.1:0",
            SiteName = name,
            Time = time ?? TimeProvider.System,
            Api = new ApiOptions { StopSeconds = 1 },
            Zone = new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } },
            ConfigureServices = services => services.AddFederation(
                new SitesOptions { Listen = listens ? "127.0.0.1:0" : null, StopSeconds = 1 }, name, folder, null),
        };
        return new SiteServer(options, await HutchServer.StartAsync(options, Ct));
    }

    /// <summary>Makes a token for a site of this zone.</summary>
    public async Task<string> InviteAsync(string name, string? key = null, long? seconds = null) =>
        (await Admin.InviteSiteAsync(new InviteSite { Name = name, Key = key, ExpiresIn = seconds }, Ct)).Token;

    /// <summary>Joins a zone.</summary>
    public Task<JoinedZoneInfo> JoinAsync(string token) => Admin.JoinZoneAsync(new JoinZone { Token = token }, Ct);

    /// <summary>Why it may not join a zone.</summary>
    public async Task<HutchError> RefusedAsync(string token) => (await Assert.ThrowsAsync<HutchException>(() => JoinAsync(token))).Error;

    /// <summary>A site of this zone.</summary>
    public async Task<ZoneSiteInfo> SiteAsync(string name) =>
        Assert.Single((await Admin.GetSitesAsync(Ct)).Items, site => site.Name == name);

    /// <summary>Waits for something that comes by itself.</summary>
    public async Task UntilAsync(Func<SiteList, bool> holds)
    {
        while (!holds(await Admin.GetSitesAsync(Ct)))
        {
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Stops gracefully and starts again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Starts on the same folder.</summary>
    public async Task StartAgainAsync()
    {
        _server = await HutchServer.StartAsync(_options, Ct);
        Admin = Connect();
    }

    public async Task StopAsync()
    {
        Admin.Dispose();
        await _server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private HutchClient Connect() => new(
        _server.Address, File.ReadAllText(Path.Combine(Folder, AdminAccount.TokenFileName)).Trim(),
        new HutchClientOptions { Retry = new RetryPolicy { MaxAttempts = 1 } });
}
