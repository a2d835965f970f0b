using System.IO.Pipelines;

namespace Hutch.Formats.Hdf5Content;

/// <summary>An answer, which the reader process holds until it is read. The caller disposes it, also when not all of it was read.</summary>
public sealed class ContentAnswer : IAsyncDisposable
{
    private readonly ContentProcess _process;
    private int _left;

    internal ContentAnswer(ContentProcess process, int bytes)
    {
        _process = process;
        _left = bytes;
        Bytes = bytes;
    }

    public int Bytes { get; }

    /// <summary>Writes it, flushing as it goes.</summary>
    public async Task CopyToAsync(PipeWriter writer, CancellationToken ct)
    {
        while (_left > 0)
        {
            Memory<byte> buffer = writer.GetMemory();
            int read = await _process.ReadAnswerAsync(buffer[..Math.Min(buffer.Length, _left)], ct);
            _left -= read;
            writer.Advance(read);
            await writer.FlushAsync(ct);
        }
    }

    public async Task ReadAsync(Memory<byte> answer, CancellationToken ct)
    {
        while (_left > 0)
        {
            _left -= await _process.ReadAnswerAsync(answer[^_left..], ct);
        }
    }

    public ValueTask DisposeAsync()
    {
        int left = _left;
        _left = 0;
        return _process.EndAnswerAsync(left, CancellationToken.None);
    }
}
