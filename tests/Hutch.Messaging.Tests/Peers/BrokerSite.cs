using System.Text;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Tests.Conformance;
using Hutch.Messaging.Tests.InProcess;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>A site whose events are carried to a broker, under names of its own.</summary>
internal sealed class BrokerSite : IBusUnderTest
{
    private readonly BusOptions _options;
    private readonly MemoryOutbox _outbox = new();
    private readonly IConnection _witness;
    private readonly IChannel _channel;
    private RabbitMqBus _bus;
    private CancellationTokenSource _stop = new();
    private Task _carrying = Task.CompletedTask;

    private BrokerSite(BusOptions options, IConnection witness, IChannel channel)
    {
        (_options, _witness, _channel) = (options, witness, channel);
        _bus = NewBus(options);
    }

    public IMessageBus Bus => _bus;

    public MemoryCursors Cursors { get; } = new();

    /// <summary>Options with a namespace of one test.</summary>
    public static BusOptions Options(Uri url) =>
        new() { Url = url.OriginalString, User = "guest", Password = "guest", Namespace = "t" + Guid.NewGuid().ToString("N")[..12], MaxRetrySeconds = 1 };

    public static RabbitMqBus NewBus(BusOptions options) => new(options, TimeProvider.System, NullLogger<RabbitMqBus>.Instance);

    public static async Task<BrokerSite> OpenAsync(Uri url)
    {
        BusOptions options = Options(url);
        IConnection witness = await new ConnectionFactory { Uri = url }.CreateConnectionAsync();
        IChannel channel = await witness.CreateChannelAsync();
        var site = new BrokerSite(options, witness, channel);
        string events = options.Namespace + ".hutch.events";
        await channel.ExchangeDeclareAsync(events, ExchangeType.Topic, durable: true);
        await channel.QueueDeclareAsync(options.Namespace + ".witness-of-all", durable: false, exclusive: true, autoDelete: true);
        await channel.QueueBindAsync(options.Namespace + ".witness-of-all", events, "#");
        site.Begin();
        return site;
    }

    /// <summary>Something happens, and has come to the queues.</summary>
    public async Task HappenAsync(string topic, string? dataset, string body)
    {
        _outbox.Add(null, new BusMessage(topic, dataset, BusMessage.NoHeaders, Encoding.UTF8.GetBytes(body)));
        while (await _channel.BasicGetAsync(_options.Namespace + ".witness-of-all", autoAck: true) is not { } seen
            || Encoding.UTF8.GetString(seen.Body.Span) != body)
        {
            await Task.Yield();
        }
    }

    public async Task CrashAsync()
    {
        await EndAsync();
        _bus = NewBus(_options);
        Begin();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _channel.DisposeAsync();
        await _witness.DisposeAsync();
    }

    private void Begin()
    {
        _stop = new CancellationTokenSource();
        _carrying = new EventRelay(_outbox, Cursors, _bus, NullLogger<EventRelay>.Instance).RunAsync(_stop.Token);
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _carrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
        await _bus.DisposeAsync();
    }
}
