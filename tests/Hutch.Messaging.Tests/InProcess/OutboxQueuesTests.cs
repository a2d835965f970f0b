using System.Text;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.Tests.Conformance;

namespace Hutch.Messaging.Tests.InProcess;

/// <summary>The dead letters of the bus inside the process.</summary>
public sealed class OutboxQueuesTests : QueueConformance, IDisposable
{
    private readonly MemoryOutbox _outbox = new();
    private readonly MemoryCursors _cursors = new();
    private readonly OutboxQueues _queues;

    public OutboxQueuesTests()
    {
        Bus = new OutboxBus(_outbox, _cursors);
        _queues = new OutboxQueues(_outbox, _cursors);
    }

    protected override IMessageBus Bus { get; }

    protected override IQueueAdministration Queues => _queues;

    public void Dispose() => _queues.Dispose();

    [Fact]
    public async Task A_letter_whose_removal_failed_is_sent_twice_and_not_lost()
    {
        await GiveUpAsync("work", 2, BusMessage.NoHeaders);
        _cursors.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => Queues.ResendAsync("dead.work", 10, Ct));
        _cursors.Fails = false;

        Assert.Equal(2, (await Queues.ResendAsync("dead.work", 10, Ct)).Value.Sent);

        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);
        List<Delivery> came = await reading.ReadAsync(Ct).Take(3).ToListAsync(Ct);
        Assert.Equal(
            ["{\"n\":1}", "{\"n\":1}", "{\"n\":2}"], came.Select(delivery => Encoding.UTF8.GetString(delivery.Message.Body.Span)));
    }

    [Fact]
    public async Task Letters_behind_more_messages_than_are_read_at_once_are_found()
    {
        await GiveUpAsync("work", 1, BusMessage.NoHeaders);
        for (int i = 0; i < 1200; i++)
        {
            await Bus.PublishAsync("other", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        }

        await GiveUpAsync("work", 1, BusMessage.NoHeaders);

        Assert.Equal(2, (await Queues.ReadAsync("dead.work", 1, Ct)).Value.Total);
    }

    protected override string Name(string queue) => queue;
}
