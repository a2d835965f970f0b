using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class ServersVerbTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task The_servers_of_a_site_are_listed_with_their_addresses_watched_folders_and_jobs()
    {
        _line.Server.Intercept = _ => new HttpResponseMessage
        {
            Content = new StringContent(
            """
            {"kind":"shared","recordsBehind":0,"stores":[{"name":"PostgreSQL","where":"db.example.org/hutch","seconds":0.0012}],"servers":[
            {"id":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","name":"em-1","address":"https://em-1.example.org:8472","state":"ok","version":"1.2.3",
            "watched":["/data/microscope"],"jobs":["purge"],"isThis":true,"silentSeconds":0.4},
            {"id":"1f1e2d3c4b5a69788796a5b4c3d2e1f0","name":"em-2","state":"unreachable","trouble":"It does not answer.","jobs":[],"isThis":false,
            "silentSeconds":40}]}
            """,
            System.Text.Encoding.UTF8, "application/json")
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("servers"));

        Assert.Contains("https://em-1.example.org:8472  answers now\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("none: set server.address", _line.Out, StringComparison.Ordinal);
        Assert.All(
            ["em-1 watches /data/microscope.", "em-1 does for all: purge.", "em-2: It does not answer.", "PostgreSQL db.example.org/hutch: answers in 1.2 ms."],
            note => Assert.Contains(note, _line.Error, StringComparison.Ordinal));
    }
}
