using Hutch.Client.Http;

namespace Hutch.Client;

/// <summary>The body of a line stream in blocks of whole lines, for readers of millions of lines. Not thread-safe.</summary>
public sealed class LineBlocks : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _start;
    private int _end;
    private bool _isEnded;

    internal LineBlocks(HttpResponseMessage response, Stream body) => (_response, _body) = (response, body);

    /// <summary>The next lines with their line feeds, valid until the following call; empty at the end.</summary>
    /// <exception cref="BadAnswerException">The stream was cut, or a line is too long.</exception>
    /// <exception cref="HutchException">The server ended the stream early.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        while (!_isEnded)
        {
            MakeRoom();
            int read = await _body.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                LineReader.CheckEnd(null, null);
            }

            int searched = _end;
            _end += read;
            int lines = _bytes.AsSpan(searched, read).LastIndexOf((byte)'\n') + 1;
            if (lines > 0)
            {
                _start = searched + lines;
                return WithoutEnd(_bytes.AsMemory(0, _start));
            }
        }

        return default;
    }

    public void Dispose()
    {
        _response.Dispose();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    // Moves the part of a line to the front. A buffer without a whole line grows.
    private void MakeRoom()
    {
        _bytes.AsSpan(_start.._end).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        if (_end < _bytes.Length)
        {
            return;
        }

        if (_end > LineReader.MaxLineBytes)
        {
            throw new BadAnswerException($"A line of the response is longer than {LineReader.MaxLineBytes} bytes.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * _bytes.Length);
        _bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private ReadOnlyMemory<byte> WithoutEnd(ReadOnlyMemory<byte> lines)
    {
        int last = lines.Span[..^1].LastIndexOf((byte)'\n') + 1;
        var line = new ReadOnlySequence<byte>(lines[last..^1]);
        if (!LineReader.IsEnd(line))
        {
            return lines;
        }

        StreamEnd end = LineReader.Parse(line, HutchJson.Default.StreamEnd);
        LineReader.CheckEnd(end.End, end.Problem);
        _isEnded = true;
        return lines[..last];
    }
}
