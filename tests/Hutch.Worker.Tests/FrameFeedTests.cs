using System.Text.Json;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Processing.Feeding;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>Recipes that begin with a service of others, which gets the address of each frame.</summary>
public sealed class FrameFeedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_service_gets_a_message_for_each_frame_with_an_address_that_opens_that_frame()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 3, readers: 4);

        var read = new List<string>();
        for (int taken = 0; taken < 3; taken++)
        {
            RecipeMessage message = await fed.TakeAsync();
            Assert.Equal((1, fed.Run.Id.ToString()), (message.At, message.Environment.GetProperty("ID").GetString()));
            Assert.Empty(message.Path);
            Assert.StartsWith("https://hutch.example.org/at/api/v1/frames/", FedRun.AddressOf(message), StringComparison.Ordinal);
            Assert.Equal("""{"codec":"raw","type":"uint16","shape":[2,3]}""", message.Payload.GetProperty("image").GetRawText());
            Assert.Equal("anna/lysozyme", message.Payload.GetProperty("file").GetString());
            Assert.Equal($"frame {FedRun.FrameOf(message)}", await fed.ReadAsync(message));
            read.Add(await fed.OpenAsync(FedRun.AddressOf(message)) is { IsOk: true } ? "again" : "over");
        }

        SiteRun end = await fed.Live.EndOfAsync(fed.Run);
        Assert.Equal(("done", 3L), (end.Outcome, end.Frames));
        Assert.Equal(["again", "again"], read[..2]);
        Assert.Equal(
            [(1, 1), (2, 1), (3, 1)],
            (await fed.Live.AllRowsAsync(end)).Select(row => (row.GetProperty("file-number").GetInt32(), row.GetProperty("attempt").GetInt32())));
    }

    [Fact]
    public async Task An_address_is_bound_to_its_frame_and_its_minute()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 2, readers: 4);
        string first = FedRun.AddressOf(await fed.TakeAsync());
        string second = FedRun.AddressOf(await fed.TakeAsync());
        Assert.True((await fed.OpenAsync(first)).IsOk);

        string[] wrong =
        [
            first[..^64] + second[^64..],
            first[..^64],
            first[..^64] + first[^64..].ToUpperInvariant(),
            first[..^1] + (first[^1] == '0' ? '1' : '0'),
            $"https://hutch.example.org/at/api/v1/frames/{Guid.NewGuid():N}?signature={first[^64..]}",
        ];
        foreach (string address in wrong)
        {
            Assert.Equal(FrameAddresses.Nothing, (await fed.OpenAsync(address)).Error);
        }

        fed.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(FrameAddresses.Nothing, (await fed.OpenAsync(first)).Error);
    }

    [Fact]
    public async Task An_address_ends_with_the_run_and_with_the_right_of_its_user()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 1);
        string address = FedRun.AddressOf(await fed.TakeAsync());

        fed.Live.Permission.Refusal = ErrorCode.Forbidden.With("No more.");
        Assert.Equal(FrameAddresses.Nothing, (await fed.OpenAsync(address)).Error);
        fed.Live.Permission.Refusal = null;
        Assert.True((await fed.OpenAsync(address)).IsOk);

        Assert.True((await fed.Live.Runs.Registry.FinishAsync(fed.Run.Id, RunOutcome.Cancelled, null, null, null, Ct)).IsOk);
        Assert.Equal(FrameAddresses.Nothing, (await fed.OpenAsync(address)).Error);
    }

    [Fact]
    public async Task A_frame_that_the_service_took_and_did_not_read_is_sent_again_with_a_new_address_and_given_up_at_last()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 1);
        var addresses = new List<string>();
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            RecipeMessage message = await fed.TakeAsync();
            Assert.Equal(attempt, message.Payload.GetProperty("attempt").GetInt32());
            addresses.Add(FedRun.AddressOf(message));
            fed.Time.Advance(TimeSpan.FromSeconds(58));
            fed.Time.Advance(TimeSpan.FromSeconds(3));
        }

        SiteRun end = await fed.Live.EndOfAsync(fed.Run);

        Assert.Equal(3, addresses.Distinct().Count());
        JsonElement row = Assert.Single(await fed.Live.AllRowsAsync(end));
        Assert.StartsWith("Given up after 3 attempts.", row.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.All(addresses, address => Assert.Equal(FrameAddresses.Nothing, fed.OpenAsync(address).GetAwaiter().GetResult().Error));
    }

    [Fact]
    public async Task A_message_that_waited_too_long_is_replaced_without_blame()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 1);
        for (int round = 0; round < 5; round++)
        {
            RecipeMessage message = await fed.TakeAsync();
            Assert.Equal(1, message.Payload.GetProperty("attempt").GetInt32());
            fed.Waiting = 1;
            fed.Time.Advance(TimeSpan.FromSeconds(58));
        }

        Assert.Equal("frame 1", await fed.ReadAsync(await fed.TakeAsync()));
        Assert.Equal("done", (await fed.Live.EndOfAsync(fed.Run)).Outcome);
    }

    [Fact]
    public async Task Frames_wait_in_the_server_while_the_queue_has_no_reader_or_enough_messages()
    {
        await using FedRun fed = await FedRun.StartAsync(frames: 5, readers: 0);
        Assert.True(await fed.IsQuietAsync());

        // The sender is a worker with a step, which is no step for users.
        Assert.Empty(fed.Dispatcher.Steps(WorkerNamespace.Default));

        fed.Readers = 1;
        RecipeMessage first = await fed.TakeAsync();
        await fed.TakeAsync();
        Assert.True(await fed.IsQuietAsync());

        Assert.Equal($"frame {FedRun.FrameOf(first)}", await fed.ReadAsync(first));
        await fed.TakeAsync();
        Assert.True(await fed.IsQuietAsync());
    }
}
