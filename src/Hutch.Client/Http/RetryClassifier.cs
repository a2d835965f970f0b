namespace Hutch.Client.Http;

/// <summary>Separates temporary failures from final ones.</summary>
public static class RetryClassifier
{
    /// <summary>
    /// Returns true if a failure may pass: no answer, an answer that is not from a Hutch server, a server that cannot answer now (5xx),
    /// or an overloaded one (429).
    /// </summary>
    public static bool CanPass(Exception e) =>
        e is ServerUnreachableException or BadAnswerException or HutchException { Error.Code.Status: >= 500 or 429 };
}
