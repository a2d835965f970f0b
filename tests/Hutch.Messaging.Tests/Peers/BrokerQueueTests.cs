using System.Text;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Tests.InProcess;
using Hutch.Peers.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>Queues at the broker: how they are made, and those of others.</summary>
public sealed class BrokerQueueTests(RabbitMqBroker broker) : IAsyncLifetime
{
    private BusOptions _options = null!;
    private RabbitMqBus _bus = null!;
    private IConnection _other = null!;
    private IChannel _channel = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await broker.ReadyAsync();
        _options = BrokerSite.Options(broker.Url);
        _bus = BrokerSite.NewBus(_options);
        _other = await new ConnectionFactory { Uri = broker.Url }.CreateConnectionAsync(Ct);
        _channel = await _other.CreateChannelAsync(cancellationToken: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _channel.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_bus_that_was_used_may_be_disposed_twice()
    {
        await _bus.PublishAsync("work", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);

        await _bus.DisposeAsync();
        await _bus.DisposeAsync();
    }

    [Fact]
    public async Task A_message_whose_readers_end_each_time_becomes_a_dead_letter_that_says_so()
    {
        var queue = new BusQueue { Name = "poison", MaxDeliveries = 1 };
        await _bus.PublishAsync("dead.poison", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        await _bus.DeclareAsync(queue, Ct);
        await _bus.PublishAsync("poison", BusMessage.NoHeaders, "{\"kills\":true}"u8.ToArray(), Ct);
        await using IBusSubscription dead = await _bus.SubscribeAsync(new BusQueue { Name = "dead.poison" }, Ct);
        await using IAsyncEnumerator<Delivery> letters = dead.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await letters.MoveNextAsync();
        await letters.Current.AckAsync(Ct);

        Task<bool> next = letters.MoveNextAsync().AsTask();
        for (int attempt = 1; attempt <= 4; attempt++)
        {
            await using IBusSubscription reading = await _bus.SubscribeAsync(queue, Ct);
            await foreach (Delivery delivery in reading.ReadAsync(Ct))
            {
                Assert.Equal(attempt, delivery.Attempt);
                break;
            }
        }

        await using IBusSubscription last = await _bus.SubscribeAsync(queue, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task handedOut = last.ReadAsync(stop.Token).AnyAsync(stop.Token).AsTask();
        Assert.True(await next);
        Assert.False(handedOut.IsCompleted);
        await stop.CancelAsync();
        await handedOut.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.Equal("{\"kills\":true}", Text(letters.Current.Message.Body));
        Assert.Equal(
            "It was handed out too often without an answer: its readers ended each time.",
            letters.Current.Message.Headers[DeadLetter.ReasonHeader]);
        Assert.Equal("poison", letters.Current.Message.Headers[DeadLetter.QueueHeader]);
    }

    [Fact]
    public async Task A_message_with_a_delay_comes_after_one_that_was_sent_later()
    {
        await using IBusSubscription reading = await _bus.SubscribeAsync(new BusQueue { Name = "late" }, Ct);
        await using IAsyncEnumerator<Delivery> came = reading.ReadAsync(Ct).GetAsyncEnumerator(Ct);

        await _bus.PublishAsync("late", new Dictionary<string, string> { [BusMessage.DelayHeader] = "700" }, "1"u8.ToArray(), Ct);
        await _bus.PublishAsync("late", BusMessage.NoHeaders, "2"u8.ToArray(), Ct);
        await came.MoveNextAsync();
        string first = Text(came.Current.Message.Body);
        await came.Current.AckAsync(Ct);
        await came.MoveNextAsync();

        Assert.Equal(("2", "1"), (first, Text(came.Current.Message.Body)));
        Assert.Empty(came.Current.Message.Headers);
    }

    [Fact]
    public async Task A_message_for_a_queue_that_must_be_there_is_refused_when_it_is_not()
    {
        var late = new Dictionary<string, string> { [BusMessage.DelayHeader] = "5" };

        Assert.False(await _bus.TryPublishAsync("nowhere", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct));
        Assert.False(await _bus.TryPublishAsync("nowhere", late, "{}"u8.ToArray(), Ct));
    }

    [Fact]
    public async Task A_slow_reader_leaves_all_but_its_prefetch_at_the_broker()
    {
        var queue = new BusQueue { Name = "slow", Prefetch = 4 };
        for (int i = 0; i < 50; i++)
        {
            await _bus.PublishAsync("slow", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        }

        await using IBusSubscription reading = await _bus.SubscribeAsync(queue, Ct);
        await using IAsyncEnumerator<Delivery> deliveries = reading.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await deliveries.MoveNextAsync();

        Assert.Equal(46u, (await _channel.QueueDeclarePassiveAsync(Named("slow"), Ct)).MessageCount);
    }

    [Fact]
    public async Task Readers_share_a_queue_that_is_for_several()
    {
        var queue = new BusQueue { Name = "shared", Prefetch = 1, IsShared = true };
        await using IBusSubscription one = await _bus.SubscribeAsync(queue, Ct);
        await using IBusSubscription two = await _bus.SubscribeAsync(queue, Ct);
        await using IAsyncEnumerator<Delivery> ofOne = one.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await using IAsyncEnumerator<Delivery> ofTwo = two.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        Task<bool>[] both = [ofOne.MoveNextAsync().AsTask(), ofTwo.MoveNextAsync().AsTask()];

        await _bus.PublishAsync("shared", BusMessage.NoHeaders, "1"u8.ToArray(), Ct);
        await _bus.PublishAsync("shared", BusMessage.NoHeaders, "2"u8.ToArray(), Ct);

        Assert.All(await Task.WhenAll(both), Assert.True);
        Assert.Equal(["1", "2"], new[] { Text(ofOne.Current.Message.Body), Text(ofTwo.Current.Message.Body) }.Order());
    }

    [Fact]
    public async Task A_queue_of_another_program_is_read_as_it_is()
    {
        await _channel.QueueDeclareAsync(Named("theirs"), durable: true, exclusive: false, autoDelete: false, cancellationToken: Ct);
        var properties = new BasicProperties
        {
            Headers = new Dictionary<string, object?> { ["workflows-recipe"] = true, ["n"] = 5, ["nested"] = new List<object> { 1 } },
        };
        await _channel.BasicPublishAsync("", Named("theirs"), true, properties, "{}"u8.ToArray(), Ct);

        await using IBusSubscription reading = await _bus.SubscribeAsync(new BusQueue { Name = "theirs" }, Ct);
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            Assert.Equal("theirs", delivery.Message.Topic);
            Assert.Equal("True", delivery.Message.Headers["workflows-recipe"]);
            Assert.Equal("5", delivery.Message.Headers["n"]);
            Assert.DoesNotContain("nested", delivery.Message.Headers.Keys);
            break;
        }
    }

    [Fact]
    public async Task The_mark_of_a_recipe_is_a_boolean_on_the_wire_and_the_message_is_kept_on_disk()
    {
        await _bus.PublishAsync("wire", new Dictionary<string, string> { ["workflows-recipe"] = "True", ["a"] = "b" }, "{}"u8.ToArray(), Ct);

        BasicGetResult seen = (await _channel.BasicGetAsync(Named("wire"), autoAck: true, Ct))!;

        Assert.Equal(true, seen.BasicProperties.Headers!["workflows-recipe"]);
        Assert.Equal("b"u8.ToArray(), seen.BasicProperties.Headers["a"]);
        Assert.True(seen.BasicProperties.Persistent);
        Assert.False(seen.BasicProperties.IsContentTypePresent());
    }

    [Fact]
    public async Task The_reading_of_a_queue_that_is_deleted_at_the_broker_ends_with_an_error()
    {
        await using IBusSubscription reading = await _bus.SubscribeAsync(new BusQueue { Name = "deleted" }, Ct);
        await _bus.PublishAsync("deleted", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        await using IAsyncEnumerator<Delivery> deliveries = reading.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await deliveries.MoveNextAsync();

        await _channel.QueueDeleteAsync(Named("deleted"), cancellationToken: Ct);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(async () => await deliveries.MoveNextAsync());
        Assert.Equal("The queue 'deleted' was deleted at the broker.", e.Message);
    }

    [Fact]
    public async Task A_reply_to_a_program_that_has_ended_is_refused_and_makes_no_queue()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await _bus.PublishAsync("transient.replies.1", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct));

        Assert.Equal("The queue 'transient.replies.1' is gone: it belonged to a program that has ended.", e.Message);
    }

    [Fact]
    public async Task Messages_that_waited_in_the_outbox_for_a_queue_come_to_it()
    {
        var outbox = new MemoryOutbox();
        var cursors = new MemoryCursors();
        await cursors.SaveAsync(EventRelay.CursorName, 0, Ct);
        outbox.Add("waited", new BusMessage("waited", null, BusMessage.NoHeaders, "1"u8.ToArray()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task carrying = new EventRelay(outbox, cursors, _bus, NullLogger<EventRelay>.Instance).RunAsync(stop.Token);

        await using IBusSubscription reading = await _bus.SubscribeAsync(new BusQueue { Name = "waited" }, Ct);
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            Assert.Equal("1", Text(delivery.Message.Body));
            break;
        }

        await stop.CancelAsync();
        await carrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task A_wrong_password_is_reported_without_its_text()
    {
        await using RabbitMqBus bus = BrokerSite.NewBus(new BusOptions { Url = broker.Url.OriginalString, User = "guest", Password = "not the password" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task declaring = bus.DeclareAsync(new BusQueue { Name = "never" }, stop.Token).AsTask();
        while (bus.Trouble is null)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => declaring);

        Assert.Equal("it refused the user or the password", bus.Trouble);
    }

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);

    private string Named(string queue) => $"{_options.Namespace}.{queue}";
}
