using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Hutch.Doors.Tests;

public sealed class ListenSocketsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_connects_between_two_servers_waits_for_the_second_one()
    {
        await using var sockets = new ListenSockets();
        WebApplication first = await StartAsync(sockets, "first");
        var address = new Uri(first.Urls.First());
        string before = await AskAsync(address);
        await first.StopAsync(Ct);
        await first.DisposeAsync();
        sockets.Release();

        Task<string> between = AskAsync(address);
        await using WebApplication second = await StartAsync(sockets, "second");
        await sockets.CloseUnusedAsync(Ct);

        Assert.Equal(["first", "second", "second"], [before, await between, await AskAsync(address)]);
    }

    [Fact]
    public async Task A_socket_that_the_next_server_does_not_use_is_closed()
    {
        await using var sockets = new ListenSockets();
        WebApplication first = await StartAsync(sockets, "first");
        var address = new Uri(first.Urls.First());
        await first.DisposeAsync();

        sockets.Release();
        await sockets.CloseUnusedAsync(Ct);

        await Assert.ThrowsAsync<SocketException>(() => AskAsync(address));
    }

    private static async Task<WebApplication> StartAsync(ListenSockets sockets, string answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        sockets.Use(builder.Services);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(context => context.Response.WriteAsync(answer));
        await app.StartAsync(Ct);
        return app;
    }

    private static async Task<string> AskAsync(Uri address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Ct);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.0\r\nHost: {address.Authority}\r\n\r\n"), Ct);
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(Ct)).Split("\r\n\r\n")[^1];
    }
}
