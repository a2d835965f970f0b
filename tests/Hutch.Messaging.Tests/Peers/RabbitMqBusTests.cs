using Hutch.Messaging.Tests.Conformance;
using Hutch.Peers.RabbitMq;

namespace Hutch.Messaging.Tests.Peers;

/// <summary>The bus over a broker passes the suite.</summary>
public sealed class RabbitMqBusTests(RabbitMqBroker broker) : BusConformance
{
    protected override async Task<IBusUnderTest> OpenAsync()
    {
        await broker.ReadyAsync();
        return await BrokerSite.OpenAsync(broker.Url);
    }
}
