using System.Text;
using Hutch.Messaging.InProcess;
using Hutch.Messaging.Tests.Conformance;

namespace Hutch.Messaging.Tests.InProcess;

/// <summary>The bus inside the process passes the suite.</summary>
public sealed class OutboxBusTests : BusConformance
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_position_advances_with_acknowledgements_and_never_past_an_open_delivery()
    {
        var outbox = new MemoryOutbox();
        var cursors = new MemoryCursors();
        var bus = new OutboxBus(outbox, cursors);
        var queue = new BusQueue { Name = "q", Bindings = [new BusBinding("a")], Prefetch = 10_000 };
        await using (IBusSubscription reading = await bus.SubscribeAsync(queue, Ct))
        {
            for (int i = 0; i < 5000; i++)
            {
                outbox.Add(null, new BusMessage("a", null, BusMessage.NoHeaders, "0"u8.ToArray()));
            }

            int count = 0;
            await foreach (Delivery delivery in reading.ReadAsync(Ct))
            {
                count++;
                if (count != 4000)
                {
                    await delivery.AckAsync(Ct);
                }

                if (count == 5000)
                {
                    break;
                }
            }

            Assert.InRange(cursors["q"], 3 * 3000, 3 * 3999);
        }

        // The 4000th line, at 12000, was not answered.
        Assert.Equal((3 * 4000) - 1, cursors["q"]);
    }

    [Fact]
    public async Task A_queue_gets_its_first_message_though_a_reader_comes_at_the_same_moment()
    {
        var outbox = new MemoryOutbox();
        var bus = new OutboxBus(outbox, new MemoryCursors());
        var hold = new TaskCompletionSource();
        outbox.Held = hold.Task;

        Task<IBusSubscription> subscribing = bus.SubscribeAsync(new BusQueue { Name = "q" }, Ct).AsTask();
        await bus.PublishAsync("q", BusMessage.NoHeaders, "first"u8.ToArray(), Ct);
        hold.SetResult();
        await using IBusSubscription reading = await subscribing;
        await bus.PublishAsync("q", BusMessage.NoHeaders, "second"u8.ToArray(), Ct);

        Delivery delivery = await reading.ReadAsync(Ct).FirstAsync(Ct);
        Assert.Equal("first", Encoding.UTF8.GetString(delivery.Message.Body.Span));
    }

    protected override Task<IBusUnderTest> OpenAsync() => Task.FromResult<IBusUnderTest>(new UnderTest());

    private sealed class UnderTest : IBusUnderTest
    {
        private readonly MemoryOutbox _outbox = new();
        private readonly MemoryCursors _cursors = new();

        public UnderTest() => Bus = new OutboxBus(_outbox, _cursors);

        public IMessageBus Bus { get; private set; }

        public Task HappenAsync(string topic, string? dataset, string body)
        {
            _outbox.Add(null, new BusMessage(topic, dataset, BusMessage.NoHeaders, Encoding.UTF8.GetBytes(body)));
            return Task.CompletedTask;
        }

        public Task CrashAsync()
        {
            Bus = new OutboxBus(_outbox, _cursors);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
