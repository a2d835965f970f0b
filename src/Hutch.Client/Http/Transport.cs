using System.Net.Sockets;

namespace Hutch.Client.Http;

/// <summary>Tells a broken connection from a broken disk: both are an <see cref="IOException"/>.</summary>
internal static class Transport
{
    /// <summary>Whether the connection broke, or the stream was cut, so that another attempt may do better.</summary>
    internal static bool IsBroken(Exception exception) => exception
        is ServerUnreachableException or HttpRequestException or HttpIOException or EndOfStreamException
        or IOException { InnerException: SocketException };
}
