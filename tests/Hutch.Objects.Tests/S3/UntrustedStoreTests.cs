using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Objects.S3;

namespace Hutch.Objects.Tests.S3;

/// <summary>A store whose certificate nobody has vouched for: nobody logs in to it, and so nobody is told to.</summary>
public sealed class UntrustedStoreTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly CancellationTokenSource _over = new();
    private Task _serving = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _listener.Start();
        _serving = ServeAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _serving;
        _certificate.Dispose();
        _over.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_refusal_says_how_a_store_is_trusted(bool hasOtherFingerprint)
    {
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        using var store = new S3ObjectStore(
            S3Location.Parse($"s3+https://127.0.0.1:{port}/bucket").Value,
            new S3Credentials("key", "secret"),
            new S3ClientOptions { Trust = hasOtherFingerprint ? new ServerTrust(Fingerprint: "SHA256:" + new string('0', 64)) : null });

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.FindLengthAsync("a", Ct).AsTask());

        Assert.Contains(Convert.ToHexString(SHA256.HashData(_certificate.RawData)), refused.Message, StringComparison.Ordinal);
        Assert.Contains("PEM file", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("log in", refused.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private async Task ServeAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_over.Token);
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _over.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException or SocketException)
            {
                // The client hung up, as it should.
            }
        }
    }
}
