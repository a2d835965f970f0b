using System.Diagnostics.Metrics;

namespace Hutch.Messaging.Datagrams;

/// <summary>Sends datagrams to the configured receiver. There is no acknowledgement: they are sent once, and counted.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class DatagramSender : IDisposable
{
    private static readonly TimeSpan ResolveEvery = TimeSpan.FromMinutes(1);

    private readonly DatagramOptions _options;
    private readonly TimeProvider _time;
    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
    private readonly Meter _meter = new("Hutch.Messaging.Datagrams");
    private readonly Counter<long> _sent;
    private Receiver? _receiver;

    public DatagramSender(DatagramOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _sent = _meter.CreateCounter<long>("hutch.datagrams.sent", description: "Datagrams with results, by outcome");
    }

    public bool IsOn => _options.IsOn;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken ct)
    {
        bool isSent = await TryAsync(datagram, ct);
        _sent.Add(1, new KeyValuePair<string, object?>("outcome", isSent ? "sent" : "failed"));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _meter.Dispose();
    }

    private async ValueTask<bool> TryAsync(ReadOnlyMemory<byte> datagram, CancellationToken ct)
    {
        if (_receiver is not { } receiver || _time.GetElapsedTime(receiver.Since) > ResolveEvery)
        {
            receiver = await FindReceiverAsync(ct);
            _receiver = receiver;
        }

        try
        {
            return receiver.Address is { } address && await _socket.SendToAsync(datagram, SocketFlags.None, address, ct) >= 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<Receiver> FindReceiverAsync(CancellationToken ct)
    {
        IPAddress? address = null;
        try
        {
            address = (await Dns.GetHostAddressesAsync(_options.Host, ct)).FirstOrDefault();
        }
        catch (SocketException)
        {
            // A name is never waited for: it is looked up again later.
        }

        return new Receiver(address is null ? null : new IPEndPoint(address.MapToIPv6(), _options.Port), _time.GetTimestamp());
    }

    private sealed record Receiver(IPEndPoint? Address, long Since);
}
