using Hutch.Dav;
using Hutch.Federation;
using Hutch.Processing;
using Hutch.Programs.Engines;
using Hutch.Site.Write.Committing;
using Hutch.Zone.Logins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Hutch.Server;

/// <summary>A running server: the zone and the site of one data folder, and the REST door before them.</summary>
public sealed class HutchServer : IAsyncDisposable
{
    /// <summary>The name of the REST door in the folder's list of listeners.</summary>
    public const string RestDoor = "REST";

    private readonly DataFolder _folder;
    private readonly Action<string>? _notice;
    private readonly TaskCompletionSource<HandOver> _handOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _areDoorsClosed;
    private int _isClosed;
    private ZoneServices? _zone;
    private SiteServices? _site;
    private TlsCertificates? _certificates;
    private ServerModules? _modules;
    private RestModule? _rest;
    private WebApplication? _app;

    private HutchServer(DataFolder folder, Action<string>? notice) => (_folder, _notice) = (folder, notice);

    /// <summary>The address of the listener, such as <c>http://127.0.0.1:8470</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public Uri? SecureAddress { get; private set; }

    /// <summary>The SHA-256 of its certificate, as clients name it; null when it does not listen for HTTPS.</summary>
    public string? Fingerprint => _certificates?.Fingerprint;

    internal ZoneServices Zone => _zone!;

    /// <summary>Bytes, heads, upkeep.</summary>
    internal SiteServices Site => _site!;

    /// <summary>Makes backups of the site.</summary>
    internal BackupWriter Backup { get; private set; } = null!;

    internal CancellationToken Stopping { get; private set; }

    /// <summary>Ends when the site is to move to another place at once.</summary>
    internal Task<HandOver> HandingOver => _handOver.Task;

    internal ServerModules Modules => _modules!;

    internal RestModule Rest => _rest!;

    internal IReadOnlyList<(string Door, Uri Address)> Doors =>
    [
        .. new[] { Address, SecureAddress }.OfType<Uri>().Distinct().Select(address => (RestDoor, address)),
        .. Modules.Doors.SelectMany(door => door.Addresses.Select(address => (door.Name, address))),
    ];

    /// <summary>
    /// Serves until it is cancelled or receives a signal (SIGTERM, SIGINT), then stops gracefully. If <c>site.db</c> turns out to be
    /// damaged, the server stops and starts again, which rebuilds it. When its site moves, a server on the new place follows.
    /// </summary>
    public static Task RunAsync(ServeOptions options, CancellationToken ct)
    {
        return new ServerRun(options.Time).RunAsync(options, ct);
    }

    /// <summary>Starts a server; it answers requests when this returns. Dispose it to stop it gracefully.</summary>
    public static async Task<HutchServer> StartAsync(ServeOptions options, CancellationToken ct)
    {
        if (StartChecks.FindProblems(options) is { Count: > 0 } problems)
        {
            throw ErrorCode.BadConfiguration.With(string.Join("\n  ", problems)).ToException();
        }

        // Of a folder in use, the server that uses it is the better news.
        if (!BackupHost.IsDataFolder(options.DataFolder))
        {
            StartChecks.RequireFreeAddresses(options);
        }

        var server = new HutchServer(await DataFolder.OpenAsync(LocalDisk.Instance, options, ct), options.Notice);
        try
        {
            await server.OpenAsync(options, ct);
            return server;
        }
        catch
        {
            // Some loops may run already.
            await server.CloseAsync(isSealed: false);
            throw;
        }
    }

    /// <summary>Finishes requests, drains the committer, seals and closes everything.</summary>
    public ValueTask DisposeAsync() => CloseAsync(isSealed: true);

    /// <summary>Begins to stop, without waiting.</summary>
    internal void Stop() => _app!.Lifetime.StopApplication();

    /// <summary>
    /// Ends requests, loops and jobs, and keeps the site open. Requests that are in progress when <paramref name="cut"/> is cancelled are
    /// cut off.
    /// </summary>
    internal async ValueTask CloseDoorsAsync(CancellationToken cut)
    {
        if (Interlocked.Exchange(ref _areDoorsClosed, 1) != 0)
        {
            return;
        }

        if (_app is { } app)
        {
            try
            {
                await app.StopAsync(cut);
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested)
            {
                // The requests that were cut off were not acknowledged.
            }

            await app.DisposeAsync();
        }

        // A collection would keep the last backup of a hand-over waiting.
        await (_site?.Jobs.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        _rest?.Dispose();
        await (_modules?.DisposeAsync() ?? ValueTask.CompletedTask);
        _certificates?.Dispose();
    }

    private async Task OpenAsync(ServeOptions options, CancellationToken ct)
    {
        StartChecks.RequireFreeAddresses(options);
        ILoggerFactory loggers = Loggers.Create(options);
        await (options.Site.Engine?.CheckAsync(options.SegmentDisk, _folder.Path, ct) ?? Task.CompletedTask);
        var types = new TypeLibrary(LocalDisk.Instance, options.Types.Folder, options.Time);
        ZoneOptions zoneOptions = options.Zone with { Types = types, S3Region = options.S3?.Region ?? options.Zone.S3Region };
        ZoneServices zone = _zone = await ZoneServices.OpenAsync(
            LocalDisk.Instance, _folder.Path, zoneOptions, options.Time, loggers, _folder.BeforeFirstAccount, ct);
        SiteReturn.RequireMembership(LocalDisk.Instance, _folder.Path, zone.Sites);
        SiteServices site = _site = await SiteServices.OpenAsync(
            options.SegmentDisk, _folder.Path, SiteOptionsOf(options, zone), options.Time, loggers, ct);
        if (site.Engine.Accounts is { } accounts)
        {
            zone.KeepIn(accounts);
        }

        await BeginAsync(_folder, zone, site, options.Time, ct);
        BackupWriter backup = Backup = new BackupWriter(
            new BackupSource(LocalDisk.Instance, _folder.Path, site, zone, _folder.Incarnation.Id, options.Time));
        site.Jobs.Add(new BackupTask(backup));
        if (options.Locations is { } locations)
        {
            site.Jobs.Add(new HandOverTask(options, locations, backup, site.Engine.SealAsync, _handOver.SetResult));
        }

        var backups = new BackupSchedule(LocalDisk.Instance, site.Jobs, options.Backup, options.Time);
        _certificates = OpenCertificates(options, _folder, loggers);
        IMemoryPoolFactory<byte> memory = options.Memory ?? new BlockPool();
        ServerModules modules = _modules = new ServerModules(options, _folder.Path, zone, site, types, _certificates, memory, loggers);
        _app = Build(
            options,
            [
                new LoopHost(ServerLoops.From(zone, site, modules, backups, types, options, loggers)),
                .. modules.Hosted(modules.Federation is null ? [] : ServerLoops.OfSites(site, modules, options.Time, loggers)),
            ],
            memory, _certificates, loggers);
        Stopping = _app.Lifetime.ApplicationStopping;
        _rest = OpenDoor(_app, options, zone, site, modules, loggers);
        await _app.StartAsync(ct);
        FindAddresses();
        modules.OwnServer = new NodeServer(
            ListenAddress.Reachable(Address), Address.Scheme == Uri.UriSchemeHttps ? _certificates?.Fingerprint : null);
        await OpenToOthersAsync(options, ct);
        _folder.WriteAddresses(LocalDisk.Instance, options.Time, Doors);
        await AnnounceAsync(options, this, zone, ct);
    }

    private async ValueTask CloseAsync(bool isSealed)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
        {
            return;
        }

        await CloseDoorsAsync(CancellationToken.None);
        if (_site is { } site)
        {
            await (isSealed ? SealAsync(site) : Task.CompletedTask);
            await site.DisposeAsync();
        }

        await (_zone?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    private static SiteOptions SiteOptionsOf(ServeOptions options, ZoneServices zone) => options.Site with
    {
        TakeOvers = new HomeTakeoverWait((dataset, ct) => zone.Homes.IsAtAsync(dataset, zone.Sites.OwnId, ct)),
        ReadsFolders = options.Facility is not null || options.Agent.Folders.Count > 0,
    };

    private async Task SealAsync(SiteServices site)
    {
        try
        {
            await site.SealAsync(CancellationToken.None);
        }
        catch (IOException e)
        {
            // Nothing is lost: the next start only takes longer, and the disk has reported the reason.
            _notice?.Invoke($"Cannot seal the segments: {e.Message}");
        }
    }

    /// <summary>
    /// After a restore, ends the logins and pushes that were in progress when the backup was made, and starts of programs that were due.
    /// </summary>
    private static Task BeginAsync(
        DataFolder folder, ZoneServices zone, SiteServices site, TimeProvider time, CancellationToken ct) => folder.VoidAsync(
        LocalDisk.Instance,
        async token =>
        {
            await zone.BeginIncarnationAsync(token);
            await site.Lifecycle.EndAllSessionsAsync(token);
            await new RunServices(site, time).Starts.ForgetAsync(token);
        },
        ct);

    private static WebApplication Build(
        ServeOptions options, IReadOnlyList<IHostedService> hosted, IMemoryPoolFactory<byte> memory, TlsCertificates? certificates,
        ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hutch" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        options.Sockets?.Use(builder.Services);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificates));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(memory);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.Api.StopSeconds));
        foreach (IHostedService one in hosted)
        {
            builder.Services.AddSingleton(one);
        }

        if (!OperatingSystem.IsBrowser())
        {
            builder.Services.AddSingleton<IHostLifetime>(provider => new SignalLifetime(
                options.StopsOnSignals ? provider.GetRequiredService<IHostApplicationLifetime>() : null));
        }

        return builder.Build();
    }

    private static RestModule OpenDoor(
        WebApplication app, ServeOptions options, ZoneServices zone, SiteServices site, ServerModules modules, ILoggerFactory loggers)
    {
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        var rest = new RestModule(
            RestOptionsOf(options), zone, site, modules.Access, modules.Reading, modules.Sites, loggers, stopping);
        rest.AddEndpoints(
            modules.Datasets, modules.Files, modules.Runs, modules.Programs, modules.Publications, modules.Sites,
            modules.Placement, modules.Operations,
            new FacilityService(zone.Authorizer, modules.Facility),
            new AdoptionService(modules.Facility, modules.Datasets.Creation, zone.Names, site.Quotas));
        IPathDoor? git = modules.Git?.Open(options.Zone.PublicUrl, options.AllowTokensOverHttp, loggers, stopping);
        var dav = new DavModule(rest.Door, zone, modules.Access, modules.Files, loggers);
        rest.Use(
            app, modules.Passed, modules.Peers?.Forwarder, git is null ? [dav.Door] : [dav.Door, git], modules.Files, modules.Runs,
            modules.Datasets, modules.Publications, modules.Operations, modules.Facility);
        return rest;
    }

    private static RestOptions RestOptionsOf(ServeOptions options) => new()
    {
        Limits = options.Api,
        SiteName = options.SiteName,
        PublicUrl = options.Zone.PublicUrl,
        S3Url = options.S3Url,
        JupyterHub = options.JupyterHub,
        ClientUrl = options.ClientUrl,
        OpenWith = options.OpenWith,
        Logo = options.LogoFile is { } file ? StartChecks.RequireLogo(LocalDisk.Instance, file) : null,
        ServesGit = options.DataLad is { Enabled: true },
        PathPrefix = options.PathPrefix,
        TrustedProxies = options.TrustedProxies,
        StrictDays = options.Tls.StrictDays,
        PortalFolder = options.PortalFolder,
        AllowTokensOverHttp = options.AllowTokensOverHttp,
        Passwords = options.Zone.Accounts.Passwords,
        MailFrom = options.Zone.Mail.From,
        Time = options.Time,
    };

    private static void Configure(KestrelServerOptions kestrel, ServeOptions options, TlsCertificates? certificates)
    {
        KestrelSetup.Limit(kestrel, options.Api);
        if (options.HttpAddress != ServeOptions.Nowhere)
        {
            kestrel.Listen(ParseAddress(options.HttpAddress));
        }

        if (certificates is not null && options.HttpsAddress is { } secure)
        {
            TlsHandshakeCallbackOptions callback = KestrelSetup.Handshake(certificates);
            kestrel.Listen(ParseAddress(secure), listen => listen.UseHttps(callback));
        }
    }

    private static IPEndPoint ParseAddress(string text) => ListenAddress.Parse(text, usualPort: 8470);

    private static TlsCertificates? OpenCertificates(ServeOptions options, DataFolder folder, ILoggerFactory loggers)
    {
        if (options.HttpsAddress is null && !options.NeedsCertificate)
        {
            return null;
        }

        IPAddress[] addresses = options.HttpsAddress is { } text ? [ParseAddress(text).Address] : [];
        string[] names =
        [
            "localhost", "127.0.0.1", "::1", Environment.MachineName,
            .. addresses.Where(ip => !ip.Equals(IPAddress.IPv6Any) && !ip.Equals(IPAddress.Any)).Select(ip => ip.ToString()),
            .. options.Zone.PublicUrl is { } url ? [url.Host] : Array.Empty<string>(),
        ];
        return TlsCertificates.Open(options, folder.Path, names, loggers.CreateLogger<TlsCertificates>());
    }

    private void FindAddresses()
    {
        (Uri? plain, SecureAddress) = KestrelSetup.Addresses(_app!.Services);
        Address = plain ?? SecureAddress!;
    }

    private async Task OpenToOthersAsync(ServeOptions options, CancellationToken ct)
    {
        if (Site.Engine.Others is { } others && Zone.ServerKey is { } key)
        {
            Uri? plain = Address.Scheme == Uri.UriSchemeHttp ? Address : null;
            await others.OpenAsync(new OwnAddress(options, plain, SecureAddress, _certificates).Find, key, ct);
        }
    }

    private static async Task AnnounceAsync(ServeOptions options, HutchServer server, ZoneServices zone, CancellationToken ct)
    {
        if (options.Notice is not { } tell)
        {
            return;
        }

        Uri own = ListenAddress.Reachable(server.Address);
        string address = own.GetLeftPart(UriPartial.Authority);
        tell($"Hutch serves {options.DataFolder} at {address} (API: {address}/docs).");
        if (server is { _certificates: { } certificates, SecureAddress: { } secure })
        {
            string made = certificates.IsOwn ? " (created by this server: pass it to `hutch login --trust`)" : "";
            string at = ListenAddress.Reachable(secure).GetLeftPart(UriPartial.Authority);
            tell($"HTTPS: {at}, certificate {certificates.Fingerprint}{made}.");
        }

        if (server.Address is { Scheme: "http", IsLoopback: false } && !options.AllowTokensOverHttp)
        {
            tell(
                "Other machines can reach this server, but not log in over plain HTTP. Serve HTTPS ('--https'), or set "
                + "'server.behindProxy' if a proxy in front does.");
        }

        string? first = zone.FirstStartTokenPath;
        if ((first ?? await zone.FindUnusedAdminTokenAsync(ct)) is { } path)
        {
            string trust = own.Scheme == Uri.UriSchemeHttps && server._certificates is { IsOwn: true } ownCertificate
                ? $" --trust {ownCertificate.Fingerprint}" : "";
            IssuedLoginLink link = (await zone.LoginLinks.CreateFirstLinkAsync(ct)).Value;
            tell(
                (first is null ? "Not used yet: the account 'admin'." : "First start: created the account 'admin'.")
                + $" Log in with: hutch login {address}{trust} < {ForShell(path)}");
            tell(
                $"One-time login link for a browser, valid until {Display.Minute(link.Link.ExpiresAt)}: "
                + PortalUrl.For(options.Zone.PublicUrl ?? new Uri(own, options.PathPrefix ?? "/"), "login#code=" + link.Code.Reveal()));
        }
    }

    private static string ForShell(string path) =>
        path.All(static c => char.IsAsciiLetterOrDigit(c) || "/\\:._-+@".Contains(c, StringComparison.Ordinal)) ? path
        : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
