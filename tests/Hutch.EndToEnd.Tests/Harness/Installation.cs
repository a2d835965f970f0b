using System.Text.Json;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A fresh server and the people who use it, each with a home of their own. All of it is gone at the end.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private Installation(TemporaryFolder folder, ServerProcess server)
    {
        _folder = folder;
        Server = server;
    }

    public ServerProcess Server { get; }

    public static async Task<Installation> StartAsync(CancellationToken ct, params string[] serverOptions)
    {
        TemporaryFolder folder = new();
        try
        {
            return new Installation(folder, await ServerProcess.StartReadyAsync(folder.Combine("data"), ct, serverOptions));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The administrator, logged in.</summary>
    public async Task<CommandLine> AdminAsync(CancellationToken ct) => await LoggedInAsync("admin", await Server.ReadAdminTokenAsync(ct), ct);

    /// <summary>A new user, logged in, and the token.</summary>
    public async Task<(CommandLine Person, string Token)> NewUserAsync(CommandLine admin, string name, CancellationToken ct)
    {
        CommandResult created = (await admin.RunAsync(["user", "create", name, "--json"], "", ct)).AssertDone();
        string token = JsonDocument.Parse(created.Output).RootElement.GetProperty("token").GetString()!;
        return (await LoggedInAsync(name, token, ct), token);
    }

    /// <summary>A place to make files in.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_folder.Combine(name)).FullName;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<CommandLine> LoggedInAsync(string name, string token, CancellationToken ct)
    {
        CommandLine person = new(_folder.Combine("homes", name), _folder.Combine("work", name));
        (await person.RunAsync(["login", Server.Address.ToString()], token + "\n", ct)).AssertDone();
        return person;
    }
}
