using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Server;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Security;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-tls-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_certificate_is_made_once_kept_and_shown()
    {
        string first = await FingerprintAsync(Options());
        string second = await FingerprintAsync(Options());

        Assert.Matches("^SHA256:[0-9A-F]{64}$", first);
        Assert.Equal(first, second);
        string key = Path.Combine(_folder, "data", "keys", "tls.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public async Task A_given_certificate_is_shown_and_a_renewed_one_without_a_restart()
    {
        var time = new ShiftedTime();
        string file = Path.Combine(_folder, "server.pem");
        string first = await WriteCertificateAsync(file);
        await using HutchServer server = await HutchServer.StartAsync(Options(new TlsOptions { CertificateFile = file }, time), Ct);
        string shown = await ShownAsync(server.SecureAddress!);

        string second = await WriteCertificateAsync(file);
        string tooEarly = await ShownAsync(server.SecureAddress!);
        time.Jump(TimeSpan.FromMinutes(2));
        string renewed = await ShownAsync(server.SecureAddress!);
        await File.WriteAllTextAsync(file, "half of a certi", Ct);
        time.Jump(TimeSpan.FromMinutes(2));
        string kept = await ShownAsync(server.SecureAddress!);

        Assert.Equal([first, first, second, second], [shown, tooEarly, renewed, kept]);
    }

    [Fact]
    public async Task A_file_that_is_no_certificate_stops_the_start_with_words()
    {
        string file = Path.Combine(_folder, "server.pem");
        await File.WriteAllTextAsync(file, "not PEM", Ct);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => HutchServer.StartAsync(Options(new TlsOptions { CertificateFile = file }), Ct));

        Assert.Contains("are not a PEM certificate and its private key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_would_listen_nowhere_does_not_start()
    {
        var options = new ServeOptions { DataFolder = Path.Combine(_folder, "data"), HttpAddress = ServeOptions.Nowhere };

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => HutchServer.StartAsync(options, Ct));

        Assert.Contains("has no address to listen on", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "__Host-hutch_session=", "max-age=31536000")]
    [InlineData("/hutch", "hutch_session=", null)]
    public async Task Over_HTTPS_the_cookie_and_the_host_are_bound_together_unless_others_share_the_host(string? prefix, string cookie, string? strict)
    {
        await using HutchServer server = await HutchServer.StartAsync(Options(prefix: prefix), Ct);
        using var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => TlsCertificates.FingerprintOf((X509Certificate2)shown!) == server.Fingerprint },
        };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(server.SecureAddress!, prefix + "/api/v1/") };
        string code = (await server.Zone.LoginLinks.CreateFirstLinkAsync(Ct)).Value.Code.Reveal();

        using HttpResponseMessage begun = await http.PostAsJsonAsync("login/link", new { code }, Ct);
        string session = begun.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var own = new HttpRequestMessage(HttpMethod.Get, "me") { Headers = { { "Cookie", session } } };
        using HttpResponseMessage me = await http.SendAsync(own, Ct);
        using var planted = new HttpRequestMessage(HttpMethod.Get, "me") { Headers = { { "Cookie", "hutch_session=" + session.Split('=')[1] } } };
        using HttpResponseMessage other = await http.SendAsync(planted, Ct);

        Assert.StartsWith(cookie, session, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        Assert.Equal(prefix is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(strict, me.Headers.TryGetValues("Strict-Transport-Security", out IEnumerable<string>? values) ? values.Single() : null);
    }

    private static async Task<string> WriteCertificateAsync(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await File.WriteAllTextAsync(file, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n", Ct);
        return "SHA256:" + Convert.ToHexString(SHA256.HashData(made.RawData));
    }

    /// <summary>The fingerprint that a new connection is shown.</summary>
    private static async Task<string> ShownAsync(Uri address)
    {
        string shown = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = "SHA256:" + Convert.ToHexString(SHA256.HashData(((X509Certificate2)certificate!).RawData));
                    return shown.Length > 0;
                },
            },
        });
        using HttpResponseMessage answer = await http.GetAsync(new Uri(address, "health/ready"), Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return shown;
    }

    private static async Task<string> FingerprintAsync(ServeOptions options)
    {
        await using HutchServer server = await HutchServer.StartAsync(options, Ct);
        Assert.Equal(server.Fingerprint, await ShownAsync(server.SecureAddress!));
        Assert.Equal(server.SecureAddress, server.Address);
        return server.Fingerprint!;
    }

    private ServeOptions Options(TlsOptions? tls = null, TimeProvider? time = null, string? prefix = null) => new()
    {
        DataFolder = Path.Combine(_folder, "data"),
        HttpAddress = ServeOptions.Nowhere,
        HttpsAddress = "127.0.0.1:0",
        PathPrefix = prefix,
        Tls = tls ?? new TlsOptions(),
        Time = time ?? TimeProvider.System,
        Zone = TestServer.Options(_folder).Zone,
    };
}
