using Hutch.Messaging.RabbitMq;

namespace Hutch.Cli.Doctor;

/// <summary>Checks that the broker accepts the connection. Nothing is sent.</summary>
internal static class BusCheck
{
    internal static async Task RunAsync(Installation installation, DoctorReport report, CancellationToken cancellationToken)
    {
        BusOptions bus = installation.Options.Bus;
        if (bus.IsOn && await RabbitMqBus.ProbeAsync(bus, cancellationToken) is { } trouble)
        {
            report.Problem(
                $"The message broker {bus.Shown} cannot be used: {trouble}.",
                "Check 'bus.url', 'bus.user', 'bus.passwordFile' and the broker. The server still stores data; analyses wait.");
        }
    }
}
