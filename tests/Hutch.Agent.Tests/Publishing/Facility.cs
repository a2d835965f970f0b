using Hutch.Agent.Adopting;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Datasets;
using Hutch.Datasets.Events;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Programs;
using Hutch.Disk;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Analyses;
using Hutch.Model.Site;
using Hutch.Processing;
using Hutch.Site;
using Hutch.Site.Write.Folders;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Types.Catalog;
using Hutch.Types.Yaml;
using Hutch.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Delivery;
using Hutch.Zone.Limits;
using Hutch.Zone.Mail;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>A zone, a site and an agent over a watched parent folder, which looks when a test says so.</summary>
internal sealed class Facility : IAsyncDisposable
{
    public const string Identity = "08d9c8eb-6f63-408b-8743-84496f1de767";

    private readonly string _root;
    private readonly WatchedFolderOptions _watched;
    private readonly IMailTransport? _mail;

    private Facility(string root, WatchedFolderOptions watched, IMailTransport? mail)
    {
        _root = root;
        _mail = mail;
        _watched = watched;
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Parent);
    }

    /// <summary>How the server watches; counts when it starts.</summary>
    public WatchingOptions Watching { get; set; } = new();

    /// <summary>Where the blocks of read-only folders are; counts when the server starts.</summary>
    public string? SideFolder { get; set; }

    /// <summary>On whose behalf the agent acts; counts when the server starts.</summary>
    public string Account { get; set; } = "admin";

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The watched parent.</summary>
    public string Parent => ParentIn(_root);

    public ShiftedTime Time { get; } = new();

    public ZoneServices Zone { get; private set; } = null!;

    public SiteServices Site { get; private set; } = null!;

    /// <summary>Reads what was published.</summary>
    public DatasetReader Reader { get; private set; } = null!;

    public DatasetModule Datasets { get; private set; } = null!;

    public EventService Events { get; private set; } = null!;

    public FacilityAgent Agent { get; private set; } = null!;

    public IFacilityFolders Folders { get; private set; } = null!;

    public AdoptionService Adoptions { get; private set; } = null!;

    /// <summary>Below which folders may be adopted; null for all of this facility. Counts when the server starts.</summary>
    public IReadOnlyList<string>? AdoptRoots { get; set; }

    /// <summary>A folder with data from before the server.</summary>
    public string Old => Path.Combine(_root, "old");

    public string Data => Path.Combine(_root, "data");

    /// <param name="configure">Says more about the watched folder, which is given by its path.</param>
    /// <param name="mail">Takes mails; null for a server without mail.</param>
    public static async Task<Facility> OpenAsync(Func<string, WatchedFolderOptions>? configure = null, IMailTransport? mail = null)
    {
        string root = Directory.CreateTempSubdirectory("hutch-agent-").FullName;
        string parent = ParentIn(root);
        WatchedFolderOptions watched = configure is null ? new WatchedFolderOptions { Watch = parent } : configure(parent);
        var facility = new Facility(root, watched, mail);
        try
        {
            await facility.StartAsync();
            return facility;
        }
        catch
        {
            await facility.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the server and starts it again: the agent knows only what is in the records and in the folders.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_root, recursive: true);
    }

    public string PathOf(string folder, string name = "") => Path.Combine(Parent, folder, name).TrimEnd('/');

    /// <summary>Writes a file as an instrument does.</summary>
    public void Write(string folder, string name, string text)
    {
        string path = PathOf(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Drops the metadata file of the facility, with this identity and these lines at its end.</summary>
    public void Drop(string folder, string identity = Identity, string lines = "") => Write(
        folder,
        "SPA.yml",
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "facility", "SPA.yml"))
            .Replace(Identity, identity, StringComparison.Ordinal).TrimEnd() + "\n" + lines);

    /// <summary>Looks at folders, one after the other.</summary>
    public async Task LookAsync(params string[] folders)
    {
        FolderRule rule = FolderRule.From(_watched).Value;
        foreach (string folder in folders)
        {
            await Agent.ScanAsync(new FolderScanRequest(PathOf(folder), rule), Ct);
        }
    }

    /// <summary>Looks at a folder until the site has recorded something so often. Then the server is stopped, and started again.</summary>
    /// <returns>False when the look had come to its end.</returns>
    public Task<bool> LookAndDieAsync(string folder, int commits) => DieAsync(
        commits, ct => Agent.ScanAsync(new FolderScanRequest(PathOf(folder), FolderRule.From(_watched).Value), ct));

    /// <summary>Does something until the site has recorded something so often. Then the server is stopped, and started again.</summary>
    /// <returns>False when it had come to its end.</returns>
    public async Task<bool> DieAsync(int commits, Func<CancellationToken, Task> act)
    {
        using var stop = new CancellationTokenSource();
        int left = commits;
        Site.Committer.Committed += _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                stop.Cancel();
            }
        };
        bool wasStopped = false;
        try
        {
            await act(stop.Token);
        }
        catch (OperationCanceledException)
        {
            wasStopped = true;
        }

        await RestartAsync();
        return wasStopped;
    }

    public FacilityFolder Status(string folder) => Folders.Folders.Single(status => status.Folder == PathOf(folder));

    public string Metadata(string folder) => File.ReadAllText(PathOf(folder, "SPA.yml"));

    /// <summary>What the block in the metadata file says under a key; null for nothing.</summary>
    public string? InBlock(string folder, string key, string block = "Hutch") =>
        YamlReader.Read(File.ReadAllBytes(PathOf(folder, "SPA.yml")), new YamlLimits()).Value.Find($"{block}.{key}") is YamlScalar { IsNull: false } said
            ? said.Text
            : null;

    public async Task<SiteDataset> DatasetAsync(string folder) =>
        (await Site.FolderRecords.InFolderAsync(PathOf(folder), Ct)) ?? throw new InvalidOperationException($"'{folder}' is not published.");

    public async Task<IReadOnlyDictionary<string, Entry>> EntriesAsync(SiteDataset dataset)
    {
        TreeView head = (await Site.Heads.ResolveAsync(dataset.Id, null, Ct)).Value;
        var entries = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
        await foreach (PathEntry entry in Site.Heads.EnumerateAsync(head, "", Ct))
        {
            entries.Add(entry.Path.Value, entry.Entry);
        }

        return entries;
    }

    /// <summary>Hashes what is older than the file system's clock can tell apart.</summary>
    public async Task HashAsync()
    {
        TimeSpan before = Time.Ahead;
        Time.Ahead += TimeSpan.FromMinutes(1);
        Assert.Equal(0, await Site.FolderHasher.HashAllAsync(Ct));
        Time.Ahead = before;
    }

    public async Task<Caller> AdminAsync() => (await Zone.Authenticator.ForWorkAsync("admin", TokenScope.Full, Ct)).Value;

    public async Task<Caller> UserAsync(string name)
    {
        _ = (await Zone.Accounts.CreateUserAsync(await AdminAsync(), name, null, [], Ct)).Value;
        return (await Zone.Authenticator.ForWorkAsync(name, TokenScope.Full, Ct)).Value;
    }

    /// <summary>Adopts a folder, or plans it.</summary>
    public async Task<Result<AdoptionOutcome>> AdoptAsync(string? path = null, string? each = null, bool isPlanOnly = false) =>
        await Adoptions.AdoptAsync(await AdminAsync(), new AdoptionRequest(path ?? Old) { Each = each, IsPlanOnly = isPlanOnly }, Ct);

    /// <summary>Looks at all adopted folders, as the agent does on request and from time to time.</summary>
    public async Task LookAtAdoptedAsync(CancellationToken? ct = null)
    {
        foreach (SiteDataset dataset in await Site.FolderRecords.ListAsync(Ct))
        {
            if (AdoptedFolder.Of(dataset) is { } adopted)
            {
                await Agent.ScanAsync(new FolderScanRequest(adopted.Folder, FolderRule.Adopted), ct ?? Ct);
            }
        }
    }

    private static string ParentIn(string root) => Path.Combine(root, "sessions");

    private async Task StartAsync()
    {
        var zone = new ZoneOptions
        {
            Durable = false,
            Accounts = new AccountOptions { HashIterations = 10 },
            PublicUrl = new Uri("https://hutch.example.org"),
            Mail = _mail is null ? new MailOptions() : new MailOptions { Host = "mail.example.org", From = "hutch@example.org" },
            MailTransport = _mail,
        };
        var site = new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 1 << 20 } };
        Zone = await ZoneServices.OpenAsync(LocalDisk.Instance, Data, zone, Time, NullLoggerFactory.Instance, () => { }, Ct);
        Site = await SiteServices.OpenAsync(LocalDisk.Instance, Data, site, Time, NullLoggerFactory.Instance, Ct);
        var types = new TypeLibrary(LocalDisk.Instance, null, Time);
        var runs = new RunServices(Site, Time);
        var readers = new ReaderModule(Zone, types, new StepCatalog([]), null, null, null, null, null, Time);
        var access = new AccessModule(Zone, Site, Time);
        var reading = new ReadingModule(Zone, Site, readers, null);
        var names = new NameModule(Zone, Site, null, Time);
        Reader = reading.Own;
        Datasets = new DatasetModule(Zone, Site, access, reading, names, runs, new SearchModule(Zone, Site, reading, types, null, Time), null, Time);
        var busy = new RunModule(
            Zone, Site, reading, names, runs, new StepCatalog([]), null, new RecipeQueues(new BusOptions()),
            new CallbackAddresses(new CallbackOptions()), Time);
        Events = new OperationsModule(Zone, Site, reading, busy, null, null, static () => [], Time).Events;
        var module = new AgentModule(
            new AgentSettings(
                new AgentOptions { Folders = [_watched], Account = Account, Watching = Watching, SideFolder = SideFolder },
                new AdoptOptions { Roots = AdoptRoots ?? [_root] })
            {
                Portal = new Uri("https://hutch.example.org"),
                DataFolder = Data,
                Limits = new AdoptionLimits(1 << 20, 3),
            },
            Zone, Site, Datasets, new FolderSharing(
                Zone.Authorizer, Zone.Invites, Zone.Sharing, Zone.Publications, Zone.Notices, Zone.Mailbox, Zone.Sites, null, null),
            new PlacementModule(
                Zone, Site, types, new ProgramQueue([], Time), new SitesModule(Zone, Site, new NoSigner(), null, Time), new NoSigner(), null, null, Time),
            null, types, Time, NullLoggerFactory.Instance);
        (Agent, Folders) = (module.Agent, module.Folders);
        Adoptions = new AdoptionService(new SharedFacility(Folders, null), Datasets.Creation, Zone.Names, Site.Quotas);
    }

    private async Task StopAsync()
    {
        await Site.DisposeAsync();
        await Zone.DisposeAsync();
    }
}
