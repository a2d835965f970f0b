using System.Reflection;
using System.Threading.Channels;
using Hutch.Messaging.RabbitMq;
using Hutch.Messaging.Tests.Peers;
using RabbitMQ.Client;

namespace Hutch.Messaging.Tests.RabbitMq;

public sealed class RabbitMqReaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A hostile broker that ignores the prefetch filled the memory of the server.</summary>
    [Fact]
    public async Task A_broker_that_sends_more_than_was_asked_for_is_left()
    {
        var ready = Channel.CreateUnbounded<RabbitMqDelivery>();
        await using RabbitMqBus bus = BrokerSite.NewBus(BrokerSite.Options(new Uri("amqp://127.0.0.1:1")));
        var reader = new RabbitMqReader(
            DispatchProxy.Create<IChannel, SilentChannel>(), new BusQueue { Name = "frames", Prefetch = 2 }, bus, ready);
        await DeliverAsync(1);
        await DeliverAsync(2);
        Assert.True(ready.Reader.TryRead(out RabbitMqDelivery? first));
        await first.AckAsync(Ct);
        await DeliverAsync(3);
        Assert.False(reader.Ended.IsCompleted);

        await DeliverAsync(4);
        await DeliverAsync(5);

        Assert.Equal(
            "The broker handed out more than the 2 unanswered messages that were asked for: it ignores the prefetch.", await reader.Ended.WaitAsync(Ct));
        Assert.Equal(2, ready.Reader.Count);

        Task DeliverAsync(ulong tag) => reader.HandleBasicDeliverAsync("c", tag, false, "", "frames", new BasicProperties(), new byte[1], Ct);
    }
}

/// <summary>Takes every call, and answers nothing.</summary>
public class SilentChannel : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType == typeof(ValueTask) ? default(ValueTask)
        : targetMethod.ReturnType == typeof(Task) ? Task.CompletedTask
        : null;
}
