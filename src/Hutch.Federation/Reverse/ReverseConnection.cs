using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Hutch.Federation.Traffic;
using Microsoft.AspNetCore.Http.Features;

namespace Hutch.Federation.Reverse;

/// <summary>The key of a peer that this site has dialled, and which asks now; of those that dialled it, TLS says it.</summary>
internal sealed record ReversePeer(BlobHash Key);

/// <summary>A connection that this site has opened to another, so that the other can ask.</summary>
internal sealed class ReverseConnection : ConnectionContext
{
    private const int BufferBytes = 1 << 20;

    // Each is a call of its own below.
    private const int BlockBytes = 64 << 10;

    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);
    private static readonly PipeOptions Answers = new(
        pauseWriterThreshold: BufferBytes, resumeWriterThreshold: BufferBytes / 2, minimumSegmentSize: BlockBytes,
        useSynchronizationContext: false);

    private static long _count;

    private readonly Socket _socket;
    private readonly CountedStream _stream;
    private readonly EndPoint _endPoint;
    private readonly Task _sent;
    private readonly CancellationTokenSource _closed = new();
    private Action? _ended;

    /// <param name="secured">The stream on it after the handshake; both are disposed with this.</param>
    /// <param name="ended">Called once, when it has ended.</param>
    public ReverseConnection(Socket socket, SslStream secured, BlobHash key, EndPoint endPoint, Action ended, PeerTraffic traffic)
    {
        var stream = new CountedStream(secured, traffic);
        (_socket, _stream, _endPoint, _ended) = (socket, stream, endPoint, ended);
        var answers = new Pipe(Answers);
        Transport = new Pipes(PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), answers.Writer);
        _sent = SendAsync(answers.Reader);
        Features = new FeatureCollection();
        Features.Set(new ReversePeer(key));
        Items = new Dictionary<object, object?>();
        ConnectionId = string.Create(CultureInfo.InvariantCulture, $"reverse-{Interlocked.Increment(ref _count)}");
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items { get; set; }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? RemoteEndPoint
    {
        get => _endPoint;
        set => throw new NotSupportedException();
    }

    /// <summary>Waits until the other site begins to ask; false when it ends the connection, or breaks it.</summary>
    public async Task<bool> AwaitUseAsync(CancellationToken ct)
    {
        try
        {
            ReadResult begun = await Transport.Input.ReadAsync(ct);
            Transport.Input.AdvanceTo(begun.Buffer.Start);
            return !begun.Buffer.IsEmpty;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        try
        {
            // Reads and writes in progress find that the connection has ended; disposing it under them would be a fault.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await Transport.Output.CompleteAsync();
        await _sent.WaitAsync(LastAnswers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stream.DisposeAsync();
        Interlocked.Exchange(ref _ended, null)?.Invoke();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>
    /// Kestrel wants a writer that does not fail: one of a connection that broke takes everything, and says that it is over.
    /// </summary>
    private async Task SendAsync(PipeReader answers)
    {
        try
        {
            await answers.CopyToAsync(_stream);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The reading side finds that, too.
        }
        finally
        {
            await answers.CompleteAsync();
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
