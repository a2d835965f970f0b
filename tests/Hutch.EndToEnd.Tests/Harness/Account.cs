using System.Text.Json;
using Hutch.Client.Configuration;

namespace Hutch.EndToEnd.Tests.Harness;

/// <summary>A person with an account of a server, at a command line that is logged in there.</summary>
internal sealed class Account : CommandLine, IDisposable
{
    private readonly string _folder;

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

    /// <summary>A key for the S3 door.</summary>
    public async Task<(string Access, string Secret)> NewS3KeyAsync(CancellationToken ct)
    {
        using var key = JsonDocument.Parse((await RunAsync(ct, "token", "create", "--s3", "--json")).AssertDone().Output);
        return (key.RootElement.GetProperty("accessKey").GetString()!, key.RootElement.GetProperty("secretKey").GetString()!);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
