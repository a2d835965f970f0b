using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hutch.Messaging.Callbacks;
using Hutch.Peers.Http;

namespace Hutch.Messaging.Tests.Callbacks;

/// <summary>Requests with results, to a listener of this test.</summary>
public sealed class CallbackClientTests
{
    private static readonly byte[] Body = "{\"rows\":[]}"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_callback_is_a_POST_of_JSON_with_the_id_of_the_message()
    {
        await using var receiver = new HttpReceiver();
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System);

        string? trouble = await client.PostAsync(At(receiver, "/hutch?beamline=i03"), "run.1-7", Body, Ct);

        Assert.Null(trouble);
        ReceivedRequest request = await receiver.NextAsync(Ct);
        Assert.Equal("POST /hutch?beamline=i03 HTTP/1.1", request.Line);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("run.1-7", request.Headers["webhook-id"]);
        Assert.Equal(Body, request.Body);
        Assert.DoesNotContain("webhook-signature", request.Headers.Keys);
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.DoesNotContain("Authorization", request.Headers.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    public async Task With_a_secret_a_request_is_signed_as_standard_webhooks_says(string prefix)
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        await using var receiver = new HttpReceiver();
        using var client = new CallbackClient(new CallbackOptions { Secret = prefix + Convert.ToBase64String(key) }, TimeProvider.System);

        await client.PostAsync(At(receiver, "/"), "run.1-7", Body, Ct);

        ReceivedRequest request = await receiver.NextAsync(Ct);
        string signed = $"run.1-7.{request.Headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(Body)}";
        string expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
        Assert.Equal("v1," + expected, request.Headers["webhook-signature"]);
    }

    [Fact]
    public void The_signature_is_that_of_the_example_of_standard_webhooks()
    {
        byte[] key = CallbackSignature.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

        string signature = CallbackSignature.Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: {0}", "it answered 302, and redirects are not followed")]
    [InlineData("HTTP/1.1 307 Temporary Redirect\r\nLocation: {0}", "it answered 307, and redirects are not followed")]
    [InlineData("HTTP/1.1 404 Not Found", "it answered 404")]
    [InlineData("HTTP/1.1 503 Service Unavailable", "it answered 503")]
    [InlineData("SSH-2.0-OpenSSH_9.2", "its answer is no HTTP, or the connection broke")]
    public async Task A_failed_callback_reports_the_reason_and_follows_no_redirect(string answer, string expected)
    {
        await using var other = new HttpReceiver();
        await using var receiver = new HttpReceiver();
        receiver.Answer = _ => answer.Replace("{0}", At(other, "/").ToString(), StringComparison.Ordinal);
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System);

        string? trouble = await client.PostAsync(At(receiver, "/"), "run.1-7", Body, Ct);

        Assert.Equal(expected, trouble);
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_refused_before_a_connection_is_made()
    {
        await using var receiver = new HttpReceiver();
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System, static (_, _) => Loopback());

        string? trouble = await client.PostAsync(new Uri($"http://control.example.org:{receiver.Port}/"), "run.1-7", Body, Ct);

        Assert.StartsWith("its name leads to an address of the server itself", trouble, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_the_second_time_is_refused_then()
    {
        await using var receiver = new HttpReceiver();
        int asked = 0;
        Task<IPAddress[]> Resolve(string host, CancellationToken ct) => asked++ == 0 ? Nowhere() : Loopback();
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System, Resolve);
        var address = new Uri($"http://control.example.org:{receiver.Port}/");

        string? first = await client.PostAsync(address, "run.1-7", Body, Ct);
        string? second = await client.PostAsync(address, "run.1-7", Body, Ct);

        Assert.Equal("its name cannot be resolved", first);
        Assert.StartsWith("its name leads to an address of the server itself", second, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task A_server_whose_tls_cannot_be_trusted_gets_nothing()
    {
        using var key = ECDsa.Create();
        using X509Certificate2 certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await using var receiver = new HttpReceiver(certificate);
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System);

        string? trouble = await client.PostAsync(new Uri($"https://127.0.0.1:{receiver.Port}/"), "run.1-7", Body, Ct);

        Assert.Equal("its certificate, or its TLS, is not accepted", trouble);
        Assert.False(receiver.TryNext(out _));
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_left_after_the_time_that_is_set()
    {
        await using var receiver = new HttpReceiver { Answer = static _ => null };
        using var client = new CallbackClient(new CallbackOptions { TimeoutSeconds = 1 }, TimeProvider.System);

        string? trouble = await client.PostAsync(At(receiver, "/"), "run.1-7", Body, Ct);

        Assert.Equal("it took more than 1 seconds", trouble);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        await using var receiver = new HttpReceiver
        {
            Answer = static _ => "HTTP/1.1 200 OK\r\nContent-Length: 99999999999",
        };
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System);

        Assert.Null(await client.PostAsync(At(receiver, "/"), "run.1-7", Body, Ct));
    }

    [Fact]
    public async Task Headers_without_end_are_not_read()
    {
        await using var receiver = new HttpReceiver { Answer = static _ => "HTTP/1.1 200 OK\r\nX: " + new string('x', 1 << 20) };
        using var client = new CallbackClient(new CallbackOptions(), TimeProvider.System);

        Assert.NotNull(await client.PostAsync(At(receiver, "/"), "run.1-7", Body, Ct));
    }

    private static Uri At(HttpReceiver receiver, string path) => new($"http://127.0.0.1:{receiver.Port}{path}");

    private static Task<IPAddress[]> Loopback() => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]);

    private static Task<IPAddress[]> Nowhere() =>
        throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound);
}
