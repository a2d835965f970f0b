using Hutch.Datasets.Upkeep;
using Hutch.Messaging;
using Hutch.Messaging.RabbitMq;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Datasets.Tests.Upkeep;

/// <summary>What people read of a message broker.</summary>
public sealed class BrokerProblemsTests
{
    private const string Broker = "amqp://rabbit:5672";

    [Fact]
    public void Dead_letters_and_queues_without_readers_are_reported_with_advice()
    {
        var look = new BrokerStatus(null, [new QueueDepth("dead.work", 1, null, 0, true), new QueueDepth("results", 12, null, 0, false), new QueueDepth("work", 3, 2, 1, false)]);

        Assert.Equal(
            [
                new SiteWarning(
                    "dead-letters", "1 message was given up; see the queue 'dead.work'.",
                    "`hutch queue show dead.work` says why. See to that, then send them again (`hutch queue resend`) or delete them."),
                new SiteWarning("queue-without-reader", "12 messages wait in the queue 'results', which has no reader.", "Start the service that takes them."),
            ],
            BrokerProblems.Find(Broker, look, []));
    }

    [Fact]
    public void An_unavailable_broker_is_reported_once()
    {
        var look = new BrokerStatus("it does not answer", []);
        SiteWarning told = Assert.Single(BrokerProblems.Find(Broker, look, []));

        Assert.Equal("The message broker amqp://rabbit:5672 cannot be used: it does not answer.", told.Message);
        Assert.Empty(BrokerProblems.Find(Broker, look, [told]));
    }
}
