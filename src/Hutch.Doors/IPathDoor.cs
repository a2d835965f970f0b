using Microsoft.AspNetCore.Http;

namespace Hutch.Doors;

/// <summary>A door without a listener of its own: it answers what comes to some paths of the server's addresses, whoever asks.</summary>
public interface IPathDoor
{
    /// <summary>Whether a request with this path is for it.</summary>
    bool Serves(PathString path);

    /// <summary>Answers a request: who asks, what for, and errors in the form that its clients read.</summary>
    Task AnswerAsync(HttpContext http);
}
