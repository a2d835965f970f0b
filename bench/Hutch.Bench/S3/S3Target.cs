using System.Net;

namespace Hutch.Bench.S3;

/// <summary>A server that the same load goes to.</summary>
/// <param name="Name">How it is called in the report.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Key">The key to sign with; null for a server that asks for none.</param>
/// <param name="Processes">Its processes, whose CPU is counted.</param>
internal sealed record S3Target(string Name, IPEndPoint Address, (string Access, string Secret)? Key, IReadOnlyList<int> Processes)
{
    /// <summary>The bucket, or the folder, that has the objects.</summary>
    public const string Bucket = "bench";

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Where equal servers of the same site listen: connections go to all of them in turn.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>To which server a connection goes.</summary>
    public IPEndPoint AddressOf(int connection) => connection % (Peers.Count + 1) is var turn and > 0 ? Peers[turn - 1] : Address;

    /// <summary>Makes the bucket.</summary>
    public void CreateBucket(string name = Bucket)
    {
        using RawConnection connection = new(Address);
        connection.Exchange(RequestBook.Head(this, "PUT", "/" + name, [], bodyLength: 0), default, hasAnswerBody: true);
    }

    /// <summary>Processor time of all its processes so far, seconds.</summary>
    public double CpuSeconds() => Processes.Sum(ProcessorTime.From);
}
