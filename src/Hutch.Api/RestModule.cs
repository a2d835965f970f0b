using Hutch.Api.Documentation;
using Hutch.Api.Endpoints;
using Hutch.Api.Http;
using Hutch.Api.Observation;
using Hutch.Api.Portal;
using Hutch.Api.Publishing;
using Hutch.Api.Servers;
using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Site;
using Hutch.Zone;
using Hutch.Zone.Dois;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Hutch.Api;

/// <summary>
/// The REST door with its pages of publications, the portal, and the door for the other servers of the site: its endpoints, and the order
/// in which a request passes through.
/// </summary>
public sealed class RestModule : IDisposable
{
    private readonly ApiContext _api;
    private readonly ZoneServices _zone;
    private readonly SiteServices _site;
    private readonly AccessModule _access;
    private readonly ILoggerFactory _loggers;
    private readonly MetricsText _metrics = new();
    private ServerEndpoints? _server;

    /// <summary>A module without endpoints.</summary>
    /// <param name="access">The checks before a caller is served.</param>
    public RestModule(
        RestOptions options, ZoneServices zone, SiteServices site, AccessModule access, ReadingModule reading, SitesModule sites,
        ILoggerFactory loggers, CancellationToken stopping)
    {
        (_zone, _site, _access, _loggers) = (zone, site, access, loggers);
        var door = new DoorContext(
            zone.Authenticator, zone.Authorizer, access.View, reading.Router, access.Guard, site.Blobs.Work.Registry, options.Time,
            TimeSpan.FromSeconds(options.Limits.BodyIdleSeconds), options.AllowTokensOverHttp);
        _api = new ApiContext(door) { Options = options, Confirmations = sites.Confirmations, Stopping = stopping };
    }

    /// <summary>The services of every request, for other doors at the addresses of this one.</summary>
    public DoorContext Door => _api;

    internal EndpointTable Endpoints { get; } = new();

    public static IDoiTexts DoiTexts(PublicationModule publications, Uri? portal, TimeProvider time)
    {
        return new DoiTexts(publications.Reader, portal, time);
    }

    /// <summary>Adds the endpoints, in the order of the document.</summary>
    public void AddEndpoints(
        DatasetModule datasets, FileModule files, RunModule runs, ProgramModule programs,
        PublicationModule publications, SitesModule sites, PlacementModule placement, OperationsModule operations,
        FacilityService facility, AdoptionService adoptions)
    {
        _server = new ServerEndpoints(() => _zone.Id, sites.ZoneLogins);
        var documents = new DocumentMemory((long)_api.Options.Limits.DocumentMegabytes << 20, static () => RequestScope.User);
        IEndpoints[] all =
        [
            _server,
            new LoginEndpoints(_zone.Logins, _zone.LoginLinks, _zone.ScreenLogins, _zone.Mailbox, _zone.OpenId, sites.ZoneLogins),
            new OpenIdEndpoints(_zone.OpenId),
            new ZoneLoginEndpoints(sites.ZoneLogins, _zone.SiteLoginAuthorizer),
            new ConsentEndpoints(_zone.SiteConsents, _zone.SiteLoginAuthorizer),
            new DeviceLoginEndpoints(_zone.DeviceLogins),
            new ProfileEndpoints(_zone.Logins, _zone.LoginLinks, _zone.Accounts, _zone.Mailbox, datasets.Expiring, placement.Copies),
            new ScimEndpoints(_zone.Provisioning),
            new InviteEndpoints(_zone.InviteLogins, _zone.Invites),
            new DatasetEndpoints(
                datasets.Datasets, datasets.Finding, datasets.Edits, datasets.Lifecycle, datasets.Purges, _access.WriteRouter,
                datasets.Creation, publications),
            new EntryEndpoints(files.Changes),
            new ContentEndpoints(),
            new ThumbnailEndpoints(),
            new MicroscopeEndpoints(),
            new ZarrEndpoints(),
            new StreamEndpoints(),
            new ArchiveEndpoints(publications.Publications, programs.Reruns),
            new PushEndpoints(files.Pushes, files.Sent),
            new ReceiptEndpoints(files.Receipts),
            new SnapshotEndpoints(datasets.Snapshots, files.Moves, files.Subdatasets),
            new MetadataEndpoints(datasets.Personal, datasets.Metadata, documents),
            new PublicationEndpoints(publications.Publications, datasets.Datasets),
            new TypeEndpoints(documents),
            new FacilityEndpoints(facility, adoptions),
            new SharingEndpoints(_zone.Sharing),
            new AccessRequestEndpoints(datasets.AccessRequests),
            new OwnershipEndpoints(datasets.Ownership),
            new AccountEndpoints(
                _zone.Accounts, _zone.Identities, _zone.Groups, _zone.Tokens, datasets.Ownership, datasets.Datasets),
            new VisitEndpoints(
                _zone.Visits, _zone.VisitNotes, _zone.Groups, _zone.Names, placement.Rules, operations.Storage),
            new StepEndpoints(_zone.JobTokens, _access.WriteRouter),
            new MaintenanceEndpoints(operations.Jobs, operations.Verify),
            new StorageEndpoints(operations.Storage, placement.Space, operations.Health),
            new SiteEndpoints(sites.Sites, placement.Copies, placement.Evictions, placement.Reproductions, sites.SiteCheck),
            new PurgeEndpoints(placement.Purges),
            new RuleEndpoints(placement.Rules),
            new RecallEndpoints(),
            new ActivityEndpoints(operations.Activity, operations.Live, operations.Arrivals),
            new QueueEndpoints(operations.Queues),
            new EventEndpoints(operations.Events),
            new AnalysisEndpoints(runs.Analyses, runs.Selections),
            new RunEndpoints(runs.Runs, runs.External, programs.Starter, files.Claims),
            new ProgramEndpoints(programs.Programs, programs.Starter, programs.Switches, programs.Attempts, runs.Runs),
            new PartEndpoints(runs.PartsOf(files.Pushes)),
            new RerunEndpoints(programs.Reruns),
            new WorkerEndpoints(runs.Work),
            new FrameEndpoints(runs.Addresses),
        ];
        foreach (IEndpoints one in all)
        {
            one.Add(Endpoints);
        }
    }

    /// <summary>Orders the middleware: headers of proxies, other servers, pages, other doors, the portal, then the endpoints.</summary>
    /// <param name="forwarder">Forwards requests to the sites that answer them; null where there are no other sites.</param>
    /// <param name="operations">Health, states and files of the site's servers.</param>
    /// <param name="facility">Watched folders at all servers of the site.</param>
    public void Use(
        WebApplication app, ForwardedRequests passed, IRequestForwarder? forwarder, IEnumerable<IPathDoor> doors, FileModule files,
        RunModule runs, DatasetModule datasets, PublicationModule publications, OperationsModule operations, SharedFacility facility)
    {
        RestOptions options = _api.Options;
        app.Use(new ProxyHeaders(options.TrustedProxies, options.PathPrefix, takesHost: options.PublicUrl is null).Wrap);
        app.Use(new StrictTransport(options.StrictDays).Wrap);
        if (_site.Engine.Others is { } others)
        {
            app.Use(new ServerDoor(
                others, operations.OwnedFiles, runs.ClusterRunState, operations.Servers, facility, _site.WritePauses, _api.Requests,
                _loggers.CreateLogger<ServerDoor>()).Wrap);
        }

        var pages = new PublicationDoor(
            _api, publications.Publications, publications.Reader, datasets.Finding,
            _loggers.CreateLogger<PublicationDoor>());
        foreach (IPathDoor door in doors.Append(pages))
        {
            app.Use(next => http => door.Serves(http.Request.Path) ? door.AnswerAsync(http) : next(http));
        }

        app.Use(new PortalMiddleware(
            options.PortalFolder is { } folder ? PortalFiles.From(folder) : PortalFiles.Embedded(), () => _server?.Describe(options)).Wrap);
        app.Use(passed.Begin);
        app.Use(next => new RestPipeline(_api, _metrics, next, _loggers.CreateLogger<RestPipeline>()).AnswerAsync);
        app.UseRouting();
        Endpoints.Map(
            app, new RequestRouter(_access.WriteRouter, files.Pushes, runs.Runs, _zone.Authenticator, forwarder));
        new SystemEndpoints(operations.Health, _metrics, _api.Stopping).Map(app, Endpoints);
    }

    public void Dispose() => _metrics.Dispose();
}
