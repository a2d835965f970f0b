using Hutch.Peers.RabbitMq;

[assembly: AssemblyFixture(typeof(RabbitMqBroker))]
