using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Hutch.Messaging.Datagrams;

namespace Hutch.Messaging.Tests.Datagrams;

/// <summary>Datagrams, to a socket of this test.</summary>
public sealed class DatagramSenderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:{0}")]
    [InlineData("::1", "[::1]:{0}")]
    public async Task A_datagram_arrives_as_it_was_sent(string listen, string to)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(listen), 0));
        int port = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        string address = to.Replace("{0}", $"{port}", StringComparison.Ordinal);
        using var sender = new DatagramSender(new DatagramOptions { To = address }, TimeProvider.System);

        await sender.SendAsync("PIA:4711:1:2:3:4:5"u8.ToArray(), Ct);

        Assert.Equal("PIA:4711:1:2:3:4:5", Encoding.Latin1.GetString((await socket.ReceiveAsync(Ct)).Buffer));
    }

    [Fact]
    public async Task Sending_to_a_host_name_that_does_not_exist_does_not_fail()
    {
        using var sender = new DatagramSender(new DatagramOptions { To = "no-such-host.invalid:9" }, TimeProvider.System);

        await sender.SendAsync("PIA"u8.ToArray(), Ct);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("::1:90")]
    [InlineData("udp://host:90")]
    public void An_address_without_host_or_port_stops_the_start(string to)
    {
        var options = new DatagramOptions { To = to };

        Assert.Single(options.Validate(new ValidationContext(options)));
    }
}
