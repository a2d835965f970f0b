namespace Hutch.S3.Errors;

/// <summary>A refusal as S3 clients read it.</summary>
/// <param name="Code">What kind.</param>
/// <param name="Message">For a person: what happened and what to do.</param>
internal sealed record S3Error(S3ErrorCode Code, string Message);

/// <summary>Carries a refusal to the one place where it is answered.</summary>
internal sealed class S3Exception(S3Error error, Exception? inner = null) : Exception(error.Message, inner)
{
    public S3Error Error { get; } = error;
}
