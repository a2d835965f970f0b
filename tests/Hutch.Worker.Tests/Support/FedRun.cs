using System.Text;
using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Recipes;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Processing.Dispatch;
using Hutch.Processing.Feeding;
using Hutch.Processing.Runs;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Worker.Tests.Support;

/// <summary>A run whose recipe begins with a service of others, which is the test: it takes messages and opens addresses.</summary>
internal sealed class FedRun : IAsyncDisposable
{
    private const string Recipe =
        """{"start":[[1,[]]],"1":{"queue":"theirs.first","parameters":{"dcid":4711},"output":{"any":2}},"2":{"queue":"theirs.next"}}""";

    private static readonly BusOptions Broker = new() { Url = "amqp://broker", RecipeQueues = ["theirs.*"] };

    private readonly CancellationTokenSource _stop = new();
    private readonly IBusSubscription _reading;
    private readonly IAsyncEnumerator<Delivery> _messages;
    private readonly Task _working;
    private Task<bool>? _next;
    private int _readers = 1;

    private FedRun(LiveSite live, SiteRun run, IBusSubscription reading)
    {
        (Live, Run, _reading) = (live, run, reading);
        RunDispatcher dispatcher = Dispatcher = live.NewDispatcher(new RunDispatchOptions { MaxDeliveries = 3 }, Time);
        Addresses = new FrameAddresses(live.Runs, live.Site.Blobs, dispatcher, live.Permission, Time);
        var feeder = new FrameFeeder(
            dispatcher, live.Runs, Addresses, new RecipeQueues(Broker, new Uri("https://hutch.example.org/at/")), live.Bus,
            (_, _) => new(new QueueDepth("theirs.first", Volatile.Read(ref Waiting), null, Volatile.Read(ref _readers), false)), Time,
            NullLogger<FrameFeeder>.Instance);
        _messages = reading.ReadAsync(_stop.Token).GetAsyncEnumerator();
        _working = Task.WhenAll(dispatcher.RunAsync(_stop.Token), feeder.RunAsync(_stop.Token));
    }

    /// <summary>Messages at the broker that no reader has.</summary>
    public int Waiting;

    public LiveSite Live { get; }

    public SiteRun Run { get; }

    public ManualTime Time { get; } = new();

    public FrameAddresses Addresses { get; }

    public RunDispatcher Dispatcher { get; }

    /// <summary>Readers of the queue.</summary>
    public int Readers
    {
        set => Volatile.Write(ref _readers, value);
    }

    public static async Task<FedRun> StartAsync(int frames, int readers = 1)
    {
        LiveSite live = await LiveSite.OpenAsync(Broker);
        SiteDataset input = await live.CreateAsync("lysozyme");
        await live.PutAsync(
            input.Id, FrameName.Header, Encoding.UTF8.GetBytes("""{"wavelength":1,"hutch":{"codec":"raw","type":"uint16","shape":[2,3],"scan":{}}}"""));
        await live.PutFramesAsync(input.Id, 1, frames);
        SiteRun run = await live.StartRunAsync(
            input.Id, follow: false, RunRecipe.Feed.Program, $"{{\"follow\":false,\"recipe\":{Recipe}}}", RunRecipe.Feed);
        IBusSubscription reading = await live.Bus.SubscribeAsync(new BusQueue { Name = "theirs.first" }, LiveSite.Ct);
        return new FedRun(live, run, reading) { Readers = readers };
    }

    /// <summary>Takes the next message.</summary>
    public async Task<RecipeMessage> TakeAsync()
    {
        while (await IsQuietAsync())
        {
        }

        _next = null;
        await _messages.Current.AckAsync(LiveSite.Ct);
        return RecipeMessage.Read(_messages.Current.Message).Value;
    }

    /// <summary>True if no message comes for a while.</summary>
    public async Task<bool> IsQuietAsync()
    {
        _next ??= _messages.MoveNextAsync().AsTask();
        for (int wait = 0; wait < 25 && !_next.IsCompleted; wait++)
        {
            // The feeder asks for the length of the queue a few times a second.
            Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(_next, Task.Delay(20, LiveSite.Ct));
        }

        return !_next.IsCompleted;
    }

    public Task<Result<FrameReading>> OpenAsync(string address)
    {
        var uri = new Uri(address);
        return Addresses.OpenAsync(Guid.Parse(uri.Segments[^1]), uri.Query["?signature=".Length..], LiveSite.Ct);
    }

    /// <summary>Reads a frame to its end, as the door does.</summary>
    public async Task<string> ReadAsync(RecipeMessage message)
    {
        FrameReading frame = (await OpenAsync(AddressOf(message))).Value;
        byte[] bytes = await frame.Content.ReadAllAsync(1000, LiveSite.Ct);
        await frame.Read();
        return Encoding.UTF8.GetString(bytes);
    }

    public static string AddressOf(RecipeMessage message) => message.Payload.GetProperty("address").GetString()!;

    public static int FrameOf(RecipeMessage message) => message.Payload.GetProperty("file-number").GetInt32();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _reading.DisposeAsync();
        _stop.Dispose();
        await Live.DisposeAsync();
    }
}
