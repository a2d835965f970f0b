using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hutch.Peers.RabbitMq;

/// <summary>
/// A RabbitMQ broker with nothing of it outside one folder: its own node name, ports and cookie. It takes seconds to start, so a project of
/// tests shares one; a test that stops it has its own.
/// </summary>
public sealed class RabbitMqBroker : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin/";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-rabbitmq-").FullName;
    private readonly int _epmdPort = LoopbackPort.FindFree();
    private readonly int _distributionPort = LoopbackPort.FindFree();
    private readonly Lazy<Task> _started;
    private PeerProcess? _epmd;
    private PeerProcess? _node;

    /// <summary>A broker that is started when it is needed.</summary>
    public RabbitMqBroker()
    {
        Port = LoopbackPort.FindFree();
        _started = new Lazy<Task>(() => StartAsync(CancellationToken.None));
    }

    /// <summary>Where it listens, whether it runs or not.</summary>
    public int Port { get; }

    /// <summary>Its address.</summary>
    public Uri Url => new($"amqp://127.0.0.1:{Port}");

    /// <summary>Returns when it takes connections.</summary>
    public Task ReadyAsync() => _started.Value;

    /// <summary>Starts it, for the first time or again.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _epmd ??= await PeerProcess.StartAsync(
            PeerProcess.WithParent, ["epmd", "-port", Text(_epmdPort), "-address", "127.0.0.1"], ct);
        await LoopbackPort.WaitAsync(_epmdPort, ct);
        _node = await PeerProcess.StartAsync(
            PeerProcess.WithParent, ["env", .. Settings().Select(one => $"{one.Key}={one.Value}"), Programs + "rabbitmq-server"], ct);
        await WaitForProtocolAsync(ct);
    }

    /// <summary>Ends it in the middle of whatever it does.</summary>
    public async Task KillAsync()
    {
        // This version takes up to three minutes to sync the index of a new queue. A loss of younger ones is not tested here.
        await ControlAsync("eval", "[dets:sync(Table) || Table <- dets:all()].");
        using (Process node = Process.GetProcessById(_node!.Ids[0]))
        {
            node.Kill();
        }

        await _node.DisposeAsync();
    }

    /// <summary>It keeps its connections, and does nothing, until it is told to go on.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>It goes on where it was frozen.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <summary>Runs <c>rabbitmqctl</c>, and gives what it printed.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        PeerProcess control = await PeerProcess.StartAsync(
            "env", [.. Settings().Select(one => $"{one.Key}={one.Value}"), Programs + "rabbitmqctl", "--silent", .. arguments],
            CancellationToken.None);
        return control.Said + await control.EndAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (_epmd is not null)
        {
            await _epmd.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // An open port is not enough: a broker that ended, or another program at its port, would let a test wait for its whole time limit.
    private async Task WaitForProtocolAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!await AnswersAsync(limit.Token))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            string log = Path.Combine(_folder, "broker.log");
            string said = File.Exists(log) ? await File.ReadAllTextAsync(log, ct) : "It wrote no log.";
            throw new TimeoutException($"The broker did not answer at port {Port} within {StartLimit.TotalSeconds} s:\n{said}");
        }
    }

    // AMQP 0-9-1, 2.2.4: a server that speaks the version of this header sends a method frame, any other one closes the connection.
    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        byte[] answer = new byte[1];
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, Port, ct);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), ct);
            return await stream.ReadAsync(answer, ct) == 1 && answer[0] == 1;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, Text(_node!.Ids[0])]);
        await kill.WaitForExitAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Dictionary<string, string> Settings() => new()
    {
        ["HOME"] = _folder,
        ["RABBITMQ_NODENAME"] = $"test{Port}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = Text(Port),
        ["RABBITMQ_DIST_PORT"] = Text(_distributionPort),
        ["ERL_EPMD_PORT"] = Text(_epmdPort),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
        ["RABBITMQ_LOGS"] = Path.Combine(_folder, "broker.log"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "none"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "none"),
        // The virtual machine takes the place of its starting script, so that there is one process, with the id that is known.
        ["RUNNING_UNDER_SYSTEMD"] = "1",
    };
}
