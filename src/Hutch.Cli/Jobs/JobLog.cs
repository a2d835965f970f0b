using System.Globalization;
using System.Text;

namespace Hutch.Cli.Jobs;

/// <summary>
/// What a command printed, in a file beside its results: its beginning, and of a long text its end. The beginning is in the file at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class JobLog : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly byte[] _end;
    private long _room;
    private long _after;

    /// <param name="path">The file.</param>
    /// <param name="firstBytes">How much of the beginning is kept.</param>
    /// <param name="lastBytes">How much of the end is kept.</param>
    internal JobLog(string path, int firstBytes, int lastBytes)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _room = firstBytes;
        _end = new byte[lastBytes];
    }

    /// <summary>Adds what was printed.</summary>
    internal void Write(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            int now = (int)Math.Min(_room, text.Length);
            _file.Write(text[..now]);
            _room -= now;
            foreach (byte one in text[now..])
            {
                _end[_after++ % _end.Length] = one;
            }
        }
    }

    /// <summary>Writes the end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_after > _end.Length)
            {
                _file.Write(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $"\n[hutch: {_after - _end.Length} bytes are left out here]\n")));
                int begin = (int)(_after % _end.Length);
                _file.Write(_end.AsSpan(begin));
                _file.Write(_end.AsSpan(0, begin));
            }
            else
            {
                _file.Write(_end.AsSpan(0, (int)_after));
            }

            _after = 0;
            _file.Dispose();
        }
    }
}
