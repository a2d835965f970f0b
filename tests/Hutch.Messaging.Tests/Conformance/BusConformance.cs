using System.Text;

namespace Hutch.Messaging.Tests.Conformance;

/// <summary>What every bus keeps: the suite that an implementation of the seam has to pass.</summary>
public abstract class BusConformance
{
    private static readonly BusQueue Frames = new() { Name = "frames", Bindings = [new BusBinding("entry.put", "d1")], Prefetch = 8, MaxDeliveries = 3 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<IBusUnderTest> OpenAsync();

    [Fact]
    public async Task A_queue_gets_only_messages_that_match_its_bindings_and_in_order()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct);

        await test.HappenAsync("entry.put", "d1", "1");
        await test.HappenAsync("entry.put", "d2", "of another dataset");
        await test.HappenAsync("dataset.closed", "d1", "of another topic");
        await test.HappenAsync("entry.put", "d1", "2");

        Assert.Equal(["1", "2"], await TakeAsync(reading, 2));
    }

    [Fact]
    public async Task A_binding_without_a_dataset_takes_all()
    {
        await using IBusUnderTest test = await OpenAsync();
        var all = new BusQueue { Name = "all", Bindings = [new BusBinding("entry.put"), new BusBinding("run.started")] };
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(all, Ct);

        await test.HappenAsync("entry.put", "d1", "1");
        await test.HappenAsync("run.started", null, "2");
        await test.HappenAsync("entry.put", "d2", "3");

        Assert.Equal(["1", "2", "3"], await TakeAsync(reading, 3));
    }

    [Fact]
    public async Task A_queue_keeps_what_comes_from_the_moment_it_is_declared()
    {
        await using IBusUnderTest test = await OpenAsync();
        await test.HappenAsync("entry.put", "d1", "before");
        await test.Bus.DeclareAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "1");
        await test.Bus.DeclareAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "2");

        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct);

        Assert.Equal(["1", "2"], await TakeAsync(reading, 2));
    }

    [Fact]
    public async Task What_was_answered_is_not_handed_out_to_the_next_reader_and_what_was_not_is()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using (IBusSubscription first = await test.Bus.SubscribeAsync(Frames, Ct))
        {
            await HappenAsync(test, 1, 4);
            List<Delivery> taken = await DeliveriesAsync(first, 4);
            await taken[0].AckAsync(Ct);
            await taken[1].AckAsync(Ct);
        }

        await using IBusSubscription second = await test.Bus.SubscribeAsync(Frames, Ct);

        Assert.Equal(["3", "4"], await TakeAsync(second, 2));
    }

    [Fact]
    public async Task After_a_crash_nothing_unanswered_is_missing()
    {
        await using IBusUnderTest test = await OpenAsync();
        IBusSubscription first = await test.Bus.SubscribeAsync(Frames, Ct);
        await HappenAsync(test, 1, 5);
        List<Delivery> taken = await DeliveriesAsync(first, 3);
        await taken[0].AckAsync(Ct);

        await test.CrashAsync();
        await using IBusSubscription second = await test.Bus.SubscribeAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "6");
        var seen = new HashSet<string>();
        await foreach (Delivery delivery in second.ReadAsync(Ct))
        {
            seen.Add(Text(delivery));
            await delivery.AckAsync(Ct);
            if (seen.Contains("6"))
            {
                break;
            }
        }

        Assert.Superset(new HashSet<string> { "2", "3", "4", "5", "6" }, seen);
    }

    [Fact]
    public async Task No_more_than_the_prefetch_is_handed_out_without_an_answer()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames with { Prefetch = 2 }, Ct);
        await HappenAsync(test, 1, 3);
        await using IAsyncEnumerator<Delivery> deliveries = reading.ReadAsync(Ct).GetAsyncEnumerator(Ct);
        await deliveries.MoveNextAsync();
        Delivery first = deliveries.Current;
        await deliveries.MoveNextAsync();

        Task<bool> third = deliveries.MoveNextAsync().AsTask();
        await using IBusSubscription witness = await test.Bus.SubscribeAsync(Frames with { Name = "witness" }, Ct);
        await HappenAsync(test, 4, 4);
        await TakeAsync(witness, 1);
        bool cameTooEarly = third.IsCompleted;
        await first.AckAsync(Ct);

        Assert.False(cameTooEarly);
        Assert.True(await third);
        Assert.Equal("3", Text(deliveries.Current));
    }

    [Fact]
    public async Task A_returned_message_is_delivered_again_with_its_attempt_number()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "1");
        var attempts = new List<int>();

        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            attempts.Add(delivery.Attempt);
            if (attempts.Count == 3)
            {
                await delivery.AckAsync(Ct);
                break;
            }

            await delivery.NackAsync(requeue: true, "Not now.", Ct);
        }

        Assert.Equal([1, 2, 3], attempts);
    }

    [Fact]
    public async Task Messages_returned_too_often_or_rejected_become_dead_letters_and_the_rest_are_delivered()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct);
        await using IBusSubscription dead = await test.Bus.SubscribeAsync(new BusQueue { Name = Frames.DeadLetters }, Ct);
        await test.HappenAsync("entry.put", "d1", "1");
        await test.HappenAsync("entry.put", "d1", "2");
        await test.HappenAsync("entry.put", "d1", "3");

        var ended = new HashSet<string>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            string text = Text(delivery);
            switch (text)
            {
                case "1": await delivery.NackAsync(requeue: true, "Not now.", Ct); break;
                case "2": await delivery.NackAsync(requeue: false, "Never.", Ct); break;
                default: await delivery.AckAsync(Ct); break;
            }

            // A returned message comes before or after the others.
            if ((text != "1" || delivery.Attempt == 3) && ended.Add(text) && ended.Count == 3)
            {
                break;
            }
        }

        List<Delivery> letters = [.. (await DeliveriesAsync(dead, 2)).OrderBy(Text)];
        Assert.Equal(["1: frames, 3, Not now.", "2: frames, 1, Never."], letters.Select(letter => $"{Text(letter)}: {Why(letter)}"));
    }

    [Fact]
    public async Task Dead_letters_keep_their_headers()
    {
        await using IBusUnderTest test = await OpenAsync();
        await test.Bus.PublishAsync("frames", new Dictionary<string, string> { ["workflows-recipe"] = "True" }, "{}"u8.ToArray(), Ct);
        await using (IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct))
        {
            await (await DeliveriesAsync(reading, 1))[0].NackAsync(requeue: false, "Never.", Ct);
        }

        await using IBusSubscription dead = await test.Bus.SubscribeAsync(new BusQueue { Name = Frames.DeadLetters }, Ct);

        Assert.Equal("True", (await DeliveriesAsync(dead, 1))[0].Message.Headers["workflows-recipe"]);
    }

    [Fact]
    public async Task A_message_to_an_unknown_queue_waits_there_until_a_reader_subscribes()
    {
        await using IBusUnderTest test = await OpenAsync();
        var headers = new Dictionary<string, string> { ["workflows-recipe"] = "True" };
        await test.Bus.PublishAsync("per_image_analysis", headers, "{\"payload\":1}"u8.ToArray(), Ct);
        await test.CrashAsync();

        await using IBusSubscription reading = await test.Bus.SubscribeAsync(new BusQueue { Name = "per_image_analysis" }, Ct);
        Delivery delivery = (await DeliveriesAsync(reading, 1))[0];

        Assert.Equal("{\"payload\":1}", Text(delivery));
        Assert.Equal("True", delivery.Message.Headers["workflows-recipe"]);
    }

    [Fact]
    public async Task A_queue_has_one_reader_at_a_time()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using (await test.Bus.SubscribeAsync(Frames, Ct))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await test.Bus.SubscribeAsync(Frames, Ct));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await test.Bus.DeleteAsync(Frames.Name, Ct));
        }

        await using IBusSubscription next = await test.Bus.SubscribeAsync(Frames, Ct);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_deleted_queue_has_forgotten_everything()
    {
        await using IBusUnderTest test = await OpenAsync();
        await test.Bus.DeclareAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "1");
        await test.Bus.DeleteAsync(Frames.Name, Ct);
        await test.Bus.DeleteAsync(Frames.Name, Ct);

        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames, Ct);
        await test.HappenAsync("entry.put", "d1", "2");

        Assert.Equal(["2"], await TakeAsync(reading, 1));
    }

    [Fact]
    public async Task Answering_twice_changes_nothing()
    {
        await using IBusUnderTest test = await OpenAsync();
        await using IBusSubscription reading = await test.Bus.SubscribeAsync(Frames with { Prefetch = 1 }, Ct);
        await HappenAsync(test, 1, 3);
        var seen = new List<string>();

        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            seen.Add(Text(delivery));
            await delivery.AckAsync(Ct);
            await delivery.AckAsync(Ct);
            await delivery.NackAsync(requeue: true, "Not now.", Ct);
            if (seen.Count == 3)
            {
                break;
            }
        }

        Assert.Equal(["1", "2", "3"], seen);
    }

    private static async Task HappenAsync(IBusUnderTest test, int from, int to)
    {
        for (int i = from; i <= to; i++)
        {
            await test.HappenAsync("entry.put", "d1", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static async Task<List<string>> TakeAsync(IBusSubscription reading, int count) => [.. (await DeliveriesAsync(reading, count)).Select(Text)];

    private static async Task<List<Delivery>> DeliveriesAsync(IBusSubscription reading, int count)
    {
        var taken = new List<Delivery>();
        await foreach (Delivery delivery in reading.ReadAsync(Ct))
        {
            taken.Add(delivery);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static string Why(Delivery letter)
    {
        IReadOnlyDictionary<string, string> headers = letter.Message.Headers;
        return $"{headers[DeadLetter.QueueHeader]}, {headers[DeadLetter.AttemptsHeader]}, {headers[DeadLetter.ReasonHeader]}";
    }

    private static string Text(Delivery delivery) => Encoding.UTF8.GetString(delivery.Message.Body.Span);
}
