using System.Text;
using Hutch.Model;

namespace Hutch.Messaging.Tests.Conformance;

/// <summary>What every bus does for its operator: it shows dead letters, deletes them, and sends them again.</summary>
public abstract class QueueConformance
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The bus.</summary>
    protected abstract IMessageBus Bus { get; }

    /// <summary>Its queues for the operator.</summary>
    protected abstract IQueueAdministration Queues { get; }

    /// <summary>The name of a queue for the operator.</summary>
    protected abstract string Name(string queue);

    [Fact]
    public async Task Letters_are_shown_with_their_reason_and_stay_where_they_are_in_order()
    {
        await GiveUpAsync("work", 3, new Dictionary<string, string> { ["colour"] = "blue" });

        for (int look = 0; look < 3; look++)
        {
            LetterList shown = (await Queues.ReadAsync(Name("dead.work"), 2, Ct)).Value;

            Assert.Equal(3, shown.Total);
            Assert.Equal(["{\"n\":1}", "{\"n\":2}"], shown.Letters.Select(letter => letter.Text));
            LetterSummary first = shown.Letters[0];
            Assert.Equal(("work", "It is bad.", 1, 7L), (first.Queue, first.Reason, first.Attempts, first.Bytes));
            Assert.Equal([KeyValuePair.Create("colour", "blue")], first.Headers);
        }
    }

    [Fact]
    public async Task A_list_has_a_queue_of_letters_only_while_it_has_some()
    {
        await GiveUpAsync("work", 2, BusMessage.NoHeaders);

        Assert.Contains(
            (await Queues.ListAsync(Ct)).Value, queue => queue.Name == Name("dead.work") && queue is { Ready: 2, IsDeadLetters: true });
        Assert.Equal(2, (await Queues.DrainAsync(Name("dead.work"), Ct)).Value);
        Assert.Equal(0, (await Queues.DrainAsync(Name("dead.work"), Ct)).Value);
        Assert.Equal(0, (await Queues.ReadAsync(Name("dead.work"), 10, Ct)).Value.Total);
        await UntilAsync(async () => (await Queues.ListAsync(Ct)).Value.All(queue => queue.Name != Name("dead.work")));
    }

    [Fact]
    public async Task A_letter_that_is_sent_again_begins_anew_and_the_others_wait()
    {
        await GiveUpAsync("work", 3, new Dictionary<string, string> { ["colour"] = "blue", [BusMessage.RetryHeader] = "5" });

        Assert.Equal(new ResentLetters(2, 1), (await Queues.ResendAsync(Name("dead.work"), 2, Ct)).Value);

        Assert.Equal(["{\"n\":3}"], (await Queues.ReadAsync(Name("dead.work"), 10, Ct)).Value.Letters.Select(letter => letter.Text));
        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);
        List<Delivery> came = await reading.ReadAsync(Ct).Take(2).ToListAsync(Ct);
        Assert.Equal(["{\"n\":1}", "{\"n\":2}"], came.Select(delivery => Encoding.UTF8.GetString(delivery.Message.Body.Span)));
        Assert.All(came, delivery =>
        {
            Assert.Equal(1, delivery.Attempt);
            Assert.Equal([KeyValuePair.Create("colour", "blue")], delivery.Message.Headers);
        });
    }

    [Fact]
    public async Task A_letter_that_comes_back_at_once_is_not_sent_twice_in_one_request()
    {
        await GiveUpAsync("work", 2, BusMessage.NoHeaders);
        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        int came = 0;
        Task refusing = Task.Run(
            async () =>
            {
                await foreach (Delivery delivery in reading.ReadAsync(stop.Token))
                {
                    came++;
                    await delivery.NackAsync(requeue: false, "It is still bad.", Ct);
                }
            },
            Ct);

        Assert.Equal(2, (await Queues.ResendAsync(Name("dead.work"), 1000, Ct)).Value.Sent);

        await UntilAsync(async () => (await Queues.ReadAsync(Name("dead.work"), 10, Ct)).Value is { Total: 2 } back
            && back.Letters.All(letter => letter is { Reason: "It is still bad.", Attempts: 1 }));
        Assert.Equal(2, came);
        await stop.CancelAsync();
        await refusing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact]
    public async Task An_unknown_queue_and_one_of_live_messages_are_refused()
    {
        await Bus.PublishAsync("work", BusMessage.NoHeaders, "{}"u8.ToArray(), Ct);
        string missing = Name("dead.nothing");

        foreach (HutchError? error in new[]
        {
            (await Queues.ReadAsync(missing, 1, Ct)).Error,
            (await Queues.DrainAsync(missing, Ct)).Error,
            (await Queues.ResendAsync(missing, 1, Ct)).Error,
        })
        {
            Assert.Equal((ErrorCode.NotFound, $"There is no queue '{missing}'."), (error?.Code, error?.Message));
        }

        foreach (HutchError? error in new[]
        {
            (await Queues.ReadAsync(Name("work"), 1, Ct)).Error,
            (await Queues.DrainAsync(Name("work"), Ct)).Error,
            (await Queues.ResendAsync(Name("dead."), 1, Ct)).Error,
        })
        {
            Assert.Equal(ErrorCode.Unprocessable, error?.Code);
            Assert.Contains("is no queue of dead letters", error?.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Letters_of_a_queue_that_is_gone_stay_and_say_so()
    {
        await GiveUpAsync("work", 1, BusMessage.NoHeaders);
        await Bus.DeleteAsync("work", Ct);

        HutchError? error = (await Queues.ResendAsync(Name("dead.work"), 10, Ct)).Error;

        Assert.Equal(ErrorCode.NotFound, error?.Code);
        Assert.Contains($"there is no queue '{Name("work")}' any more", error?.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await Queues.ReadAsync(Name("dead.work"), 10, Ct)).Value.Total);
    }

    [Fact]
    public async Task A_letter_shows_no_secrets_and_only_the_beginning_of_a_long_text()
    {
        string text = $$"""
            {"broker":"amqp://bob:hunter2@example.org/x","Password" : "hunter2","inner":"{\"accessToken\":\"hunter2\"}",
             "at":"https://example.org/f?a=1&signature=hunter2","long":"{{new string('x', 100_000)}}","secret":"hunter2"}
            """;
        await Bus.PublishAsync(
            "dead.work", new Dictionary<string, string> { ["Authorization"] = "hunter2", ["at"] = "https://eve:hunter2@h/" },
            Encoding.UTF8.GetBytes(text), Ct);

        LetterSummary letter = Assert.Single((await Queues.ReadAsync(Name("dead.work"), 10, Ct)).Value.Letters);

        Assert.DoesNotContain("hunter2", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", string.Concat(letter.Headers.Values), StringComparison.Ordinal);
        Assert.Contains("a=1", letter.Text, StringComparison.Ordinal);
        Assert.Equal(text.Length, letter.Bytes);
        Assert.Equal(2001, letter.Text.Length);
    }

    protected static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Puts so many messages into a queue, whose reader refuses them.</summary>
    protected async Task GiveUpAsync(string queue, int messages, IReadOnlyDictionary<string, string> headers)
    {
        await using IBusSubscription reading = await Bus.SubscribeAsync(new BusQueue { Name = queue }, Ct);
        for (int n = 1; n <= messages; n++)
        {
            await Bus.PublishAsync(queue, headers, Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"), Ct);
        }

        await foreach (Delivery delivery in reading.ReadAsync(Ct).Take(messages))
        {
            await delivery.NackAsync(requeue: false, "It is bad.", Ct);
        }
    }
}
