using Hutch.Agent;
using Hutch.Datasets.Facility;
using Hutch.Disk;
using Hutch.Federation;
using Hutch.Formats.Hdf5;
using Hutch.Previews;
using Hutch.Programs;
using Hutch.Programs.Engines;
using Hutch.Server;
using Hutch.Site;
using Hutch.Types.Catalog;
using Hutch.Worker;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Api.Tests.Support;

/// <summary>The real host on a free port, on a folder of its own that goes with it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly HttpClient _http;
    private readonly ServeOptions _options;
    private HutchServer _server;

    private TestServer(ServeOptions options, HutchServer server)
    {
        string folder = options.DataFolder;
        _folder = folder;
        _options = options;
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(5) };
        Admin = new TestCaller(_http, this, File.ReadAllText(Path.Combine(folder, AdminAccount.TokenFileName)).Trim());
        Nobody = new TestCaller(_http, this, null);
    }

    public Uri Address => _server.Address;

    public HutchServer Server => _server;

    public string Folder => _folder;

    public TestCaller Admin { get; }

    public TestCaller Nobody { get; }

    public static async Task<TestServer> StartAsync(
        ApiOptions? api = null, ZoneOptions? zone = null, IDisk? disk = null, SiteOptions? site = null, LogLines? log = null, TimeProvider? time = null,
        AnalysisWorkerOptions? analysis = null, string? types = null, IFacilityFolders? facility = null, SitesOptions? sites = null,
        AdoptOptions? adopt = null, string? programs = null, IProgramEngine? engine = null, string? logo = null, int maxWaiting = 10_000,
        bool verbose = false)
    {
        ServeOptions options = await ServerEngine.GiveAsync(Options(
            Directory.CreateTempSubdirectory("hutch-api-").FullName, api, zone, disk, site, log, time,
            analysis: analysis, types: types, facility: facility, sites: sites) with
        {
            Programs = new ProgramOptions { Folder = programs, SilentSeconds = 10, MaxWaitingPerAccount = maxWaiting },
            LogoFile = logo,
            Adopt = adopt ?? new AdoptOptions(),
            VerboseLogs = verbose,
            Engines = engine is null ? null : [engine],
        });
        return new TestServer(options, await HutchServer.StartAsync(options, TestContext.Current.CancellationToken));
    }

    public static ServeOptions Options(
        string folder, ApiOptions? api = null, ZoneOptions? zone = null, IDisk? disk = null, SiteOptions? site = null, LogLines? log = null,
        TimeProvider? time = null, Action<string>? notice = null, AnalysisWorkerOptions? analysis = null,
        string? types = null, IFacilityFolders? facility = null, SitesOptions? sites = null) => new()
        {
            DataFolder = folder,
            HttpAddress = "127.0.0.1:0",
            SegmentDisk = disk ?? LocalDisk.Instance,
            Site = site ?? new SiteOptions(),
            ListeningLogger = log,
            Notice = notice,
            Types = new TypeOptions { Folder = types },
            Time = time ?? TimeProvider.System,
            Api = api ?? new ApiOptions { StopSeconds = 2 },
            Zone = zone ?? QuickZone,

            // Readers start when they are needed. Usually there is no worker.
            Look = new FileReaderOptions { Readers = 2 },
            Reader = Reader,
            Facility = facility,
            Sites = sites,
            Analysis = analysis,
        };

    /// <summary>How a reader of HDF5 files is started.</summary>
    private static ReaderCommand Reader { get; } = new(Path.Combine(AppContext.BaseDirectory, "Hutch.Formats.ReaderHost"), ["content"]);

    /// <summary>A zone that waits for no disk and hashes quickly.</summary>
    public static ZoneOptions QuickZone => new() { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } };

    /// <summary>Stops gracefully, and does not start again by itself.</summary>
    public ValueTask StopAsync() => _server.DisposeAsync();

    /// <summary>Stops gracefully and starts again on the same folder.</summary>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await _server.DisposeAsync();
        meanwhile?.Invoke();
        _server = await HutchServer.StartAsync(_options, TestContext.Current.CancellationToken);
    }

    /// <summary>A browser with the portal open and nobody logged in.</summary>
    public TestBrowser Browser() => new(this);

    /// <summary>A caller with a token.</summary>
    public TestCaller With(string token) => new(_http, this, token);

    /// <summary>A new account.</summary>
    public async Task<TestCaller> UserAsync(string name)
    {
        Answer made = await Admin.PostAsync("users", new { name });
        return With(made.Must(201).Json.GetProperty("token").GetString()!);
    }

    /// <summary>Whether something is under way for a user.</summary>
    public bool IsBusy(string user) => _server.Site.Blobs.Work.Registry.Running.Any(request => request.User == user);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
