using Hutch.S3.Http;

namespace Hutch.S3.Operations;

/// <summary>What pages of other origins may do.</summary>
internal static class Cors
{
    public static ValueTask AddHeadersAsync(S3Request request) => ValueTask.CompletedTask;
}
