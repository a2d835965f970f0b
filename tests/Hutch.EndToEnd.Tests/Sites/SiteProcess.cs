using System.Text.Json;
using Hutch.Client;
using Hutch.Client.Configuration;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>A site as an operator runs it: a real server, always at the same addresses, and the operator's home with a login there.</summary>
/// <param name="name">The name of the site.</param>
/// <param name="folder">A folder for all that it has.</param>
/// <param name="options">What its server is started with beside its folder and doors.</param>
internal sealed class SiteProcess(string name, string folder, string[] options) : IAsyncDisposable
{
    /// <summary>The exit code of commands whose token is not valid.</summary>
    private const int NotLoggedIn = 3;

    private readonly int _port = LoopbackPort.FindFree();
    private ServerProcess? _server;
    private HutchClient? _client;

    /// <summary>The name of the site.</summary>
    public string Name => name;

    /// <summary>Where other sites reach it.</summary>
    public Uri Door { get; } = new($"http://127.0.0.1:{LoopbackPort.FindFree()}");

    /// <summary>How the others are told to reach it; null for the door itself.</summary>
    public Uri? DoorAddress { get; set; }

    /// <summary>The server that runs now.</summary>
    public ServerProcess Server => _server!;

    /// <summary>The operator at the command line.</summary>
    public CommandLine Person { get; } = new(Path.Combine(folder, "home"), Path.Combine(folder, "work"));

    /// <summary>The operator as a program.</summary>
    public HutchClient Client => _client!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts the server, also again after it was killed.</summary>
    public async Task StartAsync()
    {
        string[] sites =
        [
            "--set", $"sites.listen={Door.Authority}", "--set", $"sites.address={(DoorAddress ?? Door).Authority}",
            "--set", $"s3.names={ServerProcess.S3Place}",
        ];
        _server = ServerProcess.Start(Path.Combine(folder, "data"), _port, [.. options, .. sites]);
        await _server.WaitReadyAsync(Ct);
    }

    /// <summary>SIGKILL.</summary>
    public async ValueTask KillAsync()
    {
        await Server.DisposeAsync();
        _server = null;
    }

    /// <summary>Logs the operator in, without the command.</summary>
    public async Task LogInAsync(string token)
    {
        Connect(token);
        await UntilAsync(static client => client.GetCallerAsync(Ct), static _ => true); // a busy site may hear of a new token a moment later
        string key = RemoteAddress.Key(Server.Address);
        UserConfig config = new() { Default = key, Remotes = { [key] = new RemoteConfig { Token = token } } };
        config.Save(Path.Combine(folder, "home", ".config", "hutch", "config"));
    }

    /// <summary>Joins a zone with the token of an invite, without commands.</summary>
    public async Task JoinAsync(SiteProcess zone)
    {
        InvitedSite invited = await zone.Client.InviteSiteAsync(
            new InviteSite { Name = name, Labels = new Dictionary<string, string> { ["tier"] = name } }, Ct);
        using (HutchClient local = new(Server.Address, await Server.ReadAdminTokenAsync(Ct)))
        {
            await local.JoinZoneAsync(new JoinZone { Token = invited.Token }, Ct);
        }

        CreatedToken token = await zone.Client.CreateTokenAsync(
            new CreateToken { Site = name, Scopes = ["read", "write", "manage", "admin"] }, Ct);
        await LogInAsync(token.Token!);
    }

    /// <summary>Joins a zone with the token of an invite, with the commands of docs/operations/sites.md.</summary>
    public async Task JoinByCommandsAsync(SiteProcess zone)
    {
        string invite = await zone.RunAsync("site", "invite", name, "--label", "tier=" + name);
        await LogInByCommandAsync(await Server.ReadAdminTokenAsync(Ct));
        (await Person.RunAsync(["site", "join"], invite, Ct)).AssertDone();
        string token = await zone.RunShellAsync(
            $"hutch token create --site {name} --scope read --scope write --scope manage --scope admin --json");
        await LogInByCommandAsync(JsonSerializer.Deserialize(token, HutchJson.Default.CreatedToken)!.Token!);
    }

    /// <summary>Starts the server and others, which join its zone.</summary>
    public async Task StartZoneAsync(params SiteProcess[] others)
    {
        await Task.WhenAll(others.Append(this).Select(static site => site.StartAsync()));
        await LogInAsync(await Server.ReadAdminTokenAsync(Ct));
        foreach (SiteProcess other in others)
        {
            await other.JoinAsync(this);
        }
    }

    /// <summary>Pushes a folder of new files.</summary>
    /// <param name="dataset">What the dataset is to be called.</param>
    /// <param name="script">Makes the files.</param>
    public async Task<DatasetId> PushAsync(string dataset, string script)
    {
        string made = await RunShellAsync(
            $"mkdir {dataset}; cd {dataset}; {script}\nhutch init --name {dataset} --json; hutch push --quiet >../pushed");
        return JsonSerializer.Deserialize(made, HutchJson.Default.DatasetInfo)!.Id;
    }

    /// <summary>Runs a command as the operator, and gives what it prints.</summary>
    public async Task<string> RunAsync(params string[] arguments) => (await Person.RunAsync(Ct, arguments)).AssertDone().Output;

    /// <summary>Runs a line of shell as the operator, and gives what it prints.</summary>
    public async Task<string> RunShellAsync(string script) => (await Person.RunShellAsync(script, Ct)).AssertDone().Output;

    /// <summary>Waits until a question is answered as it should be; until then a refusal is an answer like any other.</summary>
    public async Task<T> UntilAsync<T>(Func<HutchClient, Task<T>> ask, Func<T, bool> holds)
    {
        while (true)
        {
            try
            {
                T answer = await ask(Client);
                if (holds(answer))
                {
                    return answer;
                }
            }
            catch (HutchException)
            {
                // Not yet.
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Waits until it says so of the copy that another site has.</summary>
    public Task<CopyList> UntilCopyAsync(DatasetId dataset, string site, Func<CopyInfo, bool> holds) => UntilAsync(
        client => client.GetCopiesAsync(dataset, Ct), copies => copies.Items.Any(copy => copy.Site == site && holds(copy)));

    /// <summary>Waits until a rule of a dataset is in a state.</summary>
    public Task<DatasetRules> UntilRuleAsync(DatasetId dataset, string state) => UntilAsync(
        client => client.GetRulesAsync(dataset, Ct), rules => rules.Items.Count > 0 && rules.Items.All(one => one.State == state));

    /// <summary>The bytes of a file, over REST.</summary>
    public async Task<byte[]> ReadAsync(DatasetId dataset, string path)
    {
        using HttpResponseMessage answer = await Client.OpenEntryAsync(dataset, null, path, 0, Ct);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task LogInByCommandAsync(string token)
    {
        // A busy site may hear of a new token a moment later.
        CommandResult login = await Person.RunAsync(["login", Server.Address.ToString()], token + "\n", Ct);
        for (int tries = 0; login.ExitCode == NotLoggedIn && tries < 20; tries++)
        {
            await Task.Delay(500, Ct);
            login = await Person.RunAsync(["login", Server.Address.ToString()], token + "\n", Ct);
        }

        login.AssertDone();
        Connect(token);
    }

    private void Connect(string token)
    {
        _client?.Dispose();
        _client = new HutchClient(Server.Address, token, new HutchClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 } });
    }
}
