namespace Hutch.S3.Errors;

internal sealed record S3Error(S3ErrorCode Code, string Message)
{
    /// <summary>The region for which the request has to be signed; null where another one was not the problem.</summary>
    public string? Region { get; init; }
}

/// <summary>Carries a refusal to the one place where it is answered.</summary>
internal sealed class S3Exception(S3Error error, Exception? inner = null) : Exception(error.Message, inner)
{
    public S3Error Error { get; } = error;
}
