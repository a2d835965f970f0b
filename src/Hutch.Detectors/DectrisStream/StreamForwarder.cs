namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// Forwards messages from a detector to its writer, and gives copies of them to a third party. Every message goes to the writer first,
/// untouched, and waits for no other receiver; a separate thread sends the copies.
/// </summary>
public sealed class StreamForwarder(StreamSocket detector, StreamSocket writer, StreamSocket reader, StreamCopies copies)
{
    private long _forwarded;
    private long _copied;

    public long Forwarded => Volatile.Read(ref _forwarded);

    public long Copied => Volatile.Read(ref _copied);

    /// <summary>Forwards until the socket of the detector or that of the writer is stopped; then no more copies are made.</summary>
    public void Forward()
    {
        var message = new List<StreamBuffer>();
        try
        {
            while (detector.Receive() is { } part)
            {
                bool isLast = !part.HasMore;
                message.Add(part.Share());
                if (!writer.Send(part))
                {
                    return;
                }

                if (isLast)
                {
                    _forwarded++;
                    copies.Add(message);
                    message = [];
                }
            }
        }
        finally
        {
            StreamCopies.Dispose(message);
            copies.Complete();
        }
    }

    /// <summary>Sends the copies, waiting for their reader, until there are no more or the socket is stopped.</summary>
    public void Copy()
    {
        while (copies.Take() is { } copy)
        {
            try
            {
                if (!copy.Parts.All(reader.Send))
                {
                    return;
                }
            }
            finally
            {
                StreamCopies.Dispose(copy.Parts);
            }

            _copied += copy.IsOurs ? 0 : 1;
        }
    }
}
