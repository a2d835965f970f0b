using System.Net;
using Hutch.Api.Endpoints;
using Hutch.Api.Http;
using Hutch.Api.Observation;
using Hutch.Api.Portal;
using Hutch.Api.Publishing;
using Hutch.Api.Servers;
using Hutch.Datasets;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Files;
using Hutch.Datasets.Replication.Sites;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Thumbnails;
using Hutch.Disk;
using Hutch.Doors;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Processing;
using Hutch.Processing.Dispatch;
using Hutch.Site;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Platform.Servers;
using Hutch.Types.Catalog;
using Hutch.Zone;
using Hutch.Zone.Logins;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Hosting;

/// <summary>A running server: the zone and the site of one data folder, and the REST door before them.</summary>
public sealed class HutchServer : IAsyncDisposable
{
    /// <summary>The name of the REST door, where the folder says who listens.</summary>
    public const string RestDoor = "REST";

    private static readonly TimeSpan MinUptimeBetweenRebuilds = TimeSpan.FromMinutes(5);

    private readonly DataFolder _folder;
    private readonly ZoneServices _zone;
    private readonly SiteServices _site;
    private readonly WebApplication _app;
    private readonly Action<string>? _notice;
    private readonly TlsCertificates? _certificates;

    private HutchServer(
        DataFolder folder, ZoneServices zone, SiteServices site, WebApplication app, TlsCertificates? certificates, Action<string>? notice)
    {
        _certificates = certificates;
        _notice = notice;
        _folder = folder;
        _zone = zone;
        _site = site;
        _app = app;
        Stopping = app.Lifetime.ApplicationStopping;
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:8470</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Where it listens for HTTPS; null when it does not.</summary>
    public Uri? SecureAddress { get; private set; }

    /// <summary>The SHA-256 of its certificate, as clients name it; null when it does not listen for HTTPS.</summary>
    public string? Fingerprint => _certificates?.Fingerprint;

    /// <summary>Accounts, tokens, names.</summary>
    internal ZoneServices Zone => _zone;

    /// <summary>Bytes, heads, upkeep.</summary>
    internal SiteServices Site => _site;

    /// <summary>Cancelled when it begins to stop.</summary>
    internal CancellationToken Stopping { get; }

    /// <summary>The authorized operations.</summary>
    public AuthorizedServices Services => _app.Services.GetRequiredService<AuthorizedServices>();

    /// <summary>
    /// Serves until cancelled or told to stop by a signal (SIGTERM, SIGINT), then stops gracefully. When <c>site.db</c> turns out to be
    /// damaged, it stops and starts again, which rebuilds it; not twice within minutes, as then something else damages it.
    /// </summary>
    public static async Task RunAsync(ServeOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        TimeSpan minUptime = TimeSpan.Zero;
        while (await RunOnceAsync(options, minUptime, ct))
        {
            options.Notice?.Invoke("site.db is damaged; restarting to make it anew.");
            minUptime = MinUptimeBetweenRebuilds;
        }

        options.Notice?.Invoke("Stopping; finishing requests in progress.");
    }

    /// <summary>Serves; returns whether to start again.</summary>
    private static async Task<bool> RunOnceAsync(ServeOptions options, TimeSpan minUptime, CancellationToken ct)
    {
        await using HutchServer server = await StartAsync(options, ct);
        long began = options.Time.GetTimestamp();
        Task shutdown = server._app.WaitForShutdownAsync(ct);
        await Task.WhenAny(shutdown, server._site.RecordsDamaged);
        bool isToRebuild = !shutdown.IsCompleted && !server.Stopping.IsCancellationRequested
            && options.Time.GetElapsedTime(began) >= minUptime;
        if (isToRebuild)
        {
            server._app.Lifetime.StopApplication();
        }

        await shutdown;
        return isToRebuild;
    }

    /// <summary>Starts a server; it answers requests when this returns. Dispose it to stop it gracefully.</summary>
    public static async Task<HutchServer> StartAsync(ServeOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        ZoneServices? zone = null;
        SiteServices? site = null;
        TlsCertificates? certificates = null;
        WebApplication? app = null;
        try
        {
            ILoggerFactory loggers = Loggers.Create(options);
            await (options.Site.Engine?.CheckAsync(options.SegmentDisk, folder.Path, ct) ?? Task.CompletedTask);
            zone = await ZoneServices.OpenAsync(
                LocalDisk.Instance, folder.Path, options.Zone, options.Time, loggers, folder.BeforeFirstAccount, ct);
            site = await SiteServices.OpenAsync(options.SegmentDisk, folder.Path, options.Site, options.Time, loggers, ct);
            await BeginAsync(folder, zone, site, ct);
            var backups = new BackupWriter(
                new BackupSource(LocalDisk.Instance, folder.Path, site, zone, folder.Incarnation.Id, options.Time));
            certificates = OpenCertificates(options, folder, loggers);
            app = Build(options, zone, site, backups, certificates, loggers);
            var server = new HutchServer(folder, zone, site, app, certificates, options.Notice);
            await app.StartAsync(ct);
            server.FindAddresses();
            await server.OpenToOthersAsync(options, ct);
            folder.Tell(LocalDisk.Instance, options.Time, server.Doors());
            await TellAsync(options, server, zone, ct);
            return server;
        }
        catch
        {
            if (app is not null)
            {
                // Some of what runs by itself may run already.
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }

            certificates?.Dispose();
            if (site is not null)
            {
                await site.DisposeAsync();
            }

            if (zone is not null)
            {
                await zone.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Finishes requests, drains the committer, seals and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _certificates?.Dispose();
        await SealAsync();
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
        _folder.Dispose();
    }

    private async Task SealAsync()
    {
        try
        {
            await _site.SealAsync(CancellationToken.None);
        }
        catch (IOException e)
        {
            // Nothing is lost: the next start only takes longer, and the disk has told why.
            _notice?.Invoke($"Cannot seal the segments: {e.Message}");
        }
    }

    /// <summary>After a restore, who was logged in or in the middle of a push when the backup was made begins anew.</summary>
    private static Task BeginAsync(DataFolder folder, ZoneServices zone, SiteServices site, CancellationToken ct) => folder.VoidAsync(
        LocalDisk.Instance,
        async token =>
        {
            await zone.BeginIncarnationAsync(token);
            await site.Lifecycle.EndAllSessionsAsync(token);
        },
        ct);

    private static WebApplication Build(
        ServeOptions options, ZoneServices zone, SiteServices site, BackupWriter backups, TlsCertificates? certificates,
        ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hutch" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, certificates));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new BlockPool());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.Api.StopSeconds));
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(zone);
        builder.Services.AddSingleton(site);
        var runs = new RunServices(site, options.Time);
        builder.Services.AddSingleton(runs);
        site.Jobs.Add(new BackupTask(backups));
        builder.Services.AddSingleton(new BackupSchedule(LocalDisk.Instance, site.Jobs, options.Backup, options.Time));
        builder.Services.AddSingleton(new TypeLibrary(LocalDisk.Instance, options.Types.Folder, options.Time));
        builder.Services.AddSingleton(provider => new AuthorizedServices(zone, site, runs, options.Time, new HostParts
        {
            Steps = provider.GetService<StepCatalog>(),
            Pictures = provider.GetService<IFramePictures>(),
            Trials = provider.GetService<IFrameTrials>(),
            VirtualFiles = provider.GetService<IVirtualFiles>(),
            Contents = provider.GetService<IContentReader>(),
            Thumbnails = provider.GetService<ThumbnailCache>(),
            Dispatcher = provider.GetService<RunDispatcher>(),
            Queues = provider.GetService<RecipeQueues>(),
            Callbacks = provider.GetService<CallbackAddresses>(),
            Types = provider.GetService<TypeLibrary>(),
            Broker = provider.GetService<BrokerDepths>(),
            Network = provider.GetService<ISiteNetwork>(),
            Reads = provider.GetService<IReadThrough>(),
            Questions = provider.GetService<ISiteQuestions>(),
            PublicUrl = options.Zone.PublicUrl,
            Evictions = provider.GetService<IEvictionWork>(),
            KeyNames = () => provider.GetService<IKeyNames>(),
            Watched = () => WatchedBy(provider.GetService<IFacilityFolders>()),
        }));
        builder.Services.AddSingleton(provider => new SharedFacility(provider.GetService<IFacilityFolders>(), site.Engine.Others));
        builder.Services.AddSingleton(provider => new FacilityService(zone.Authorizer, provider.GetRequiredService<SharedFacility>()));
        if (certificates is not null)
        {
            builder.Services.AddSingleton<IServerCertificates>(certificates);
        }

        var passed = new PassedRequests();
        builder.Services.AddSingleton<IPassedRequests>(passed);
        builder.Services.AddHostedService<BackgroundLoops>();
        if (!OperatingSystem.IsBrowser())
        {
            builder.Services.AddSingleton<IHostLifetime>(provider => new SignalLifetime(
                options.StopsOnSignals ? provider.GetRequiredService<IHostApplicationLifetime>() : null));
        }

        options.ConfigureServices?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        site.Blobs.Folders.IsReader = site.Engine.Others is null || app.Services.GetService<IFacilityFolders>() is not null;
        Map(app, options, site.Engine.Others, passed, site.Blobs.Work.Registry, loggers);
        return app;
    }

    private static void Map(
        WebApplication app, ServeOptions options, IOtherServers? others, PassedRequests passed, WorkRegistry work, ILoggerFactory loggers)
    {
        var metrics = new MetricsText();
        app.Lifetime.ApplicationStopped.Register(metrics.Dispose);
        var context = new ApiContext(
            options, app.Services.GetRequiredService<AuthorizedServices>(), work, metrics, app.Services, app.Lifetime.ApplicationStopping);
        app.Use(new ProxyHeaders(options.TrustedProxies, options.PathPrefix).Wrap);
        app.Use(new StrictTransport(options.Tls.StrictDays).Wrap);
        if (others is not null)
        {
            AuthorizedServices services = context.Authorized;
            app.Use(new ServerDoor(
                others, services.OwnedFiles, services.SharedWork, services.ServerStates,
                app.Services.GetRequiredService<SharedFacility>(),
                app.Services.GetRequiredService<SiteServices>().WriteHolds, work, loggers.CreateLogger<ServerDoor>()).Wrap);
        }

        var pages = new PublicationDoor(context, loggers.CreateLogger<PublicationDoor>());
        foreach (IPathDoor door in app.Services.GetServices<IPathDoor>().Append(pages))
        {
            app.Use(next => http => door.Serves(http.Request.Path) ? door.AnswerAsync(http) : next(http));
        }

        app.Use(new PortalMiddleware(options.PortalFolder is { } folder ? PortalFiles.From(folder) : PortalFiles.Embedded()).Wrap);
        app.Use(passed.Begin);
        app.Use(new RequestPipeline(context, loggers.CreateLogger<RequestPipeline>()).Wrap);
        app.UseRouting();
        ApiMap.Map(app, context);
    }

    private static IReadOnlyList<string> WatchedBy(IFacilityFolders? agent) =>
        agent is { IsElsewhere: false } here ? [.. here.Parents.Select(static parent => parent.Path)] : [];

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
        if (options.HttpsAddress is null && options.HttpAddress == ServeOptions.Nowhere)
        {
            throw ErrorCode.BadConfiguration.With("The server has no address to listen on: 'http' is 'none' and 'https' is not set.")
                .ToException();
        }

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
        (Uri? plain, SecureAddress) = KestrelSetup.Addresses(_app.Services);
        Address = plain ?? SecureAddress!;
    }

    private async Task OpenToOthersAsync(ServeOptions options, CancellationToken ct)
    {
        if (_site.Engine.Others is { } others && _zone.ServerKey is { } key)
        {
            Uri? plain = Address.Scheme == Uri.UriSchemeHttp ? Address : null;
            await others.OpenAsync(new OwnAddress(options, plain, SecureAddress, _certificates).Find, key, ct);
        }
    }

    private List<(string Door, Uri Address)> Doors() =>
    [
        .. new[] { Address, SecureAddress }.OfType<Uri>().Distinct().Select(address => (RestDoor, address)),
        .. _app.Services.GetServices<IDoor>().SelectMany(door => door.Addresses.Select(address => (door.Name, address))),
    ];

    private static async Task TellAsync(ServeOptions options, HutchServer server, ZoneServices zone, CancellationToken ct)
    {
        if (options.Notice is not { } tell)
        {
            return;
        }

        string address = server.Address.GetLeftPart(UriPartial.Authority);
        tell($"Hutch serves {options.DataFolder} at {address} (API: {address}/docs).");
        if (server is { _certificates: { } certificates, SecureAddress: { } secure })
        {
            string own = certificates.IsOwn ? " (created by this server: pass it to `hutch login --trust`)" : "";
            tell($"HTTPS: {secure.GetLeftPart(UriPartial.Authority)}, certificate {certificates.Fingerprint}{own}.");
        }

        if (zone.FirstStartTokenPath is { } path)
        {
            tell($"First start: created the account 'admin'. Log in with: hutch login {address} < {path}");
            IssuedLoginLink link = (await zone.Logins.CreateFirstLinkAsync(ct)).Value;
            tell(
                $"One-time login link for a browser, valid until {link.Link.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC: "
                + PortalUrl.Of(
                    options.Zone.PublicUrl ?? new Uri(server.Address, options.PathPrefix ?? "/"), "login#code=" + link.Code.Reveal()));
        }
    }
}
