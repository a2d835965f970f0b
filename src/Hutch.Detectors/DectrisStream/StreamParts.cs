namespace Hutch.Detectors.DectrisStream;

/// <summary>Collects the parts of messages, and makes messages of version 2 of them. Used by one thread.</summary>
public sealed class StreamParts : IDisposable
{
    private readonly List<StreamBuffer> _parts = [];
    private long _bytes;
    private bool _isOver;

    /// <summary>Takes a part over. Returns the message that it completes, or the refusal of it; null while parts are missing.</summary>
    public Result<StreamBuffer>? Add(StreamBuffer part)
    {
        bool isLast = !part.HasMore;
        if (isLast && _parts.Count == 0 && !_isOver && !StreamVersion1.IsFirst(part))
        {
            return part;
        }

        _bytes += part.TotalLength;
        _isOver |= _parts.Count == StreamVersion1.MaxParts || _bytes > int.MaxValue;
        _parts.Add(part);
        if (_isOver)
        {
            Clear();
        }

        return isLast ? Complete() : default(Result<StreamBuffer>?);
    }

    public void Dispose() => Clear();

    private Result<StreamBuffer> Complete()
    {
        try
        {
            return _isOver ? ErrorCode.UnreadableFile.With("The message has too many parts, or 2 GiB or more.")
                : StreamVersion1.IsFirst(_parts[0]) ? StreamVersion1.ToVersion2(_parts)
                : ErrorCode.UnreadableFile.With($"The message has {_parts.Count} parts, and is not of stream version 1.");
        }
        finally
        {
            Clear();
            (_bytes, _isOver) = (0, false);
        }
    }

    private void Clear()
    {
        foreach (StreamBuffer part in _parts)
        {
            part.Dispose();
        }

        _parts.Clear();
    }
}
