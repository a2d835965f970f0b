using System.Collections.Concurrent;
using Hutch.Client.Transfers;

namespace Hutch.Client.Tests.Fakes;

/// <summary>Remembers what was told, and lets a test act in the middle.</summary>
internal sealed class RecordedProgress : ITransferProgress
{
    internal ConcurrentQueue<string> Told { get; } = [];

    /// <summary>Called with the name of each stage as it begins.</summary>
    internal Action<string> Started { get; set; } = static _ => { };

    /// <summary>Called whenever something was done.</summary>
    internal Action Added { get; set; } = static () => { };

    public void Start(string stage, long? files, long? bytes) => Started(stage);

    public void Add(long files, long bytes) => Added();

    public void Report(string message) => Told.Enqueue(message);
}
