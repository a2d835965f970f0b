namespace Hutch.Node.Processes;

/// <summary>
/// The output of a command, in a file with its results: the beginning, and the end of a long text. The beginning is written at once.
/// A write that fails, as on a full disk, is skipped and reported once: a job is worth more than its log.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class JobLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Action<string> _tell;
    private readonly TailBuffer _end;
    private FileStream? _file;
    private long _remaining;

    /// <param name="firstBytes">The number of bytes kept from the beginning.</param>
    /// <param name="lastBytes">The number of bytes kept from the end.</param>
    public JobLog(string path, int firstBytes, int lastBytes, Action<string> tell)
    {
        _tell = tell;
        try
        {
            _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon(e);
        }

        _remaining = firstBytes;
        _end = new TailBuffer(lastBytes);
    }

    internal void Write(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            int now = (int)Math.Min(_remaining, text.Length);
            Add(text[..now]);
            _remaining -= now;
            _end.Add(text[now..]);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_end.LeftOut > 0)
            {
                Add(Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"\n[hutch: {_end.LeftOut} bytes are left out here]\n")));
            }

            Add(_end.ToArray());
            _file?.Dispose();
            _file = null;
        }
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        try
        {
            _file?.Write(text);
        }
        catch (IOException e)
        {
            _file?.Dispose();
            _file = null;
            Abandon(e);
        }
    }

    private void Abandon(Exception e) =>
        _tell($"The log of the command can no longer be written; the command continues: {e.Message.TrimEnd('.')}.");
}
