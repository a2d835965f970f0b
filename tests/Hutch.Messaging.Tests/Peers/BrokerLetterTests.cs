using System.Text;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Tests.Conformance;
using Hutch.Model;
using Hutch.Peers.RabbitMq;
using RabbitMQ.Client;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>Dead letters at a broker: those of Hutch, and those of Zocalo's services.</summary>
public sealed class BrokerLetterTests(RabbitMqBroker broker) : QueueConformance, IAsyncLifetime
{
    private BusOptions _options = null!;
    private RabbitMqBus _bus = null!;
    private BrokerQueues _queues = null!;
    private IConnection _other = null!;
    private IChannel _channel = null!;

    protected override IMessageBus Bus => _bus;

    protected override IQueueAdministration Queues => _queues;

    public async ValueTask InitializeAsync()
    {
        await broker.ReadyAsync();
        _options = BrokerSite.Options(broker.Url);
        _bus = BrokerSite.NewBus(_options);
        _queues = new BrokerQueues(_bus, new BrokerDepths(_bus, []));
        _other = await new ConnectionFactory { Uri = broker.Url }.CreateConnectionAsync(Ct);
        _channel = await _other.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _channel.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_queue_that_deletes_what_was_returned_too_often_loses_nothing_by_many_looks()
    {
        string letters = Name("dlq.theirs");
        await DeclareAsync(letters, new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 5 });
        for (int n = 1; n <= 3; n++)
        {
            await PublishAsync(letters, $"{n}", new BasicProperties { Headers = new Dictionary<string, object?> { ["n"] = n } });
        }

        for (int look = 0; look < 20; look++)
        {
            LetterList shown = (await Queues.ReadAsync(letters, 10, Ct)).Value;

            Assert.Equal(["1", "2", "3"], shown.Letters.Select(letter => letter.Text));
            Assert.Equal([KeyValuePair.Create("n", "1")], shown.Letters[0].Headers);
        }
    }

    [Fact]
    public async Task A_letter_that_a_service_of_Zocalo_refused_goes_back_to_its_queue_as_it_was()
    {
        (string queue, string letters) = ("theirs." + _options.Namespace, "dlq.theirs." + _options.Namespace);
        await DeclareAsync(letters, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        await DeclareAsync(queue, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = letters,
        });
        var headers = new Dictionary<string, object?> { [BusMessage.RecipeHeader] = true, ["list"] = new List<object?> { 1, "a" } };
        await PublishAsync(queue, "{}", new BasicProperties { Headers = headers, ContentType = "text/x-theirs", UserId = "guest" });
        BasicGetResult refused = await GetAsync(queue);
        await _channel.BasicRejectAsync(refused.DeliveryTag, requeue: false, Ct);
        await UntilAsync(async () => (await Queues.ReadAsync(letters, 1, Ct)).Value.Total == 1);

        LetterSummary shown = Assert.Single((await Queues.ReadAsync(letters, 1, Ct)).Value.Letters);
        Assert.Equal((queue, "Its reader refused it."), (shown.Queue, shown.Reason));
        Assert.Equal(new ResentLetters(1, 0), (await Queues.ResendAsync(letters, 10, Ct)).Value);

        BasicGetResult again = await GetAsync(queue);
        Assert.Equal("text/x-theirs", again.BasicProperties.ContentType);
        Assert.True(again.BasicProperties.Persistent);
        Assert.False(again.Redelivered);
        IDictionary<string, object?> came = again.BasicProperties.Headers!;
        Assert.Equal(["list", BusMessage.RecipeHeader], came.Keys.Where(key => !key.StartsWith("x-d", StringComparison.Ordinal)).Order());
        Assert.Equal(0L, came["x-delivery-count"]);
        Assert.DoesNotContain("x-death", came.Keys);
        Assert.Equal(true, came[BusMessage.RecipeHeader]);
    }

    [Fact]
    public async Task A_letter_whose_sender_is_killed_before_it_is_removed_is_sent_twice_and_not_lost()
    {
        string letters = Name("dead.work");
        await GiveUpAsync("work", 1, BusMessage.NoHeaders);

        // What a server does that is killed between the confirmation and the acknowledgement.
        BasicGetResult taken = await GetAsync(letters);
        await PublishAsync(Name("work"), Encoding.UTF8.GetString(taken.Body.Span), new BasicProperties());
        await _channel.DisposeAsync();
        await UntilAsync(async () => (await Queues.ReadAsync(letters, 1, Ct)).Value.Total == 1);

        Assert.Equal(1, (await Queues.ResendAsync(letters, 10, Ct)).Value.Sent);

        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);
        List<Delivery> came = await reading.ReadAsync(Ct).Take(2).ToListAsync(Ct);
        Assert.All(came, delivery => Assert.Equal("{\"n\":1}", Encoding.UTF8.GetString(delivery.Message.Body.Span)));
    }

    [Fact]
    public async Task A_request_that_is_given_up_in_the_middle_leaves_every_letter_in_one_of_the_queues()
    {
        string letters = Name("dead.work");
        await GiveUpAsync("work", 200, BusMessage.NoHeaders);
        for (int round = 0; round < 5; round++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            Task sending = Queues.ResendAsync(letters, 1000, stop.Token);
            await UntilAsync(async () => await _channel.MessageCountAsync(Name("work"), Ct) > round * 20);
            await stop.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await UntilAsync(async () => (await Queues.ResendAsync(letters, 1000, Ct)).Value is { Left: 0 });

        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = "work", Prefetch = 1000 }, Ct);
        var came = new HashSet<string>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            if (came.Add(Encoding.UTF8.GetString(delivery.Message.Body.Span)) && came.Count == 200)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_request_to_a_broker_that_is_away_fails_without_waiting()
    {
        await using var own = new RabbitMqBroker();
        await own.StartAsync(Ct);
        await using RabbitMqBus bus = BrokerSite.NewBus(BrokerSite.Options(own.Url));
        await bus.PublishAsync("dead.work", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        await own.KillAsync();
        await UntilAsync(() => Task.FromResult(bus.Trouble is not null));

        HutchError? error = (await new BrokerQueues(bus, new BrokerDepths(bus, [])).DrainAsync("dead.work", Ct)).Error;

        Assert.Equal(ErrorCode.Unavailable, error?.Code);
        Assert.StartsWith($"The message broker amqp://127.0.0.1:{own.Port} cannot be used: ", error?.Message, StringComparison.Ordinal);
    }

    protected override string Name(string queue) => $"{_options.Namespace}.{queue}";

    private Task<QueueDeclareOk> DeclareAsync(string queue, Dictionary<string, object?> arguments) => _channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Ct);

    private ValueTask PublishAsync(string queue, string text, BasicProperties properties) =>
        _channel.BasicPublishAsync("", queue, mandatory: true, properties, Encoding.UTF8.GetBytes(text), Ct);

    private async Task<BasicGetResult> GetAsync(string queue)
    {
        while (true)
        {
            if (await _channel.BasicGetAsync(queue, autoAck: false, Ct) is { } message)
            {
                return message;
            }

            await Task.Delay(20, Ct);
        }
    }
}
