using Hutch.Agent.Publishing;
using Hutch.Agent.Retention;
using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;
using Hutch.Agent.Writing;
using Hutch.Datasets;
using Hutch.Datasets.Facility;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Types.Catalog;
using Hutch.Types.Yaml;
using Hutch.Zone;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.Agent;

/// <summary>What a host adds to publish folders of the facility.</summary>
public static class AgentServices
{
    /// <summary>Adds the agent, when the options name folders. The host has a zone, a site, their services, a clock and loggers.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Which folders, and what becomes of them.</param>
    /// <param name="portal">Where people reach the portal: the agent writes links to it.</param>
    /// <exception cref="HutchException">Folders are watched, and <paramref name="portal"/> is not known.</exception>
    public static IServiceCollection AddAgent(this IServiceCollection services, AgentOptions options, Uri? portal)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Folders.Count == 0)
        {
            return services;
        }

        Uri address = portal ?? throw ErrorCode.BadConfiguration.With(
            "The agent writes links into metadata files: set 'server.publicUrl' to the URL of the portal.").ToException();
        FolderRule[] rules = [.. options.Folders.Select(folder => FolderRule.From(folder).Value)];
        services.AddSingleton(provider => Create(provider, options, rules, address));
        services.AddSingleton<IFacilityFolders>(provider => provider.GetRequiredService<FacilityAgent>());
        services.AddHostedService(provider =>
        {
            var site = provider.GetRequiredService<SiteServices>();
            return ActivatorUtilities.CreateInstance<AgentLoop>(provider, site.Warnings, site.Engine.Leases);
        });
        return services;
    }

    private static FacilityAgent Create(IServiceProvider provider, AgentOptions options, FolderRule[] rules, Uri portal)
    {
        var zone = provider.GetRequiredService<ZoneServices>();
        var site = provider.GetRequiredService<SiteServices>();
        var authorized = provider.GetRequiredService<AuthorizedServices>();
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var limits = new YamlLimits(MaxBytes: options.MaxMetadataBytes);
        var survey = new FolderSurvey(rules, limits);
        var book = new FolderBook();
        var queue = new FolderQueue();
        var watcher = new FolderWatcher(rules, queue, options.Watching, time, loggers.CreateLogger<FolderWatcher>());
        var account = new AgentAccount(zone.Authenticator, options);
        var states = new PublicationStates(site.Settings);
        var access = new PublishedAccess(zone.Names, zone.Authorizer, zone.Sharing, authorized.Links, zone.Invites, portal, time);
        var writer = new BlockWriter(limits, options.SideFolder is { } side ? () => MetadataFolder.OpenFollowing(side) : null);
        var texts = new FolderTexts(writer, new FolderClaim(zone.Id, portal) { FormerZone = zone.Sites.Zone?.FormerId }, time);
        var published = new PublishedFolders(book, queue, site.Heads, site.FolderRecords, options.Watching, time);
        var store = new RetentionStore(site.Settings);
        var retention = new RetentionRunner(
            published, store,
            new EvictionJudge(
                published, new CopyHolders(authorized.Evictions, RetentionRunner.By), loggers.CreateLogger<EvictionJudge>()),
            zone.Notices, time, loggers.CreateLogger<RetentionRunner>());
        site.Warnings.Add(retention.Warning);
        var mail = new FolderMail(access, zone.Notices, zone.Mailbox);
        var plans = new PlanPublisher(
            book,
            new DatasetFinder(site.FolderRecords, site.Folders, authorized.Creation, states, survey, texts),
            FolderMappings.Open(LocalDisk.Instance, rules, provider.GetRequiredService<TypeLibrary>()),
            new MetadataPublisher(site.Lifecycle, site.Metadata, site.Settings, site.Folders, time),
            access, new BlockPublisher(access, states, store, texts), mail, states, time);
        var publisher = new FolderPublisher(
            account, survey, book, plans,
            new FolderFiles(site.Heads, site.Folders, options.Watching, time),
            new AcquisitionEnd(site.FolderRecords, states, authorized.Snapshots, authorized.Lifecycle, time),
            site.FolderRecords, states, texts, mail, time);
        return new FacilityAgent(
            rules, queue, watcher, book, publisher, site.FolderRecords, account, access, zone.Mailbox, retention,
            new RetentionService(published, store, retention, time), time,
            loggers.CreateLogger<FacilityAgent>());
    }
}

/// <summary>
/// Runs the agent with the host, at one of the servers that watch the same folders, and warns of folders that somebody has to see to.
/// </summary>
internal sealed class AgentLoop : BackgroundService
{
    private const int MaxWarnings = 20;

    private readonly FacilityAgent _agent;
    private readonly IJobLeases _leases;
    private readonly BackgroundWork _work;

    public AgentLoop(FacilityAgent agent, SiteWarnings warnings, IJobLeases leases, TimeProvider time, ILogger<AgentLoop> logger)
    {
        _agent = agent;
        _leases = leases;
        agent.IsElsewhere = leases.HasOthers;
        var leased = new LeasedWork(leases, IJobLeases.WatchingFolders, (_, ct) => WatchAsync(ct), time);
        _work = new BackgroundWork(IJobLeases.WatchingFolders, leased.RunAsync, warnings, time, logger);
        warnings.AddMany(Warnings);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);

    private async Task WatchAsync(CancellationToken ct)
    {
        _agent.IsElsewhere = false;
        try
        {
            await _agent.RunAsync(ct);
        }
        finally
        {
            _agent.IsElsewhere = _leases.HasOthers;
        }
    }

    private IEnumerable<SiteWarning> Warnings() => _agent.IsElsewhere ? [] :
    [
        .. _agent.Parents
            .SelectMany(parent => parent.Notices.Select(text => new SiteWarning(
                "folder-watch", $"{Display.Name(parent.Path)}: {text}", "`hutch agent status` lists what hinders the watching of folders.")
            {
                IsConfidential = true,
            }))
            .Take(MaxWarnings),
        .. _agent.Folders.Where(folder => folder.Problem is not null)
            .Select(folder => new SiteWarning(
                "folder-attention", $"{Display.Name(folder.Folder)}: {folder.Problem}",
                "`hutch agent status --state attention` lists the folders that somebody has to see to.")
            {
                IsConfidential = true,
            })
            .Take(MaxWarnings),
    ];
}
