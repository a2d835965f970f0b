using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Client.Http;

/// <summary>Tells what is worth trying again from what is refused for good.</summary>
public static class RetryClassifier
{
    /// <summary>
    /// Whether something failed only for now: there was no answer, not one of a Hutch server, or one that says that the server cannot do it
    /// (5xx) or has too much to do (429).
    /// </summary>
    public static bool CanPass(Exception e) =>
        e is ServerUnreachableException or BadAnswerException or HutchException { Error.Code.Status: >= 500 or 429 };
}
