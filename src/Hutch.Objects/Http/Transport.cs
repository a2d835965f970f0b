using System.Net.Sockets;

namespace Hutch.Objects.Http;

/// <summary>Distinguishes a broken connection from a broken disk: both are an <see cref="IOException"/>.</summary>
public static class Transport
{
    /// <summary>Returns true if the connection broke or the stream was cut, so that a retry can succeed.</summary>
    public static bool IsBroken(Exception exception) => exception
        is ServerUnreachableException or HttpRequestException or HttpIOException or EndOfStreamException
        or IOException { InnerException: SocketException };
}
