using System.Text.Json;
using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model.Site;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>Runs with a recipe: their rows go on as messages.</summary>
public sealed class RecipeRunTests
{
    private const string Recipe =
        """
        {"start":[[1,[]]],
         "1":{"queue":"hutch.test","output":{"result":[2,3],"end":4},"error":5},
         "2":{"queue":"out.rows","output":3,"service":"theirs"},"3":{"queue":"out.all"},"4":{"queue":"out.end"},"5":{"queue":"out.failed"}}
        """;

    private static readonly BusOptions Broker = new() { Url = "amqp://broker", RecipeQueues = ["out.*"] };

    [Fact]
    public async Task Every_row_goes_to_the_next_nodes_of_the_recipe_in_the_envelope_and_the_end_to_its_own()
    {
        await using LiveSite live = await LiveSite.OpenAsync(Broker);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        live.Work(new FakeStep { Throws = 2 });

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(Recipe));
        SiteRun end = await live.EndOfAsync(run);

        List<RecipeMessage> rows = await ReadAsync(live, "out.rows", 2);
        Assert.Equal(("done", 3L), (end.Outcome, end.Frames));
        Assert.Equal([1, 3], rows.Select(row => row.Payload.GetProperty("file-number").GetInt32()).Order());
        RecipeMessage first = rows.Single(row => row.Payload.GetProperty("file-number").GetInt32() == 1);
        Assert.Equal(
            $$"""{"file":"anna/lysozyme","file-number":1,"content":"frame 1","dataset":"{{input.Id}}","results":"{{run.Outputs[0]}}","run":"{{run.Id:N}}"}""",
            first.Payload.GetRawText());
        Assert.Equal((2, run.Id.ToString()), (first.At, first.Environment.GetProperty("ID").GetString()));
        Assert.Equal([1], first.Path);
        Assert.Equal("theirs", first.Node.Service);
        Assert.Equal(2, (await ReadAsync(live, "out.all", 2)).Count);
        Assert.Equal(2, (await ReadAsync(live, "out.failed", 1))[0].Payload.GetProperty("file-number").GetInt32());
        Assert.Equal(3, (await ReadAsync(live, "out.end", 1))[0].Payload.GetProperty("frames").GetInt32());
    }

    [Fact]
    public async Task A_restart_sends_the_rows_that_have_not_gone()
    {
        await using LiveSite live = await LiveSite.OpenAsync(Broker);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 4);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Parameters(Recipe));
        await ReadAsync(live, "out.rows", 4);

        await live.RestartAsync();
        await live.PutFramesAsync(input.Id, 5, 6);
        live.Work(new FakeStep());
        await live.CloseAsync(input.Id);
        await live.EndOfAsync(run);

        Assert.Equal([5, 6], (await ReadAsync(live, "out.rows", 2)).Select(row => row.Payload.GetProperty("file-number").GetInt32()).Order());
        Assert.Equal(6, (await ReadAsync(live, "out.end", 1))[0].Payload.GetProperty("frames").GetInt32());
    }

    [Fact]
    public async Task A_run_whose_recipe_may_no_longer_send_where_it_says_fails_with_the_reason()
    {
        await using LiveSite live = await LiveSite.OpenAsync(new BusOptions { Url = "amqp://broker", RecipeQueues = ["else.*"] });
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 1);
        live.Work(new FakeStep());

        SiteRun end = await live.EndOfAsync(await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(Recipe)));

        Assert.Equal("failed", end.Outcome);
        Assert.Contains("Node 2 of the recipe cannot send to 'out.rows'", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_result_queue_of_the_server_gets_the_rows_of_every_run()
    {
        await using LiveSite live = await LiveSite.OpenAsync(new BusOptions { Url = "amqp://broker", ResultQueue = "results" });
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 1);
        live.Work(new FakeStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false);
        await live.EndOfAsync(run);

        BusMessage message = (await MessagesAsync(live, "results", 1))[0];
        Assert.Empty(message.Headers);
        Assert.Equal(
            $$"""{"file":"anna/lysozyme","file-number":1,"content":"frame 1","dataset":"{{input.Id}}","results":"{{run.Outputs[0]}}","run":"{{run.Id:N}}"}""",
            JsonElement.Parse(message.Body.Span).GetRawText());
    }

    private static string Parameters(string recipe) => $"{{\"follow\":false,\"recipe\":{recipe}}}";

    private static async Task<List<RecipeMessage>> ReadAsync(LiveSite live, string queue, int count) =>
        [.. (await MessagesAsync(live, queue, count)).Select(message => RecipeMessage.Read(message).Value)];

    private static async Task<List<BusMessage>> MessagesAsync(LiveSite live, string queue, int count)
    {
        var messages = new List<BusMessage>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(LiveSite.Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        await using IBusSubscription reading = await live.Bus.SubscribeAsync(new BusQueue { Name = queue }, limit.Token);
        await foreach (Delivery delivery in reading.ReadAsync(limit.Token))
        {
            messages.Add(delivery.Message);
            await delivery.AckAsync(limit.Token);
            if (messages.Count == count)
            {
                break;
            }
        }

        return messages;
    }
}
