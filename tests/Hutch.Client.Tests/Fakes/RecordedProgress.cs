using System.Collections.Concurrent;
using Hutch.Client.Transfers;

namespace Hutch.Client.Tests.Fakes;

/// <summary>Remembers what was told.</summary>
internal sealed class RecordedProgress : ITransferProgress
{
    internal ConcurrentQueue<string> Told { get; } = [];

    public void Start(string stage, long? files, long? bytes)
    {
    }

    public void Add(long files, long bytes)
    {
    }

    public void Tell(string message) => Told.Enqueue(message);
}
