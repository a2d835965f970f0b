using Hutch.Client;
using Hutch.Contracts;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>
/// A fresh server and the people who use it, each with a home of their own. All of it is gone at the end. It is for tests that stop, damage,
/// configure or administrate their server, or look at what all have; others take an account of the <see cref="SharedServer"/>.
/// </summary>
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
            return new Installation(folder, await ServerProcess.StartReadyAsync(folder["data"], ct, serverOptions));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The administrator.</summary>
    public async Task<Account> AdminAsync(CancellationToken ct) =>
        new(Server, "admin", await Server.ReadAdminTokenAsync(ct), _folder["people", "admin"]);

    /// <summary>A new user.</summary>
    public async Task<Account> NewUserAsync(string name, CancellationToken ct)
    {
        using HutchClient admin = new(Server.Address, await Server.ReadAdminTokenAsync(ct));
        CreatedUser user = await admin.CreateUserAsync(new CreateUser { Name = name }, ct);
        return new Account(Server, user.Name, user.Token, _folder["people", name]);
    }

    /// <summary>A place to make files in.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(_folder[name]).FullName;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
