using Hutch.Cli.Configuration;
using Hutch.Cluster.Setup;
using Hutch.Cli.Workers;
using Hutch.Commands.Hosting;
using Hutch.Commands.Verbs.Frames;
using Hutch.S3;
using Hutch.Server;
using Hutch.Site.Engines;
using Hutch.Site.Engines.Segments;
using Hutch.Zone;

namespace Hutch.Cli.Verbs.Servers;

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

    private readonly Option<string?> _records = new("--records")
    {
        Description = "Keep log and accounts in this PostgreSQL database, for several servers of one site; without a password in it.",
        HelpName = "postgres://USER@HOST/DATABASE",
    };

    private readonly Option<string?> _objects = new("--objects")
    {
        Description = "Keep the bytes in this bucket of an S3 object store; together with --records.",
        HelpName = "s3://HOST/BUCKET",
    };

    private readonly Option<string?> _site = new("--site") { Description = "The name of the site.", HelpName = "NAME" };

    private readonly Option<bool> _proxy = new("--behind-proxy")
    {
        Description = "A proxy in front terminates TLS: accept tokens over plain HTTP from other machines.",
    };

    private readonly Option<bool> _takeOver = new("--take-over-bucket")
    {
        Description = "Take the bucket of the segments over from another copy of this data folder, which must have stopped for good.",
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

    internal ServeVerb(VerbDeclaration verb)
        : base(
            verb,
            "serve",
            "Start the server. The first start creates the account 'admin' and prints how to log in.",
            "hutch serve",
            "hutch serve --data /srv/hutch --http 127.0.0.1:8470",
            "hutch serve --https '*:8443'",
            "hutch serve --config /etc/hutch/hutch.yaml",
            "hutch serve --records postgres://hutch@db.example.org/hutch --objects s3://ceph.example.org/hutch")
    {
        _server = new ServerOptionSet(verb);
        Options.Add(_portal);
        Add(_takeOver);
        Take("server.http", _http);
        Take("s3.address", _s3);
        Take("server.https", _https);
        Take("server.name", _site);
        Take("engine.records", _records);
        Take("engine.objects", _objects);
        Take("server.behindProxy", _proxy);
        Take("server.allowNetworkFileSystem", _network);
        Take("log.json", _jsonLogs);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        LoadedConfiguration loaded = _server.ReadValid(context);
        RequireNoKey(context.Host);
        SharedStorage? location = PlaceOf(context, loaded);
        if (location is not null && !context.Quiet)
        {
            context.Host.Out.WriteLine($"One server of a site: {location.Where}.");
        }

        ServeOptions options = ToServeOptions(context, loaded, location, context.Value(_portal), context.Value(_takeOver));
        await HutchServer.RunAsync(options with { Locations = new Locations(context, FindPlace(context, loaded)) }, cancellationToken);
        return ExitCode.Ok;
    }

    /// <summary>Returns the problems that a start would refuse, as far as they show without starting.</summary>
    internal static IReadOnlyList<string> FindProblems(CliContext context, LoadedConfiguration loaded)
    {
        try
        {
            return StartChecks.FindProblems(ToServeOptions(context, loaded));
        }
        catch (HutchException e)
        {
            return [e.Error.Message];
        }
    }

    internal static ServeOptions ToServeOptions(CliContext context, LoadedConfiguration loaded) =>
        ToServeOptions(context, loaded, PlaceOf(context, loaded), portal: null, takesOver: false);

    /// <summary>Reads the configuration of a server elsewhere; the place is null for a data folder alone.</summary>
    /// <param name="data">The data folder in place of the configured one; null for that.</param>
    internal static (ServeOptions Options, ISharedLocation? Place) ReadPlace(CliContext context, string file, string? data)
    {
        (string Path, string Text, string Flag)[] flags = data is null ? [] : [("server.data", data, "--data")];
        LoadedConfiguration loaded = new ConfigurationReader(context.Host, context.FullPath).Read(file, flags).RequireValid();
        return (ToServeOptions(context, loaded), FindPlace(context, loaded));
    }

    /// <summary>Returns the database and the bucket of a configuration; null for a data folder alone.</summary>
    internal static ISharedLocation? FindPlace(CliContext context, LoadedConfiguration loaded) =>
        PlaceOf(context, loaded)?.Place(loaded.Options.Site.NewId);

    private static SharedStorage? PlaceOf(CliContext context, LoadedConfiguration loaded) =>
        loaded.Options.Engine.IsOn ? new SharedStorage(loaded.Options.Engine, context.Host.Environment) : null;

    private static ISegmentBucketFactory? BucketOf(CliContext context, HutchConfiguration configuration, bool takesOver) =>
        configuration.Storage.Bucket.IsOn
            ? configuration.Storage.Bucket.Open(configuration.Site.NewId, context.Host.Environment, takesOver)
            : null;

    /// <summary><paramref name="portal"/>: a folder with the portal's files in place of those in the program.</summary>
    private static ServeOptions ToServeOptions(
        CliContext context, LoadedConfiguration loaded, SharedStorage? location, string? portal, bool takesOver)
    {
        HutchConfiguration configuration = loaded.Options;
        Action<string>? notice = context.Quiet ? null : context.Host.Out.WriteLine;
        return new ServeOptions
        {
            DataFolder = loaded.DataFolder,
            HttpAddress = IsOff(configuration.Server.Http) ? ServeOptions.Nowhere : configuration.Server.Http,
            HttpsAddress = configuration.Server.Https,
            Address = configuration.Server.Address,
            NeedsCertificate = configuration.S3.Https is not null,
            Tls = configuration.Tls,
            PathPrefix = configuration.Server.PathPrefix,
            TrustedProxies = configuration.Server.TrustedProxies,
            S3Url = configuration.Server.S3Url,
            JupyterHub = configuration.Server.JupyterHub,
            ClientUrl = configuration.Server.ClientUrl,
            OpenWith = [.. configuration.Server.OpenWith.Select(static entry => entry.ToInfo())],
            LogoFile = configuration.Server.Logo,
            SiteName = configuration.Server.Name,
            AllowNetworkFileSystem = configuration.Server.AllowNetworkFileSystem,
            JsonLogs = configuration.Log.Json,
            VerboseLogs = context.Verbose || configuration.Log.Verbose,
            StopsOnSignals = true,
            Time = context.Host.Time,
            PortalFolder = portal is null ? null : context.FullPath(portal),
            AllowTokensOverHttp = configuration.Server.BehindProxy,
            Api = configuration.Api,
            Site = location is null
                ? configuration.Site with { Bucket = BucketOf(context, configuration, takesOver) }
                : configuration.Site with { Engine = location.Engine(configuration.Site.NewId), ReadsMayBeOld = location.ReadsMayBeOld },
            Zone = ZoneOf(configuration),
            Backup = configuration.Backup,
            Types = configuration.Types,
            Programs = configuration.Programs,
            Node = NodeLauncher.Command(),
            Analysis = configuration.Analysis,
            Bus = configuration.Bus,
            Callbacks = configuration.Callbacks,
            Datagrams = configuration.Datagrams,
            Look = configuration.Look,
            Reader = ReaderLauncher.ContentCommand(),
            Agent = configuration.Agent,
            Adopt = configuration.Adopt,
            Sites = configuration.Sites,
            S3 = IsOff(configuration.S3.Address) ? null : configuration.S3,
            DataLad = configuration.DataLad,
            Notice = notice,
        };
    }

    // YAML 1.1 turns `off` into `false`, and the two doors were given different words.
    private static bool IsOff(string address) => address.ToUpperInvariant() is "NONE" or "OFF" or "FALSE" or "NO";

    private static ZoneOptions ZoneOf(HutchConfiguration configuration)
    {
        ZoneOptions zone = configuration.Zone with
        {
            Accounts = configuration.Accounts,
            Mail = configuration.Mail,
            Dois = configuration.Dois,
            Oidc = configuration.Oidc,
            Partners = configuration.Partners,
            PublicUrl = configuration.Server.PublicUrl,
            NeverStop = configuration.Sites.NeverStop,
            MaxKeySilence = TimeSpan.FromMinutes(configuration.Sites.NarrowedKeyMinutes),
        };
        return configuration.Engine is { Records: { } records } engine
            ? zone.InPostgres(records, engine.RecordsPasswordFile, TimeSpan.FromSeconds(engine.MaxOfflineSeconds))
            : zone;
    }

    /// <summary>Refuses a key in an address. It was taken out, but other users may have seen it in the list of processes.</summary>
    private static void RequireNoKey(CliHost host)
    {
        if (host.S3Key is not null)
        {
            throw ErrorCode.BadConfiguration.With(
                "The address of the object store contains a key, and everybody on this machine can read a command line. Write the key into "
                + "a file that only the server may read ('engine.objectsKeyFile'), and have it replaced: others may have seen it.")
                .ToException();
        }
    }

    private void Take(string path, Option<string?> flag)
    {
        Add(flag);
        _server.Bind(path, flag);
    }

    /// <summary>Reads other configurations as this server's was read, but without the flags of its command line.</summary>
    private sealed class Locations(CliContext context, ISharedLocation? own) : ILocationReader
    {
        public ISharedLocation? Own => own;

        public (ServeOptions Options, ISharedLocation? Place) Read(string file)
        {
            (ServeOptions options, ISharedLocation? location) = ReadPlace(context, file, data: null);
            return (options with { Locations = new Locations(context, location) }, location);
        }
    }

    private void Take(string path, Option<bool> flag)
    {
        Add(flag);
        _server.Bind(path, flag);
    }
}
