namespace Hutch.Formats.DectrisStream;

/// <summary>
/// Stands between a detector and its writer, and gives copies of what passes to a third party. Every message goes to the writer first,
/// untouched, and waits for nobody else; a copy for which there is no room is dropped.
/// </summary>
/// <param name="detector">Receives.</param>
/// <param name="writer">Sends to the writer.</param>
/// <param name="copies">Sends the copies.</param>
public sealed class StreamForwarder(StreamSocket detector, StreamSocket writer, StreamSocket copies)
{
    private long _forwarded;
    private long _copied;

    /// <summary>Messages that the writer was given.</summary>
    public long Forwarded => Volatile.Read(ref _forwarded);

    /// <summary>Those of them of which a copy was given.</summary>
    public long Copied => Volatile.Read(ref _copied);

    /// <summary>Forwards until one of the sockets is stopped.</summary>
    public void Run()
    {
        bool isCopied = true;
        while (detector.Receive() is { } part)
        {
            bool isLast = !part.HasMore;
            StreamBuffer copy = part.Share();
            if (!writer.Send(part))
            {
                copy.Dispose();
                return;
            }

            // All parts of a message, or none: the first decides, and later ones find the room that it had.
            isCopied = isCopied && copies.TrySend(copy);
            if (!isCopied)
            {
                copy.Dispose();
            }

            if (isLast)
            {
                _forwarded++;
                _copied += isCopied ? 1 : 0;
                isCopied = true;
            }
        }
    }
}
