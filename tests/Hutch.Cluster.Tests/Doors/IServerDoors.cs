using Hutch.Objects.S3;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>Equal servers as their clients see them: in this process, or each in one of its own.</summary>
internal interface IServerDoors
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>Asks a server.</summary>
    /// <param name="server">Its number.</param>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    Task<HttpResponseMessage> GetAsync(int server, string path);

    /// <summary>Writes a file at a server.</summary>
    Task<HttpResponseMessage> PutAsync(int server, string dataset, string path, string content);

    /// <summary>A dataset as an S3 client sees it that asks a certain server, and asks nothing twice.</summary>
    S3ObjectStore S3Of(int server, string dataset);

    /// <summary>Ends when a server is killed, where its connections do not tell.</summary>
    CancellationToken GoneOf(int server);
}
