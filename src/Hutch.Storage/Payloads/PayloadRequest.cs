namespace Hutch.Storage.Payloads;

internal sealed class PayloadRequest(string owner, int sizeClass, int bytes)
{
    private readonly TaskCompletionSource<PayloadBuffer> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Owner => owner;

    public int SizeClass => sizeClass;

    /// <summary>Bytes as asked for.</summary>
    public int Bytes => bytes;

    /// <summary>Bytes as counted.</summary>
    public int Counted => PayloadPool.SizeOf(sizeClass);

    public Task<PayloadBuffer> Served => _served.Task;

    public void Serve(PayloadBuffer buffer) => _served.SetResult(buffer);

    public void Cancel(CancellationToken token) => _served.SetCanceled(token);
}
