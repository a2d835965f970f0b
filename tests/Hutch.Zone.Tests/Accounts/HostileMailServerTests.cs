using System.Net;
using System.Net.Sockets;
using Hutch.Zone.Delivery;
using Hutch.Zone.Mail;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>A mail server whose answers do not end must not hold up all other mail.</summary>
public sealed class HostileMailServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(100)] // a line now and then
    public async Task An_answer_without_an_end_is_given_up_in_time_and_its_connection_is_closed(int pause)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync(listener, "220-welcome\r\n"u8.ToArray(), pause);
        var transport = new SmtpTransport(new MailOptions
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            StartTls = false,
            From = "hutch@example.org",
            TimeoutSeconds = 1,
        });

        await Assert.ThrowsAsync<TimeoutException>(() => transport.SendAsync(new OutgoingMail(1, "ada@example.org", "s", "b"), Ct));

        await serving.WaitAsync(Ct);
    }

    /// <summary>Sends the same again and again until the client closes the connection.</summary>
    private static async Task ServeAsync(TcpListener listener, byte[] part, int pause)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Ct);
        try
        {
            while (true)
            {
                await client.GetStream().WriteAsync(part, Ct);
                await Task.Delay(pause, Ct);
            }
        }
        catch (IOException)
        {
            // It is closed.
        }
    }
}
