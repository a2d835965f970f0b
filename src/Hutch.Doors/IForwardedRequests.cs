namespace Hutch.Doors;

/// <summary>Answers requests that other sites pass on, as the door answers those that come to itself.</summary>
public interface IForwardedRequests
{
    /// <summary>Answers one request. Its caller is a feature of the request.</summary>
    Task AnswerAsync(HttpContext http);
}
