using System.Net;

namespace Hutch.Api.Tests.Support;

/// <summary>A body whose second half waits until it is let go. With <c>Expect: 100-continue</c> its beginning proves that the server reads it.</summary>
internal sealed class HeldBody(byte[] bytes, int first) : HttpContent
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the server has asked for the body and the first half is sent.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Sends the rest.</summary>
    public void LetGo() => _go.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(0, first));
        await stream.FlushAsync();
        _begun.TrySetResult();
        await _go.Task;
        await stream.WriteAsync(bytes.AsMemory(first));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _go.TrySetResult();
        base.Dispose(disposing);
    }
}
