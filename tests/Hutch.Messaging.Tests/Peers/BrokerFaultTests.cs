using System.Globalization;
using System.Text;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Tests.InProcess;
using Hutch.Peers.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>A broker that is away, or goes: nothing is lost, and it is said in clear words.</summary>
public sealed class BrokerFaultTests
{
    private static readonly BusQueue All = new() { Name = "all", Bindings = [new BusBinding("entry.put")], Prefetch = 32 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_is_killed_and_comes_back_loses_nothing()
    {
        const int Count = 4000;
        await using var broker = new RabbitMqBroker();
        await broker.StartAsync(Ct);
        await using RabbitMqBus bus = BrokerSite.NewBus(BrokerSite.Options(broker.Url));
        var outbox = new MemoryOutbox();
        var relay = new EventRelay(outbox, new MemoryCursors(), bus, NullLogger<EventRelay>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using IBusSubscription reading = await bus.SubscribeAsync(All, Ct);
        await bus.DeclareAsync(new BusQueue { Name = "published" }, Ct);
        Task carrying = relay.RunAsync(stop.Token);
        Task publishing = PublishAsync(bus, Count);
        Task happening = HappenAsync(outbox, Count);

        var seen = new List<int>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            seen.Add(Number(delivery));
            await delivery.AckAsync(Ct);
            if (seen.Count == 500)
            {
                await broker.KillAsync();
                await broker.StartAsync(Ct);
            }

            if (seen[^1] == Count)
            {
                break;
            }
        }

        await happening;
        await publishing;
        Assert.Equal(Enumerable.Range(1, Count), seen.Distinct());
        await using IBusSubscription published = await bus.SubscribeAsync(new BusQueue { Name = "published" }, Ct);
        Assert.Equal(Enumerable.Range(1, Count), (await NumbersAsync(published, Count)).Order());
        Assert.Null(bus.Trouble);
        await stop.CancelAsync();
        await carrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(3 * Count, outbox.Kept);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_at_the_start_is_waited_for_and_said_why()
    {
        await using var broker = new RabbitMqBroker();
        await using RabbitMqBus bus = BrokerSite.NewBus(BrokerSite.Options(broker.Url));
        var outbox = new MemoryOutbox();
        var cursors = new MemoryCursors();
        var relay = new EventRelay(outbox, cursors, bus, NullLogger<EventRelay>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task carrying = relay.RunAsync(stop.Token);
        Task<IBusSubscription> subscribing = bus.SubscribeAsync(All, Ct).AsTask();
        outbox.Add(null, new BusMessage("entry.put", null, BusMessage.NoHeaders, "1"u8.ToArray()));
        while (bus.Trouble is null)
        {
            await Task.Yield();
        }

        Assert.Contains("Connection refused", bus.Trouble, StringComparison.Ordinal);
        Assert.False(subscribing.IsCompleted);
        Assert.Equal(0, outbox.Kept);
        await broker.StartAsync(Ct);
        await using IBusSubscription reading = await subscribing;
        outbox.Add(null, new BusMessage("entry.put", null, BusMessage.NoHeaders, "2"u8.ToArray()));

        Assert.Contains(2, await NumbersUntilAsync(reading, 2));
        Assert.Null(bus.Trouble);
        await stop.CancelAsync();
        await carrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal(6, cursors[EventRelay.CursorName]);
    }

    private static async Task PublishAsync(RabbitMqBus bus, int count)
    {
        for (int from = 1; from <= count; from += 100)
        {
            await Task.WhenAll(Enumerable.Range(from, 100).Select(i => bus.PublishAsync("published", BusMessage.NoHeaders, Body(i), Ct).AsTask()));
        }
    }

    private static async Task HappenAsync(MemoryOutbox outbox, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            outbox.Add(null, new BusMessage("entry.put", null, BusMessage.NoHeaders, Body(i)));
            await Task.Yield();
        }
    }

    private static async Task<HashSet<int>> NumbersAsync(IBusSubscription reading, int count)
    {
        var seen = new HashSet<int>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            seen.Add(Number(delivery));
            await delivery.AckAsync(Ct);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }

    private static async Task<HashSet<int>> NumbersUntilAsync(IBusSubscription reading, int last)
    {
        var seen = new HashSet<int>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            seen.Add(Number(delivery));
            await delivery.AckAsync(Ct);
            if (seen.Contains(last))
            {
                break;
            }
        }

        return seen;
    }

    private static byte[] Body(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static int Number(Delivery delivery) =>
        int.Parse(Encoding.UTF8.GetString(delivery.Message.Body.Span), CultureInfo.InvariantCulture);
}
