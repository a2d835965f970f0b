using Hutch.Agent;
using Hutch.DataLad;
using Hutch.Federation;
using Hutch.Formats.Hdf5;
using Hutch.Messaging.Callbacks;
using Hutch.Messaging.Datagrams;
using Hutch.Messaging.RabbitMq;
using Hutch.Previews;
using Hutch.Programs;
using Hutch.Programs.Engines;
using Hutch.S3;
using Hutch.Worker;

namespace Hutch.Server;

public sealed record ServeOptions
{
    /// <summary>The port when none is said.</summary>
    public const string DefaultAddress = "127.0.0.1:8470";

    /// <summary>The address of a server that does not listen for plain HTTP.</summary>
    public const string Nowhere = "none";

    /// <summary>The data folder; made when it is not there.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The address for plain HTTP: <c>HOST:PORT</c>; port 0 takes a free one, <c>none</c> listens nowhere.</summary>
    public string HttpAddress { get; init; } = DefaultAddress;

    /// <summary>The address for HTTPS: <c>HOST:PORT</c>; null for none.</summary>
    public string? HttpsAddress { get; init; }

    /// <summary>The address at which the other servers of the site reach this one; null for the one it listens at.</summary>
    public Uri? Address { get; init; }

    /// <summary>True if another door needs the certificate, though this one may not listen for HTTPS.</summary>
    public bool NeedsCertificate { get; init; }

    /// <summary>The certificate for HTTPS.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>The path under which the server is reached, such as <c>/hutch</c>; null for the root.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>Addresses and networks of proxies whose word about a request is believed.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.1", "::1"];

    /// <summary>The address of the S3 door for people; null for none that is shown.</summary>
    public Uri? S3Url { get; init; }

    /// <summary>The address of a JupyterHub to which the portal links; null for none.</summary>
    public Uri? JupyterHub { get; init; }

    /// <summary>The address where people download the client; null for none.</summary>
    public Uri? ClientUrl { get; init; }

    /// <summary>The operator's programs under *Open with* in the portal.</summary>
    public IReadOnlyList<Contracts.OpenWithInfo> OpenWith { get; init; } = [];

    /// <summary>The file of the operator's logo on public pages; null for none.</summary>
    public string? LogoFile { get; init; }

    /// <summary>Name of the site.</summary>
    public string SiteName { get; init; } = "hutch";

    /// <summary>True if the folder may be on a network file system, whose locks and syncs cannot be trusted.</summary>
    public bool AllowNetworkFileSystem { get; init; }

    /// <summary>True to open a data folder that is being filled, to check it.</summary>
    internal bool IsFilling { get; init; }

    /// <summary>Returns the options to open a database and bucket on which no server starts.</summary>
    internal ServeOptions Filling(ISharedLocation location) => this with { Site = Site with { Engine = location.ForFilling } };

    /// <summary>Reads configurations of other places, to which the site can then move without a stop; null for none.</summary>
    public ILocationReader? Locations { get; init; }

    /// <summary>The listening sockets that outlive the server; null for its own.</summary>
    internal ListenSockets? Sockets { get; init; }

    /// <summary>Log JSON lines instead of text.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Log each request.</summary>
    public bool VerboseLogs { get; init; }

    /// <summary>True if tokens may come over plain HTTP from other machines: only behind a proxy that ends TLS.</summary>
    public bool AllowTokensOverHttp { get; init; }

    /// <summary>Limits of the REST door.</summary>
    public ApiOptions Api { get; init; } = new();

    /// <summary>Options of the site.</summary>
    public SiteOptions Site { get; init; } = new();

    /// <summary>Options of the zone.</summary>
    public ZoneOptions Zone { get; init; } = new();

    /// <summary>A folder with the portal's files, absolute, in place of those in the program; for those who work on them.</summary>
    public string? PortalFolder { get; init; }

    /// <summary>Automatic backups of the server.</summary>
    public BackupOptions Backup { get; init; } = new();

    /// <summary>Types of the site.</summary>
    public TypeOptions Types { get; init; } = new();

    /// <summary>Programs of the operator.</summary>
    public ProgramOptions Programs { get; init; } = new();

    /// <summary>The command that executes attempts of programs on this machine; null for none.</summary>
    public NodeCommand? Node { get; init; }

    /// <summary>Further engines of programs, in place of those of the configuration; for tests.</summary>
    internal IReadOnlyList<IProgramEngine>? Engines { get; init; }

    /// <summary>The disk of the segments; another one in tests.</summary>
    internal IDisk SegmentDisk { get; init; } = LocalDisk.Instance;

    /// <summary>Hears of everything that is logged, beside the terminal; for tests.</summary>
    internal ILoggerProvider? ListeningLogger { get; init; }

    /// <summary>
    /// True if SIGTERM, SIGINT and SIGQUIT stop the server, gracefully. A server inside another program leaves the signals of that
    /// program alone.
    /// </summary>
    public bool StopsOnSignals { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The worker in the server, and pictures of frames; null for none.</summary>
    public AnalysisWorkerOptions? Analysis { get; init; }

    /// <summary>The message broker; without an address the bus is inside the process.</summary>
    public BusOptions Bus { get; init; } = new();

    /// <summary>The hosts that may receive results by HTTP.</summary>
    public CallbackOptions Callbacks { get; init; } = new();

    /// <summary>The receiver of results as datagrams.</summary>
    public DatagramOptions Datagrams { get; init; } = new();

    /// <summary>Limits of looking into files.</summary>
    public FileReaderOptions Look { get; init; } = new();

    /// <summary>The command that starts a reader of files; null for none.</summary>
    public ReaderCommand? Reader { get; init; }

    /// <summary>The folders of the facility.</summary>
    public AgentOptions Agent { get; init; } = new();

    /// <summary>The folders that may be adopted.</summary>
    public AdoptOptions Adopt { get; init; } = new();

    /// <summary>Other sites; null for none.</summary>
    public SitesOptions? Sites { get; init; }

    /// <summary>The S3 door; null for none.</summary>
    public S3Options? S3 { get; init; }

    /// <summary>The door of git and DataLad; null for none.</summary>
    public DataLadOptions? DataLad { get; init; }

    /// <summary>The portal's address in the agent's links in place of the zone's; for tests.</summary>
    internal Uri? AgentPortal { get; init; }

    /// <summary>Watched folders in place of the agent's; for tests.</summary>
    internal IFacilityFolders? Facility { get; init; }

    /// <summary>The memory of connections in place of the server's own; for tests.</summary>
    internal IMemoryPoolFactory<byte>? Memory { get; init; }

    /// <summary>Told in words what a person at the terminal should know: the address, how to log in.</summary>
    public Action<string>? Notice { get; init; }
}
