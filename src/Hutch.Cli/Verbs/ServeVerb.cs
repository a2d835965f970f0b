using System.CommandLine;
using Hutch.Api.Hosting;
using Hutch.Cli.Hosting;
using Hutch.Live;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch serve</c>.</summary>
internal sealed class ServeVerb : Verb
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder; $XDG_DATA_HOME/hutch when it is left out",
        HelpName = "DIR",
    };

    private readonly Option<string> _http = new("--http")
    {
        Description = "Where to listen",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => ServeOptions.DefaultAddress,
    };

    private readonly Option<string> _site = new("--site")
    {
        Description = "Name of the site",
        HelpName = "NAME",
        DefaultValueFactory = _ => "hutch",
    };

    private readonly Option<bool> _proxy = new("--behind-proxy")
    {
        Description = "A proxy before it ends TLS: take tokens over plain HTTP from other machines",
    };

    private readonly Option<bool> _network = new("--allow-network-file-system")
    {
        Description = "Take a data folder whose locks and syncs cannot be trusted",
    };

    private readonly Option<bool> _jsonLogs = new("--json-logs") { Description = "Write the log as JSON lines" };

    internal ServeVerb(CliHost host)
        : base(
            host,
            "serve",
            "Serve a data folder. The first start makes the account 'admin' and says how to log in.",
            "hutch serve",
            "hutch serve --data /srv/hutch --http 127.0.0.1:8470")
    {
        Options.Add(_data);
        Options.Add(_http);
        Options.Add(_site);
        Options.Add(_proxy);
        Options.Add(_network);
        Options.Add(_jsonLogs);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        string folder = context.FullPath(context.Value(_data) ?? DefaultFolder(context.Host.Environment));
        var options = new ServeOptions
        {
            DataFolder = folder,
            HttpAddress = context.Value(_http)!,
            SiteName = context.Value(_site)!,
            AllowNetworkFileSystem = context.Value(_network),
            JsonLogs = context.Value(_jsonLogs),
            VerboseLogs = context.Verbose,
            Time = context.Host.Time,
            Api = new ApiOptions { AllowTokensOverHttp = context.Value(_proxy) },
            ConfigureServices = services => services.AddLive(folder, new AnalysisWorkerOptions()),
            Notice = context.Quiet ? null : context.Host.Out.WriteLine,
        };
        await HutchServer.RunAsync(options, cancellationToken);
        return ExitCode.Ok;
    }

    internal static string DefaultFolder(Func<string, string?> environment) => environment("XDG_DATA_HOME") is { Length: > 0 } data
        ? Path.Combine(data, "hutch")
        : Path.Combine(environment("HOME") ?? ".", ".local", "share", "hutch");
}
