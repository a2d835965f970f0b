namespace Hutch.Api.Http;

/// <summary>The way into the REST door for what other sites pass on: it begins where the door's own requests are answered.</summary>
public sealed class ForwardedRequests : IForwardedRequests
{
    private volatile RequestDelegate? _pipeline;

    /// <summary>Notes how requests are answered, once that is known.</summary>
    public RequestDelegate Begin(RequestDelegate pipeline) => _pipeline = pipeline;

    public Task AnswerAsync(HttpContext http) => _pipeline is { } pipeline
        ? pipeline(http)
        : throw ErrorCode.Unavailable.With("This server is just starting. Try again.").ToException();
}
