using Hutch.Agent;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.DataLad;
using Hutch.Server;
using Hutch.Testing;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>A real server in this process, and the people who use it with scripts. As a fixture it is that of all tests of a class.</summary>
public sealed class LocalServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ScriptPerson> _people = [];
    private bool _adopts;
    private HutchServer? _server;
    private string _listen = "127.0.0.1:0";

    internal Uri Address => _server!.Address;

    internal string Data => _folder["data"];

    /// <summary>The folder that has its data and the people; gone with it.</summary>
    internal string Folder => _folder.Path;

    /// <summary>A folder with data from before the server.</summary>
    internal string Old => _folder["old"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="adopts">True to let it adopt what is in <see cref="Old"/>.</param>
    internal static async Task<LocalServer> StartedAsync(bool adopts = false)
    {
        var server = new LocalServer { _adopts = adopts };
        await server.StartAsync();
        return server;
    }

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it on its folder as that is; again where it was before.</summary>
    internal async Task StartAsync()
    {
        _server = await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = Data,
                HttpAddress = _listen,
                Zone = new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } },
                DataLad = new DataLadOptions(),
                Adopt = new AdoptOptions { Roots = _adopts ? [Old] : [] },
            },
            Ct);
        _listen = _server.Address.Authority;
    }

    internal async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    internal async Task<ScriptPerson> AdminAsync() => NewPerson("admin", await AdminTokenAsync());

    /// <summary>A new account, and its person.</summary>
    internal async Task<ScriptPerson> NewUserAsync(string name)
    {
        using var admin = new HutchClient(Address, await AdminTokenAsync());
        return NewPerson(name, (await admin.CreateUserAsync(new CreateUser { Name = name }, Ct)).Token);
    }

    /// <summary>Somebody with a home of their own.</summary>
    /// <param name="name">Of the account.</param>
    /// <param name="token">With which they are logged in; null for somebody who is not.</param>
    internal ScriptPerson NewPerson(string name, string? token = null)
    {
        _people.Add(new ScriptPerson(name, token, token is null ? null : Address, _folder["people", name]));
        return _people[^1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptPerson person in _people)
        {
            await person.DisposeAsync();
        }

        await StopAsync();
        _folder.Dispose();
    }

    private async Task<string> AdminTokenAsync() => (await File.ReadAllTextAsync(Path.Combine(Data, AdminAccount.TokenFileName), Ct)).Trim();
}
