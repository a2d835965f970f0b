using System.Net.Http.Headers;
using System.Net.Http.Json;
using Hutch.Server;
using Hutch.Testing;
using Hutch.Zone;
using Hutch.Zone.Limits;

namespace Hutch.Cli.Tests.Doctor;

/// <summary>The data folder of a server that was started once and stopped: made once, copied for each test.</summary>
public sealed class StoppedInstallation : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        var options = new ServeOptions
        {
            DataFolder = _folder["data"],
            HttpAddress = "127.0.0.1:0",
            Zone = new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } },
        };
        HutchServer server = await HutchServer.StartAsync(options, TestContext.Current.CancellationToken);
        using (var http = new HttpClient())
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(_folder["data/admin.token"])).Trim());
            using HttpResponseMessage made = await http.PostAsJsonAsync(new Uri(server.Address, "/api/v1/datasets"), new { name = "data" });
            made.EnsureSuccessStatusCode();
        }

        await server.DisposeAsync();
        File.Delete(_folder["data/admin.token"]);
    }

    /// <summary>A copy in which everything is as it should be.</summary>
    public void CopyTo(string target)
    {
        foreach (string file in Directory.EnumerateFiles(_folder["data"], "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(_folder["data"], file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
