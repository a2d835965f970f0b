namespace Hutch.Api.Http;

/// <summary>Remembers what went wrong inside the server while a request was answered, for the log.</summary>
internal sealed class RequestFault
{
    public Exception? Exception { get; private set; }

    public void Record(Exception exception) => Exception ??= exception;
}
