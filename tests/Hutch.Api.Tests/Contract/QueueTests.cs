using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Messaging;
using Hutch.Worker;

namespace Hutch.Api.Tests.Contract;

/// <summary>Dead letters of the bus inside the server.</summary>
public sealed class QueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_dead_letters_and_sends_them_again_or_deletes_them()
    {
        await using TestServer server = await TestServer.StartAsync(analysis: new AnalysisWorkerOptions { Threads = 1 });
        await GiveUpAsync(server, letters: 3);

        // They outlive a restart.
        await server.RestartAsync();
        JsonElement queue = Assert.Single((await server.Admin.GetAsync("queues")).Must(200).Json.GetProperty("items").EnumerateArray());
        Assert.Equal(
            """{"name":"dead.work","state":"dead-letters","ready":3,"readers":0}""", queue.GetRawText());
        JsonElement seen = (await server.Admin.GetAsync("queues/dead.work/dead-letters?limit=1")).Must(200).Json;
        Assert.Equal(
            """{"total":3,"items":[{"queue":"work","reason":"No.","attempts":1,"headers":{"of":"ada"},"bytes":7,"text":"{\u0022n\u0022:1}"}]}""",
            seen.GetRawText());
        Assert.Equal(
            """{"sent":1,"left":2}""",
            (await server.Admin.PostAsync("queues/dead.work/dead-letters/resend?limit=1", new { })).Must(200).Json.GetRawText());
        await using (IBusSubscription reading = await server.Server.Modules.Bus!.Bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct))
        {
            Delivery again = await reading.ReadAsync(Ct).FirstAsync(Ct);
            Assert.Equal("""{"n":1}"""u8, again.Message.Body.Span);
            Assert.Equal([KeyValuePair.Create("of", "ada")], again.Message.Headers);
        }

        Assert.Equal(
            """{"deleted":2}""", (await server.Admin.DeleteAsync("queues/dead.work/dead-letters")).Must(200).Json.GetRawText());
        Assert.Empty((await server.Admin.GetAsync("queues")).Must(200).Json.GetProperty("items").EnumerateArray());
        string[] audited = [.. (await server.Admin.GetAsync("audit?limit=10")).Must(200).Json.GetProperty("items").EnumerateArray()
            .Where(line => line.GetProperty("action").GetString() == "queue.manage").Select(line => line.GetProperty("detail").GetString()!)];
        Assert.Equal(["resend", "drain"], audited);
    }

    [Fact]
    public async Task Other_callers_and_unknown_queues_are_refused()
    {
        await using TestServer server = await TestServer.StartAsync(analysis: new AnalysisWorkerOptions { Threads = 1 });
        await GiveUpAsync(server, letters: 1);
        TestCaller ada = await server.UserAsync("ada");

        foreach (TestCaller other in new[] { ada, server.Nobody })
        {
            int refused = other == ada ? 403 : 401;
            (await other.GetAsync("queues")).Must(refused);
            (await other.GetAsync("queues/dead.work/dead-letters")).Must(refused);
            (await other.DeleteAsync("queues/dead.work/dead-letters")).Must(refused);
            (await other.PostAsync("queues/dead.work/dead-letters/resend", new { })).Must(refused);
        }

        (await server.Admin.DeleteAsync("queues/dead.none/dead-letters")).MustRefuse(404, "not-found");
        (await server.Admin.PostAsync("queues/work/dead-letters/resend", new { })).MustRefuse(422, "unprocessable");
        (await server.Admin.GetAsync("queues/dead.work/dead-letters?limit=0")).MustRefuse(400, "bad-request");
        Assert.Equal(1, (await server.Admin.GetAsync("queues/dead.work/dead-letters")).Must(200).Json.GetProperty("total").GetInt32());
    }

    private static async Task GiveUpAsync(TestServer server, int letters)
    {
        IMessageBus bus = server.Server.Modules.Bus!.Bus;
        await using IBusSubscription reading = await bus.SubscribeAsync(new BusQueue { Name = "work" }, Ct);
        for (int n = 1; n <= letters; n++)
        {
            await bus.PublishAsync(
                "work", new Dictionary<string, string> { ["of"] = "ada" }, JsonSerializer.SerializeToUtf8Bytes(new { n }), Ct);
        }

        await foreach (Delivery delivery in reading.ReadAsync(Ct).Take(letters))
        {
            await delivery.NackAsync(requeue: false, "No.", Ct);
        }
    }
}
