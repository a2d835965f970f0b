using System.Globalization;
using System.Runtime.CompilerServices;

namespace Hutch.Peers.RabbitMq;

/// <summary>A service of others: a program in Python that takes messages of python-workflows from a queue and sends its answers on.</summary>
public sealed class WorkflowsService : IAsyncDisposable
{
    private readonly PeerProcess _process;

    private WorkflowsService(PeerProcess process) => _process = process;

    /// <summary>The program; its first lines say what else it does.</summary>
    public static string Program { get; } = InThisFolder("workflows.py");

    /// <summary>Starts the service of a queue that is there.</summary>
    /// <param name="role">What it does with messages: <c>service</c>, <c>fetch</c> or <c>hold</c>.</param>
    public static async Task<WorkflowsService> StartAsync(
        RabbitMqBroker broker, string queue, CancellationToken ct, string role = "service") => new(
        await PeerProcess.StartAsync(
            "/usr/bin/python3", [Program, broker.Port.ToString(CultureInfo.InvariantCulture), role, queue], ct));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string InThisFolder(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}
