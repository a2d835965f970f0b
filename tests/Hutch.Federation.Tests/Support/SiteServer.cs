using Hutch.Agent;
using Hutch.Api;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.DataLad;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Objects.Http;
using Hutch.Programs;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Write.Folders;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;

namespace Hutch.Federation.Tests.Support;

/// <summary>A real server with a door for other sites, on a folder of its own that goes with it.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private HutchServer _server;
    private string _adminToken;

    private SiteServer(ServeOptions options, HutchServer server, string? adminToken = null)
    {
        _options = options;
        _server = server;
        if (options.Sites is { Listen: not null } sites)
        {
            // Where it was found once it is found again, whenever it starts.
            string address = server.Doors.First(static door => door.Door == "sites").Address.Authority;
            _options = options with
            {
                Sites = new SitesOptions
                {
                    Listen = address,
                    Address = sites.Address,
                    StopSeconds = 1,
                    ReadCacheBytes = sites.ReadCacheBytes,
                },
            };
        }

        NameS3Door();
        _adminToken = adminToken ?? File.ReadAllText(Path.Combine(Folder, AdminAccount.TokenFileName)).Trim();
        Admin = With(_adminToken);
    }

    public string Folder => _options.DataFolder;

    public string KeyFile => Path.Combine(Folder, "keys", "site.key");

    /// <summary>Where its REST door is.</summary>
    public Uri Address => _server.Address;

    /// <summary>Where its S3 door is, if it has one.</summary>
    public Uri S3Address => _server.Doors.First(static door => door.Door == "S3").Address;

    /// <summary>The token of whoever administers it.</summary>
    public string AdminToken => _adminToken;

    /// <summary>What it is made of.</summary>
    public SiteServices Site => _server.Site;

    /// <summary>Its accounts and rights, and the sites of its zone.</summary>
    public ZoneServices Zone => _server.Zone;

    /// <summary>What it can be asked to do.</summary>
    public ServerModules Modules => _server.Modules;

    /// <summary>Whoever administers it.</summary>
    public HutchClient Admin { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts one.</summary>
    /// <param name="name">What it is called while it has joined no zone.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="listens">Whether it has a door for other sites.</param>
    /// <param name="hasAllDoors">Whether it has those of S3 and git, too.</param>
    /// <param name="git">The limits of the door of git.</param>
    /// <param name="readCacheBytes">How much it keeps of what it reads from others; null for the usual.</param>
    /// <param name="agent">The folders of a facility that it watches; null for none.</param>
    /// <param name="publicUrl">Where people reach it, by its configuration; null for nowhere else.</param>
    /// <param name="folders">How it hashes files in them; null for the usual.</param>
    /// <param name="mail">Takes its mail; null for none.</param>
    /// <param name="programs">Executes its programs; null for none.</param>
    /// <param name="disk">
    /// Where its segments are; null for the real one. With it, the folder is beside the test program: temporary files may be in memory.
    /// </param>
    /// <param name="neverStop">The ids of tokens that are let in however long ago it has heard of its zone.</param>
    public static async Task<SiteServer> StartAsync(
        string name = "facility", TimeProvider? time = null, bool listens = true, bool hasAllDoors = false, DataLadOptions? git = null,
        long? readCacheBytes = null, AgentOptions? agent = null, Uri? publicUrl = null,
        IReadOnlyList<string>? neverStop = null, FolderOptions? folders = null, IMailTransport? mail = null, PlayedPrograms? programs = null,
        IDisk? disk = null)
    {
        string folder = disk is null
            ? Directory.CreateTempSubdirectory("hutch-sites-").FullName
            : Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"hutch-sites-{Guid.NewGuid():N}")).FullName;
        ServeOptions options = new()
        {
            DataFolder = folder,
            HttpAddress = "127.0.0.1:0",
            SegmentDisk = disk ?? LocalDisk.Instance,
            SiteName = name,
            Time = time ?? TimeProvider.System,
            Api = new ApiOptions { StopSeconds = 1 },
            Site = new SiteOptions { Folders = folders ?? new FolderOptions() },
            Zone = new ZoneOptions
            {
                Durable = false,
                PublicUrl = publicUrl,
                NeverStop = neverStop ?? [],
                Mail = mail is null ? new MailOptions() : new MailOptions { Host = "mail.example.org", From = "hutch@example.org" },
                MailTransport = mail,
                Accounts = new AccountOptions { HashIterations = 10 },

                // Tests ask again and again until a site has heard of a token.
                Attempts = new AttemptLimits { PairBurst = 100_000, AddressBurst = 100_000, TokenBurst = 100_000 },
            },
            Sites = new SitesOptions
            {
                Listen = listens ? "127.0.0.1:0" : null,
                StopSeconds = 1,
                ReadCacheBytes = readCacheBytes ?? new SitesOptions().ReadCacheBytes,
            },
            Agent = agent ?? new AgentOptions(),
            Programs = programs?.Options ?? new ProgramOptions(),
            Engines = programs is null ? null : [programs],
            AgentPortal = new Uri("https://hutch.example.org"),
            DataLad = hasAllDoors ? git ?? new DataLadOptions() : null,
            S3 = hasAllDoors ? new S3Options { Address = "127.0.0.1:0", StopSeconds = 1, Names = new List<string>() } : null,
        };
        options = await ServerEngine.GiveAsync(options);
        return new SiteServer(options, await HutchServer.StartAsync(options, Ct));
    }

    /// <summary>Starts another server of the same site, whose records servers can share. Others are sent to the door of this one.</summary>
    public async Task<SiteServer> StartOtherAsync()
    {
        ServeOptions options = _options with
        {
            DataFolder = Directory.CreateTempSubdirectory("hutch-sites-").FullName,
            Sites = new SitesOptions { Listen = "127.0.0.1:0", Address = _options.Sites!.Listen, StopSeconds = 1 },
        };
        return new SiteServer(options, await HutchServer.StartAsync(options, Ct), _adminToken);
    }

    /// <summary>Makes a token for a site of this zone.</summary>
    public async Task<string> InviteAsync(string name, string? key = null, long? seconds = null) =>
        (await Admin.InviteSiteAsync(new InviteSite { Name = name, Key = key, ExpiresIn = seconds }, Ct)).Token;

    /// <summary>Joins a zone, whose administrator administers this site from then on.</summary>
    public async Task<JoinedZoneInfo> JoinAsync(SiteServer zone, string name, string? token = null)
    {
        JoinedZoneInfo joined = await Admin.JoinZoneAsync(new JoinZone { Token = token ?? await zone.InviteAsync(name) }, Ct);
        CreatedToken admin = await zone.Admin.CreateTokenAsync(
            new CreateToken { Site = name, Scopes = ["read", "write", "manage", "admin"] }, Ct);
        Admin.Dispose();
        _adminToken = admin.Token!;
        Admin = With(_adminToken);
        await UntilKnownAsync(Admin);
        return joined;
    }

    /// <summary>Lets a person of this zone allow logins at a site, as on the page for it.</summary>
    public async Task AllowAsync(string user, string site, string scopes = "read write manage")
    {
        string link = (await Admin.CreateLoginLinkAsync(user, Ct)).Url;
        string code = link[(link.IndexOf("#code=", StringComparison.Ordinal) + 6)..];
        StartedSession browser = (await Zone.LoginLinks.RedeemAsync(code, new LoginOrigin(null, null), Ct)).Value;
        Caller person = (await Zone.Authenticator.AuthenticateSessionAsync(browser.Secret.Reveal(), null, Ct)).Value;
        _ = (await Zone.SiteConsents.GiveAsync(person, site, TokenScope.Parse(scopes).Value, Ct)).Value;
        _ = (await Zone.Logins.LogOutAsync(person, Ct)).Value;
    }

    /// <summary>Waits until somebody is let in.</summary>
    public static async Task UntilKnownAsync(HutchClient client)
    {
        while (true)
        {
            try
            {
                await client.GetCallerAsync(Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Unauthenticated)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    /// <summary>Waits until somebody is let in no more; says why.</summary>
    public static async Task<HutchError> UntilRefusedAsync(HutchClient client)
    {
        while (true)
        {
            try
            {
                await client.GetCallerAsync(Ct);
                await Task.Delay(20, Ct);
            }
            catch (HutchException e)
            {
                return e.Error;
            }
        }
    }

    /// <summary>Somebody with a token.</summary>
    /// <param name="token">Its text.</param>
    /// <param name="unconfirmed">Told the sites that do not know yet of what was taken away.</param>
    public HutchClient With(string token, Action<string>? unconfirmed = null) => new(
        _server.Address, token, new HutchClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 }, Unconfirmed = unconfirmed });

    /// <summary>Its administrator, who learns which sites have not confirmed something.</summary>
    public HutchClient AdminWith(Action<string> unconfirmed) => With(_adminToken, unconfirmed);

    /// <summary>Why it may not join a zone.</summary>
    public async Task<HutchError> RefusedAsync(string token) => (await Assert.ThrowsAsync<HutchException>(() => Admin.JoinZoneAsync(new JoinZone { Token = token }, Ct))).Error;

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
        NameS3Door();
        Admin = With(_adminToken);
    }

    /// <summary>Makes its folder again the site that it was, while it is stopped.</summary>
    public Task<Result<JoinedZoneRecord>> ReturnAsync(string token) => SiteRecovery.RunAsync(_options, token, Ct);

    /// <summary>Configures the address of the S3 door, which is known once it is open, as its name.</summary>
    private void NameS3Door()
    {
        if (_options.S3?.Names is List<string> names)
        {
            names.Clear();
            names.Add(S3Address.Authority);
        }
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
}
