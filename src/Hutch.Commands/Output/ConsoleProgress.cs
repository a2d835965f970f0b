using Hutch.Client.Transfers;

namespace Hutch.Commands.Output;

/// <summary>
/// Shows the progress of a transfer: one line that is redrawn on a terminal, with rate and time left; elsewhere a plain line now and then.
/// Safe for several threads.
/// </summary>
/// <param name="width">The width of the terminal in characters; null if it is not known.</param>
internal sealed class ConsoleProgress(TextWriter output, bool terminal, bool quiet, TimeProvider time, Func<int>? width = null)
    : ITransferProgress, IDisposable
{
    private static readonly TimeSpan DrawInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private string? _stage;
    private (string One, string Many) _unit;
    private long? _allFiles;
    private long? _allBytes;
    private long _files;
    private long _bytes;
    private long _started;
    private long _drawn;
    private int _width;

    public void Start(string stage, long? files, long? bytes) => Start(stage, files, bytes, "file", "files");

    /// <summary>Starts a stage that counts something else than files.</summary>
    internal void Start(string stage, long? files, long? bytes, string one, string many)
    {
        lock (_gate)
        {
            Finish();
            _unit = (one, many);
            (_stage, _allFiles, _allBytes, _files, _bytes) = (stage, files, bytes, 0, 0);
            _started = time.GetTimestamp();
            _drawn = terminal ? 0 : _started;
        }
    }

    public void Add(long files, long bytes)
    {
        lock (_gate)
        {
            _files += files;
            _bytes += bytes;
            if (!quiet && _stage is not null && time.GetElapsedTime(_drawn) >= (terminal ? DrawInterval : LineInterval))
            {
                Draw();
            }
        }
    }

    public void Report(string message)
    {
        if (!quiet)
        {
            lock (_gate)
            {
                Clear();
                output.WriteLine(TerminalWriter.Escape(message));
            }
        }
    }

    /// <summary>Takes the progress line away, for something else to be written. The next step draws it again.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            if (_width > 0)
            {
                output.Write("\r" + new string(' ', _width) + "\r");
                output.Flush();
                _width = 0;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            Finish();
            _stage = null;
        }
    }

    // A stage that ended soon is not worth a line; on a terminal, the result reports its outcome.
    private void Finish()
    {
        Clear();
        if (!terminal && _stage is not null && !quiet && _files > 0 && time.GetElapsedTime(_started) > LineInterval)
        {
            Draw();
        }
    }

    private void Draw()
    {
        string line = Line();
        if (terminal)
        {
            // A longer line would scroll instead of being redrawn.
            int columns = width?.Invoke() ?? 0;
            line = columns > 1 && line.Length >= columns ? line[..(columns - 1)] : line;
            output.Write("\r" + line.PadRight(_width));
        }
        else
        {
            output.WriteLine(line);
        }

        output.Flush();
        _width = terminal ? line.Length : 0;
        _drawn = time.GetTimestamp();
    }

    private string Line()
    {
        TimeSpan elapsed = time.GetElapsedTime(_started);
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        string files = _allFiles is > 0 and { } all
            ? $"{Human.Count(_files)}/{Human.Count(all)} {_unit.Many}"
            : Human.Count(_files, _unit.One, _unit.Many);
        string line = $"{_stage}  {files}";
        if (_bytes > 0 || _allBytes is > 0)
        {
            string bytes = _allBytes is > 0 and { } whole ? $"{Display.Bytes(_bytes)} of {Display.Bytes(whole)}" : Display.Bytes(_bytes);
            line += $"  {bytes}  {Display.Bytes(_bytes / seconds)}/s";
        }
        else
        {
            line += string.Create(CultureInfo.InvariantCulture, $"  {_files / seconds:0} /s");
        }

        string clock = Part() is > 0 and < 1 and { } part
            ? Human.Duration(elapsed * ((1 - part) / part)) + " left"
            : Human.Duration(elapsed);
        return line + "  " + clock;
    }

    private double Part() =>
        _allBytes is > 0 and { } bytes ? (double)_bytes / bytes : _allFiles is > 0 and { } files ? (double)_files / files : 0;
}
