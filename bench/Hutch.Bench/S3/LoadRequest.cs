namespace Hutch.Bench.S3;

/// <summary>A request that was signed before the clock started.</summary>
/// <param name="Head">Request line and headers; for a request with a body, the first <see cref="StampBytes"/> bytes of the body behind them.</param>
/// <param name="HasBody">Whether the rest of the body follows.</param>
/// <param name="HasAnswerBody">Whether the answer has one.</param>
internal readonly record struct LoadRequest(byte[] Head, bool HasBody, bool HasAnswerBody)
{
    /// <summary>Bytes of a body that differ each time, so that no store can say that it has it already.</summary>
    public const int StampBytes = 16;
}
