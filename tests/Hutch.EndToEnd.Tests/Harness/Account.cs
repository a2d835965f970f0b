using Hutch.Client;
using Hutch.Client.Configuration;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A person with an account of a server, at a command line that is logged in there.</summary>
internal sealed class Account : CommandLine, IDisposable
{
    private readonly string _folder;
    private HutchClient? _client;

    /// <param name="server">The server.</param>
    /// <param name="name">The name of the account, with which those of its datasets begin.</param>
    /// <param name="token">What its commands are allowed by.</param>
    /// <param name="folder">For the person's home and what they work on; deleted with this.</param>
    public Account(ServerProcess server, string name, string token, string folder)
        : base(Path.Combine(folder, "home"), Path.Combine(folder, "work"))
    {
        (Server, Name, Token, _folder) = (server, name, token, folder);
        string key = RemoteAddress.Key(server.Address);
        UserConfig config = new() { Default = key, Remotes = { [key] = new RemoteConfig { Token = token } } };
        config.Save(Path.Combine(folder, "home", ".config", "hutch", "config"));
        Directory.CreateDirectory(WorkingFolder);
    }

    public ServerProcess Server { get; }

    public string Name { get; }

    public string Token { get; }

    /// <summary>The person as a program: to wait with, since a command for each look would cost a fifth of a second.</summary>
    public HutchClient Client =>
        _client ??= new HutchClient(Server.Address, Token, new HutchClientOptions { Retry = HttpRetry.Default with { MaxAttempts = 1 } });

    /// <summary>Waits until a question is answered as it should be; until then a refusal is an answer like any other, and so is none.</summary>
    public async Task<T> UntilAsync<T>(Func<HutchClient, Task<T>> ask, Func<T, bool> holds, CancellationToken ct)
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
            catch (Exception e) when (e is HutchException or ServerUnreachableException)
            {
                // Not yet.
            }

            await Task.Delay(20, ct);
        }
    }

    /// <summary>Waits until a dataset of a name is as it should be.</summary>
    public Task<DatasetInfo> UntilDatasetAsync(string name, Func<DatasetInfo, bool> holds, CancellationToken ct) =>
        UntilAsync(client => client.ResolveAsync(name, ct), holds, ct);

    /// <summary>Waits until so many runs are done.</summary>
    public Task UntilRunsDoneAsync(int count, CancellationToken ct) => UntilAsync(
        async client => await client.ListRunsAsync(null, ct: ct).CountAsync(static run => run.State == "done", ct), done => done >= count, ct);

    /// <summary>
    /// The same, with `api PATH`, which asks the server: for a script to wait with. It fails unless the server answers what was asked for.
    /// </summary>
    public override Task<CommandResult> RunShellAsync(string script, CancellationToken ct) => base.RunShellAsync(
        $"api() {{ curl -sf -H 'Authorization: Bearer {Token}' \"{Server.Address}api/v1/$1\"; }}\n" + script, ct);

    /// <summary>A key for the S3 door.</summary>
    public async Task<(string Access, string Secret)> NewS3KeyAsync(CancellationToken ct)
    {
        CreatedToken key = await Client.CreateTokenAsync(new CreateToken { S3 = true }, ct);
        return (key.AccessKey!, key.SecretKey!);
    }

    public void Dispose()
    {
        _client?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
