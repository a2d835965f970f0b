using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;

namespace Hutch.Peers.Http;

/// <summary>A receiver of callbacks on the loopback: it keeps what it gets, and answers what a test wants, one request a connection.</summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ReceivedRequest> _requests = Channel.CreateUnbounded<ReceivedRequest>();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _listening;

    private readonly X509Certificate2? _certificate;

    /// <summary>Listens, and answers 204.</summary>
    /// <param name="certificate">That of HTTPS; null for HTTP.</param>
    public HttpReceiver(X509Certificate2? certificate = null)
    {
        _certificate = certificate;
        _listener.Start();
        _listening = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were made.</summary>
    public int Connections => _connections.Count;

    /// <summary>
    /// The head of the answer to a request, without its last line, or the whole answer with a body; null for none, ever; an empty one ends
    /// the connection.
    /// </summary>
    public Func<ReceivedRequest, string?> Answer { get; set; } = static _ => "HTTP/1.1 204 No Content";

    /// <summary>The next request that was not read yet.</summary>
    public ValueTask<ReceivedRequest> NextAsync(CancellationToken cancellationToken) => _requests.Reader.ReadAsync(cancellationToken);

    /// <summary>Whether a request waits to be read.</summary>
    public bool TryNext(out ReceivedRequest? request) => _requests.Reader.TryRead(out request);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _listening;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException
            || (e is InvalidOperationException && _stop.IsCancellationRequested))
        {
            // That is how it stops: while it accepts, or between two connections, when it does not listen any more.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient connection = client;
        try
        {
            await using Stream stream = await OpenAsync(connection);
            var bytes = new List<byte>();
            while (true)
            {
                var some = new byte[65_536];
                int read = await stream.ReadAsync(some, _stop.Token);
                if (read == 0)
                {
                    return;
                }

                bytes.AddRange(some.AsSpan(0, read));
                if (Parse([.. bytes]) is not { } request)
                {
                    continue;
                }

                string? answer = Answer(request);
                await _requests.Writer.WriteAsync(request, _stop.Token);
                if (answer is null)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    return;
                }

                bool isWhole = answer.Length == 0 || answer.Contains("\r\n\r\n", StringComparison.Ordinal);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(isWhole ? answer : answer + "\r\nConnection: close\r\n\r\n"), _stop.Token);
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or AuthenticationException)
        {
            // The sender went, or the test is over.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient connection)
    {
        if (_certificate is null)
        {
            return connection.GetStream();
        }

        var stream = new SslStream(connection.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return stream;
    }

    /// <summary>A request that has come whole; null while it has not.</summary>
    private static ReceivedRequest? Parse(byte[] bytes)
    {
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        string[] head = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        Dictionary<string, string> headers = head[1..].Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
        int length = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        return bytes.Length - end - 4 < length ? null : new ReceivedRequest(head[0], headers, bytes[(end + 4)..(end + 4 + length)]);
    }
}

/// <param name="Line">Such as <c>POST /hutch HTTP/1.1</c>.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Body">Its body.</param>
public sealed record ReceivedRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);
