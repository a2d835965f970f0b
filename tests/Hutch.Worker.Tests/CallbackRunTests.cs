using System.Globalization;
using System.Text.Json;
using Hutch.Messaging.Callbacks;
using Hutch.Model.Site;
using Hutch.Peers.Http;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>Runs whose rows go to an address by HTTP.</summary>
public sealed class CallbackRunTests
{
    [Fact]
    public async Task Every_row_and_the_end_are_sent_to_the_address_of_the_run()
    {
        await using var receiver = new HttpReceiver();
        await using LiveSite live = await OpenAsync(receiver);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 3);
        live.Work(new FakeStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(receiver));
        SiteRun end = await live.EndOfAsync(run);

        (List<int> frames, JsonElement last) = await ReadToEndAsync(receiver);
        Assert.Equal(("done", null), (end.Outcome, end.Message));
        Assert.Equal([1, 2, 3], frames.Order());
        Assert.Equal(
            $$"""{"type":"result.end","file":"anna/lysozyme","dataset":"{{input.Id}}","results":"{{run.Outputs[0]}}","run":"{{run.Id:N}}","frames":3}""",
            last.GetRawText());
    }

    [Fact]
    public async Task Rows_that_were_not_taken_are_sent_again_under_the_same_id()
    {
        await using var receiver = new HttpReceiver();
        int left = 3;
        receiver.Answer = _ => Interlocked.Decrement(ref left) >= 0 ? "HTTP/1.1 500 Internal Server Error" : "HTTP/1.1 200 OK";
        await using LiveSite live = await OpenAsync(receiver);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        live.Work(new FakeStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(receiver));
        SiteRun end = await live.EndOfAsync(run);

        Assert.Null(end.Message);
        var ids = new List<string>();
        while (receiver.TryNext(out ReceivedRequest? request))
        {
            ids.Add(request!.Headers["webhook-id"]);
        }

        Assert.Equal([.. Enumerable.Repeat($"{run.Id:N}.1-1", 4), $"{run.Id:N}.end"], ids);
    }

    [Fact]
    public async Task A_run_whose_receiver_takes_nothing_ends_and_says_how_many_rows_it_did_not_take()
    {
        await using var receiver = new HttpReceiver { Answer = static _ => "HTTP/1.1 503 Service Unavailable" };
        await using LiveSite live = await OpenAsync(receiver, giveUpSeconds: 0);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 5);
        live.Work(new FakeStep());

        SiteRun end = await live.EndOfAsync(await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(receiver)));

        Assert.Equal(("done", 5L), (end.Outcome, end.Frames));
        Assert.Equal("127.0.0.1 did not take 5 rows and the end: it answered 503. All rows are in the results.", end.Message);
    }

    [Fact]
    public async Task A_run_that_ends_early_reports_the_reason_and_the_rows_that_its_receiver_did_not_take()
    {
        await using var receiver = new HttpReceiver { Answer = static _ => "HTTP/1.1 503 Service Unavailable" };
        await using LiveSite live = await OpenAsync(receiver, giveUpSeconds: 0);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Parameters(receiver));
        await live.RowsAsync(run, 1);

        await live.Site.Lifecycle.TrashAsync(input.Id, "anna", LiveSite.Ct);
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal("cancelled", end.Outcome);
        Assert.StartsWith("The source dataset was deleted. 127.0.0.1 did not take 1 row and the end", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_continues_while_its_receiver_fails_and_reports_the_error()
    {
        await using var receiver = new HttpReceiver { Answer = static _ => "HTTP/1.1 503 Service Unavailable" };
        await using LiveSite live = await OpenAsync(receiver, giveUpSeconds: 0);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Parameters(receiver));
        await receiver.NextAsync(LiveSite.Ct);
        await receiver.NextAsync(LiveSite.Ct);

        await live.PutFrameAsync(input.Id, 2);
        await live.RowsAsync(run, 2);

        Assert.Equal((0L, "it answered 503"), (live.Dispatcher!.Progress(run.Id)!.Callback!.Rows, live.Dispatcher.Progress(run.Id)!.Callback!.Trouble));
        receiver.Answer = static _ => "HTTP/1.1 200 OK";
        await live.CloseAsync(input.Id);
        Assert.Null((await live.EndOfAsync(run)).Message);
    }

    [Fact]
    public async Task A_restart_sends_the_rows_that_have_not_gone()
    {
        await using var receiver = new HttpReceiver();
        await using LiveSite live = await OpenAsync(receiver);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFramesAsync(input.Id, 1, 4);
        live.Work(new FakeStep());
        SiteRun run = await live.StartRunAsync(input.Id, follow: true, parameters: Parameters(receiver));
        var before = new List<int>();
        while (before.Count < 4)
        {
            before.AddRange(Frames(Json(await receiver.NextAsync(LiveSite.Ct))));
        }

        await live.RestartAsync();
        receiver.Answer = static _ => "HTTP/1.1 200 OK";
        await live.PutFramesAsync(input.Id, 5, 6);
        live.Work(new FakeStep());
        await live.CloseAsync(input.Id);
        await live.EndOfAsync(run);

        (List<int> after, JsonElement end) = await ReadToEndAsync(receiver);
        Assert.Equal([1, 2, 3, 4, 5, 6], before.Concat(after).Distinct().Order());
        Assert.Equal(6, end.GetProperty("frames").GetInt32());
    }

    [Fact]
    public async Task A_run_whose_address_is_no_longer_allowed_fails_with_the_reason()
    {
        await using var receiver = new HttpReceiver();
        await using LiveSite live = await LiveSite.OpenAsync(callbacks: new CallbackOptions { Allow = ["https://control.example.org/"] });
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutFrameAsync(input.Id, 1);
        live.Work(new FakeStep());

        SiteRun end = await live.EndOfAsync(await live.StartRunAsync(input.Id, follow: false, parameters: Parameters(receiver)));

        Assert.Equal("failed", end.Outcome);
        Assert.Contains("'callbacks.allow'", end.Message, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    private static Task<LiveSite> OpenAsync(HttpReceiver receiver, int giveUpSeconds = 120) => LiveSite.OpenAsync(callbacks: new CallbackOptions
    {
        Allow = [string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{receiver.Port}")],
        RetryMilliseconds = 1,
        GiveUpSeconds = giveUpSeconds,
    });

    private static string Parameters(HttpReceiver receiver) =>
        $"{{\"follow\":false,\"callback\":\"http://127.0.0.1:{receiver.Port}/rows\"}}";

    private static JsonElement Json(ReceivedRequest request) => JsonElement.Parse(request.Body);

    private static IEnumerable<int> Frames(JsonElement message) =>
        message.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("file-number").GetInt32());

    private static async Task<(List<int> Frames, JsonElement End)> ReadToEndAsync(HttpReceiver receiver)
    {
        var frames = new List<int>();
        while (true)
        {
            JsonElement message = Json(await receiver.NextAsync(LiveSite.Ct));
            if (message.GetProperty("type").GetString() == "result.end")
            {
                return (frames, message);
            }

            frames.AddRange(Frames(message));
        }
    }
}
