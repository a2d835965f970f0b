namespace Hutch.Doors;

/// <summary>A door without its own listener: it answers requests for some paths of the server's addresses, from any caller.</summary>
public interface IPathDoor
{
    bool Serves(PathString path);

    /// <summary>Answers a request, with its authentication, its authorization and errors in its clients' format.</summary>
    Task AnswerAsync(HttpContext http);
}
