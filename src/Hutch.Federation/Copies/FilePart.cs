using System.Buffers;

namespace Hutch.Federation.Copies;

/// <summary>A part of a file that comes before its turn.</summary>
internal sealed class FilePart(long begin, int length, long since) : IDisposable
{
    private readonly TaskCompletionSource<bool> _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(length);

    public long Begin => begin;

    public int Length => length;

    public long Since => since;

    /// <summary>Bytes that are here, of whatever hash.</summary>
    public int Filled { get; set; }

    public byte[] Bytes => _bytes!;

    /// <summary>Completes with true if it came, and with false if not.</summary>
    public Task<bool> Came => _came.Task;

    public bool IsOver { get; private set; }

    /// <summary>Cancelled when it comes from elsewhere.</summary>
    public CancellationToken Stopped => _stop.Token;

    public double SecondsLeft(TimeSpan spent) => (length - Filled) * spent.TotalSeconds / Math.Max(1, Filled);

    public void Stop() => _ = _stop.CancelAsync();

    public void End(bool isHere)
    {
        IsOver = true;
        _came.TrySetResult(isHere);
    }

    /// <summary>Gives its memory back; false when it was given back before.</summary>
    public bool TryFree()
    {
        if (_bytes is not { } bytes)
        {
            return false;
        }

        _bytes = null;
        ArrayPool<byte>.Shared.Return(bytes);
        _stop.Dispose();
        return true;
    }

    public void Dispose() => TryFree();
}
