using System.Net;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Hutch.Peers.Mail;
using Hutch.Zone.Accounts;
using Hutch.Zone.Delivery;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Peers;

public sealed class SmtpTransportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_reaches_a_real_server_as_it_was_written()
    {
        await using MailServer server = await MailServer.StartAsync(Ct);

        await new SmtpTransport(Options(server.Port)).SendAsync(
            new OutgoingMail(7, "ada@example.org", "Grüße an ada/data", "A line with ümlauts, a dot\n.\nand a link:\nhttps://hutch.example.org/login#code=x\n"), Ct);

        JsonElement mail = await server.TakeAsync(Ct);
        Assert.Equal("hutch@example.org", mail.GetProperty("from").GetString());
        Assert.Equal("ada@example.org", Assert.Single(mail.GetProperty("to").EnumerateArray()).GetString());
        string data = mail.GetProperty("data").GetString()!;
        int gap = data.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string head = data[..gap];
        Assert.Contains("Message-ID: <hutch-7@example.org>", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Auto-Submitted: auto-generated", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("charset=utf-8", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ü", head, StringComparison.Ordinal);
        Assert.Contains("base64", head, StringComparison.OrdinalIgnoreCase);
        string body = Encoding.UTF8.GetString(Convert.FromBase64String(data[gap..]));
        Assert.Contains("ümlauts, a dot\n.\nand", body.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_goes_all_the_way_from_the_question_to_the_mailbox()
    {
        await using MailServer server = await MailServer.StartAsync(Ct);
        await using TestZone zone = await TestZone.OpenAsync(TestZone.Quick with { Mail = Options(server.Port), PublicUrl = new Uri("https://hutch.example.org") });
        await zone.Accounts.ChangeUserAsync(await zone.AdminAsync(), "admin", new AccountPatch { Email = "ada@example.org", OwnerConfirmed = true }, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task sending = zone.Services.MailSender.RunAsync(stop.Token);

        await zone.Services.LoginLinks.RequestLinkAsync("admin", new LoginOrigin(IPAddress.Loopback, null), Ct);

        string data = (await server.TakeAsync(Ct)).GetProperty("data").GetString()!;
        string body = Encoding.UTF8.GetString(Convert.FromBase64String(data[data.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]));
        string code = body.Split("#code=")[1].Split('\n')[0].Trim();
        Assert.True((await zone.Services.LoginLinks.RedeemAsync(code, new LoginOrigin(IPAddress.Loopback, null), Ct)).IsOk);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_refused_address_is_distinguished_from_a_temporary_error_of_the_server()
    {
        await using MailServer server = await MailServer.StartAsync(Ct);
        var transport = new SmtpTransport(Options(server.Port));

        await Assert.ThrowsAsync<MailRefusedException>(() => transport.SendAsync(new OutgoingMail(1, "nobody@example.org", "s", "b"), Ct));
        Exception later = await Assert.ThrowsAnyAsync<SmtpException>(() => transport.SendAsync(new OutgoingMail(1, "later@example.org", "s", "b"), Ct));
        Assert.IsNotType<MailRefusedException>(later);

        int free = server.Port;
        await server.EndAsync();
        await Assert.ThrowsAnyAsync<SmtpException>(() => new SmtpTransport(Options(free)).SendAsync(new OutgoingMail(1, "ada@example.org", "s", "b"), Ct));
    }

    [Fact]
    public async Task Nothing_goes_out_in_the_open_or_to_a_server_that_cannot_prove_its_name_when_encryption_is_wanted()
    {
        await using MailServer plain = await MailServer.StartAsync(Ct);
        await using MailServer unknown = await MailServer.StartAsync(Ct, WriteCertificate());
        var mail = new OutgoingMail(1, "ada@example.org", "s", "b");

        await Assert.ThrowsAnyAsync<Exception>(() => new SmtpTransport(Options(plain.Port, startTls: true)).SendAsync(mail, Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => new SmtpTransport(Options(unknown.Port, startTls: true)).SendAsync(mail, Ct));

        Assert.Equal("", await plain.EndAsync());
        Assert.Equal("", await unknown.EndAsync());
    }

    [Theory]
    [InlineData("ada@example.org\r\nRCPT TO:<eve@example.org>")]
    [InlineData("ada@example.org\nBcc: eve@example.org")]
    public async Task A_line_break_in_an_address_or_a_subject_sends_nothing(string evil)
    {
        await using MailServer server = await MailServer.StartAsync(Ct);
        var transport = new SmtpTransport(Options(server.Port));

        await Assert.ThrowsAnyAsync<Exception>(() => transport.SendAsync(new OutgoingMail(1, evil, "s", "b"), Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => transport.SendAsync(new OutgoingMail(1, "ada@example.org", evil, "b"), Ct));

        Assert.Equal("", await server.EndAsync());
    }

    private static MailOptions Options(int port, bool startTls = false) =>
        new() { Host = "127.0.0.1", Port = port, StartTls = startTls, From = "hutch@example.org", TimeoutSeconds = 20 };

    private static string[] WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string folder = Directory.CreateTempSubdirectory("hutch-smtp-").FullName;
        string[] paths = [Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem")];
        File.WriteAllText(paths[0], certificate.ExportCertificatePem());
        File.WriteAllText(paths[1], key.ExportPkcs8PrivateKeyPem());
        return paths;
    }
}
