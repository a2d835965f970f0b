namespace Hutch.Objects.Http;

/// <summary>No response: the address is wrong, the server is down, or the connection broke and retries failed.</summary>
public sealed class ServerUnreachableException(Uri remote, Exception inner)
    : Exception($"{remote.GetLeftPart(UriPartial.Authority)} does not answer: {Innermost(inner)}", inner)
{
    /// <summary>True if the caller has already waited for the server as long as it was allowed to: another attempt is of no use.</summary>
    public bool WasWaitedFor { get; init; }

    private static string Innermost(Exception exception)
    {
        Exception reason = exception.GetBaseException();
        return reason is OperationCanceledException ? "timed out." : reason.Message.TrimEnd('.') + ".";
    }
}
