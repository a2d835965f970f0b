using System.CommandLine;
using Hutch.Agent;
using Hutch.Api;
using Hutch.Api.Hosting;
using Hutch.Cli.Configuration;
using Hutch.Cli.Hosting;
using Hutch.Live;
using Hutch.S3;
using Hutch.S3.Hosting;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch serve</c>.</summary>
internal sealed class ServeVerb : Verb
{
    private readonly ServerOptionSet _server;

    private readonly Option<string?> _http = new("--http")
    {
        Description = $"The address to listen on (default: {ServeOptions.DefaultAddress}).",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _s3 = new("--s3")
    {
        Description = $"The address to listen on for S3, or '{S3Options.Off}' (default: {S3Options.DefaultAddress}).",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _https = new("--https")
    {
        Description = "The address to listen on for HTTPS. Without a certificate, the server creates one and prints its fingerprint.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _site = new("--site") { Description = "The name of the site.", HelpName = "NAME" };

    private readonly Option<bool> _proxy = new("--behind-proxy")
    {
        Description = "A proxy in front terminates TLS: accept tokens over plain HTTP from other machines.",
    };

    private readonly Option<bool> _network = new("--allow-network-file-system")
    {
        Description = "Allow a data folder on a network file system, whose locks and syncs are not reliable.",
    };

    private readonly Option<string?> _portal = new("--portal")
    {
        Description = "Serve the portal from this folder, for development.",
        HelpName = "DIR",
        Hidden = true,
    };

    private readonly Option<bool> _jsonLogs = new("--json-logs") { Description = "Write the log as JSON lines." };

    internal ServeVerb(CliHost host)
        : base(
            host,
            "serve",
            "Start the server. The first start creates the account 'admin' and prints how to log in.",
            "hutch serve",
            "hutch serve --data /srv/hutch --http 127.0.0.1:8470",
            "hutch serve --https '*:8443'",
            "hutch serve --config /etc/hutch/hutch.yaml")
    {
        _server = new ServerOptionSet(this);
        Options.Add(_portal);
        Take("server.http", _http);
        Take("s3.address", _s3);
        Take("server.https", _https);
        Take("server.name", _site);
        Take("server.behindProxy", _proxy);
        Take("server.allowNetworkFileSystem", _network);
        Take("log.json", _jsonLogs);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        LoadedConfiguration loaded = _server.ReadValid(context);
        await HutchServer.RunAsync(ToServeOptions(context, loaded, context.Value(_portal)), cancellationToken);
        return ExitCode.Ok;
    }

    /// <summary>
    /// How a configuration is served; <paramref name="portal"/>: a folder with the portal's files in place of those in the program.
    /// </summary>
    internal static ServeOptions ToServeOptions(CliContext context, LoadedConfiguration loaded, string? portal)
    {
        HutchConfiguration configuration = loaded.Options;
        Action<string>? notice = context.Quiet ? null : context.Host.Out.WriteLine;
        return new ServeOptions
        {
            DataFolder = loaded.DataFolder,
            HttpAddress = configuration.Server.Http,
            HttpsAddress = configuration.Server.Https,
            NeedsCertificate = configuration.S3.Https is not null,
            Tls = configuration.Tls,
            PathPrefix = configuration.Server.PathPrefix,
            TrustedProxies = configuration.Server.TrustedProxies,
            SiteName = configuration.Server.Name,
            AllowNetworkFileSystem = configuration.Server.AllowNetworkFileSystem,
            JsonLogs = configuration.Log.Json,
            VerboseLogs = context.Verbose || configuration.Log.Verbose,
            Time = context.Host.Time,
            PortalFolder = portal is null ? null : context.FullPath(portal),
            AllowTokensOverHttp = configuration.Server.BehindProxy,
            Api = configuration.Api,
            Site = configuration.Site,
            Zone = configuration.Zone with
            {
                Accounts = configuration.Accounts,
                Mail = configuration.Mail,
                Oidc = configuration.Oidc,
                PublicUrl = configuration.Server.PublicUrl,
            },
            Backup = configuration.Backup,
            Types = configuration.Types,
            ConfigureServices = services => services
                .AddLive(
                    loaded.DataFolder, configuration.Analysis, configuration.Bus, configuration.Callbacks, configuration.Datagrams)
                .AddAgent(configuration.Agent, configuration.Server.PublicUrl)
                .AddS3(configuration.S3, notice),
            Notice = notice,
        };
    }

    private void Take(string path, Option<string?> flag)
    {
        Add(flag);
        _server.Bind(path, flag);
    }

    private void Take(string path, Option<bool> flag)
    {
        Add(flag);
        _server.Bind(path, flag);
    }
}
