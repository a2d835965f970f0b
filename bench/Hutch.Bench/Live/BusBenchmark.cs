using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hutch.Disk;
using Hutch.Messaging;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.RabbitMq;
using Hutch.Peers.RabbitMq;
using Hutch.Site;
using Hutch.Site.Write.Events;
using Hutch.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Bench.Live;

/// <summary>
/// A million messages from a publisher to a reader, each durable before it counts as published, and acknowledged by itself: over the bus
/// inside the process, and over a broker. Beside it the same over the same broker in Python.
/// </summary>
internal sealed class BusBenchmark : IBenchmark
{
    private const string QueueName = "bench.rows";
    private const int Messages = 1_000_000;
    private const int QuickMessages = 50_000;
    private const int WarmUpMessages = 2000;

    /// <summary>Messages that are published and not durable yet.</summary>
    private const int Window = 512;

    private const int Prefetch = 256;
    private const int NumberDigits = 8;

    private const string Head = "{\"n\":1";

    /// <summary>What is sent after a number: it makes a message as long as a result row.</summary>
    private static readonly string Rest = ",\"file\":\"anna/lysozyme\",\"content\":\"" + new string('x', 200) + "\"}";

    public string Name => "live-bus";

    public string Group => "live";

    public string Description => "1 M messages of 250 bytes, each durable when published and acknowledged by itself: the bus inside the process, RabbitMQ (quorum queue, confirmed), and pika in Python over the same broker";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int count = context.IsQuick ? QuickMessages : Messages;
        double inside = await InsideAsync(context.Folder, count, cancellationToken);
        await using var broker = new RabbitMqBroker();
        await broker.ReadyAsync();
        double over = await OverBrokerAsync(broker, count, cancellationToken);
        context.Report(Text($"{count} messages: hutch inside the process {inside:0}/s, over RabbitMQ {over:0}/s, ratio {inside / over:0.0} x"));
        if (!context.IsAlone)
        {
            double peer = await PeerAsync(context, broker, count, cancellationToken);
            context.Report(Text($"{count} messages: pika over the same RabbitMQ {peer:0}/s; hutch over RabbitMQ {over / peer:0.0} x, inside the process {inside / peer:0.0} x"));
        }
    }

    private static async Task<double> InsideAsync(string folder, int count, CancellationToken ct)
    {
        await using SiteServices site = await SiteServices.OpenAsync(
            LocalDisk.Instance, folder, new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 0 } }, TimeProvider.System, NullLoggerFactory.Instance, ct);
        using var cursors = new CursorFile(folder);
        return await MeasureAsync(new OutboxBus(site.Outbox, cursors), count, ct);
    }

    private static async Task<double> OverBrokerAsync(RabbitMqBroker broker, int count, CancellationToken ct)
    {
        await using var bus = new RabbitMqBus(
            new BusOptions { Url = broker.Url.OriginalString, Password = "guest" }, TimeProvider.System, NullLogger<RabbitMqBus>.Instance);
        return await MeasureAsync(bus, count, ct);
    }

    /// <summary>Messages a second, from the first one published to the last one acknowledged.</summary>
    private static async Task<double> MeasureAsync(IMessageBus bus, int count, CancellationToken ct)
    {
        await ThroughAsync(bus, WarmUpMessages, ct);
        long start = Stopwatch.GetTimestamp();
        await ThroughAsync(bus, count, ct);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ThroughAsync(IMessageBus bus, int count, CancellationToken ct)
    {
        await using IBusSubscription reading = await bus.SubscribeAsync(new BusQueue { Name = QueueName, Prefetch = Prefetch }, ct);
        Task publishing = Task.Run(() => PublishAsync(bus, count, ct), ct);
        var seen = new bool[count];
        int left = count;
        await foreach (Delivery delivery in reading.ReadAsync(ct))
        {
            int number = int.Parse(delivery.Message.Body.Span.Slice(Head.Length, NumberDigits), CultureInfo.InvariantCulture);
            await delivery.AckAsync(ct);
            left -= seen[number] ? 0 : 1;
            seen[number] = true;
            if (left == 0)
            {
                break;
            }
        }

        await publishing;
    }

    private static async Task PublishAsync(IMessageBus bus, int count, CancellationToken ct)
    {
        using var window = new SemaphoreSlim(Window, Window);
        for (int number = 0; number < count; number++)
        {
            await window.WaitAsync(ct);
            byte[] body = Encoding.ASCII.GetBytes($"{Head}{number.ToString(CultureInfo.InvariantCulture).PadLeft(NumberDigits, '0')}{Rest}");
            _ = OneAsync(body);
        }

        for (int left = 0; left < Window; left++)
        {
            await window.WaitAsync(ct);
        }

        async Task OneAsync(byte[] body)
        {
            await bus.PublishAsync(QueueName, BusMessage.NoHeaders, body, ct);
            window.Release();
        }
    }

    private static async Task<double> PeerAsync(BenchmarkContext context, RabbitMqBroker broker, int count, CancellationToken ct)
    {
        string script = Path.Combine(context.PeersFolder, "rabbitmq_messages.py");
        string[] arguments = [script, Text($"{broker.Port}"), Text($"{count}"), Text($"{Rest.Length + Head.Length + NumberDigits}"), Text($"{Window}"), Text($"{Prefetch}")];
        string seconds = await BenchmarkContext.RunProgramAsync("/usr/bin/python3", arguments, ct);
        return count / double.Parse(seconds, CultureInfo.InvariantCulture);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
