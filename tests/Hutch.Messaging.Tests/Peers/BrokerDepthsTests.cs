using Hutch.Messaging.RabbitMq;
using Hutch.Peers.RabbitMq;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>What people see of the queues at the broker.</summary>
public sealed class BrokerDepthsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_that_wait_are_handed_out_or_were_given_up_are_counted_where_they_are()
    {
        await using var broker = new RabbitMqBroker();
        await broker.StartAsync(Ct);
        BusOptions options = BrokerSite.Options(broker.Url);
        await using RabbitMqBus bus = BrokerSite.NewBus(options);
        var queue = new BusQueue { Name = "work", Prefetch = 2 };
        await using IBusSubscription reading = await bus.SubscribeAsync(queue, Ct);
        for (int i = 0; i < 5; i++)
        {
            await bus.PublishAsync("work", BusMessage.NoHeaders, "1"u8.ToArray(), Ct);
        }

        await using IAsyncEnumerator<Delivery> messages = reading.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await messages.MoveNextAsync();
        await messages.Current.NackAsync(requeue: false, "It is bad.", Ct);
        await messages.MoveNextAsync();
        await messages.MoveNextAsync();
        await bus.PublishAsync("unread", BusMessage.NoHeaders, "1"u8.ToArray(), Ct);

        BrokerStatus look = await new BrokerDepths(bus, [options.Namespace + ".unread", "not-there"]).ReadAsync(Ct);

        Assert.Null(look.Trouble);
        Assert.Equal(
            [
                new QueueDepth($"{options.Namespace}.dead.work", 1, null, 0, true),
                new QueueDepth($"{options.Namespace}.unread", 1, null, 0, false),
                new QueueDepth($"{options.Namespace}.work", 2, 2, 1, false),
            ],
            look.Queues);
    }

    [Fact]
    public async Task A_broker_that_hangs_or_is_killed_is_reported_without_blocking()
    {
        await using var broker = new RabbitMqBroker();
        await broker.StartAsync(Ct);
        await using RabbitMqBus bus = BrokerSite.NewBus(BrokerSite.Options(broker.Url));
        await using IBusSubscription reading = await bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);

        await broker.FreezeAsync();
        Assert.Equal("it does not answer", (await new BrokerDepths(bus, []).ReadAsync(Ct)).Trouble);
        var depths = new BrokerDepths(bus, []);
        Assert.Equal("it does not answer", (await depths.ReadAsync(Ct)).Trouble);
        await broker.ThawAsync();
        while ((await depths.ReadAsync(Ct)).Trouble is not null)
        {
            await Task.Yield();
        }

        Assert.Single((await depths.ReadAsync(Ct)).Queues);
        await broker.KillAsync();
        while (await depths.ReadAsync(Ct) is not { Trouble: not null, Queues: [] })
        {
            await Task.Yield();
        }
    }
}
