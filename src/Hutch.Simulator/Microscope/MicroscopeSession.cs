using System.Runtime.InteropServices;
using Hutch.Formats.Mrc;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Simulator.Microscope;

/// <summary>
/// A session at a simulated microscope: writes into a facility folder what acquisition software leaves there. Files grow under their final
/// name, frame by frame, and the header of a movie gets its statistics at the end.
/// </summary>
public sealed class MicroscopeSession
{
    public const string RunningFile = ".running";

    private const string Label = "Hutch: simulated cryo-EM";

    private readonly MicroscopeOptions _options;
    private readonly TimeProvider _time;
    private readonly MovieSimulator _simulator;
    private readonly ISessionFiles _files;
    private readonly short[] _frame;
    private readonly short[] _sum;
    private readonly byte[] _header = new byte[MrcHeader.Size];
    private long _began;

    private MicroscopeSession(MicroscopeOptions options, string folder, TimeProvider time)
    {
        _options = options;
        _time = time;
        _simulator = new MovieSimulator(options);
        _frame = new short[options.Rows * options.Columns];
        _sum = new short[_frame.Length];
        _files = options.Layout switch
        {
            SessionLayout.Epu => new EpuFiles(options, folder, time),
            SessionLayout.SerialEm => new SerialEmFiles(options, folder, time),
            _ => new PlainFiles(options, folder),
        };
        Folder = folder;
    }

    public string Folder { get; }

    /// <summary>Prepares a session; its folder is not there yet.</summary>
    /// <param name="parent">The folder of all sessions; it is made if need be.</param>
    public static Result<MicroscopeSession> Create(MicroscopeOptions options, string parent, string name, TimeProvider time)
    {
        if (options.Validate() is { } error)
        {
            return error;
        }

        if (name is "" or "." or ".." || name.AsSpan().IndexOfAny('/', '\0', '\n') >= 0)
        {
            return ErrorCode.InvalidName.With($"{Display.Quote(name)} cannot be the name of a folder.");
        }

        string folder = Path.Combine(parent, name);
        return Path.Exists(folder)
            ? (ErrorCode.AlreadyExists with { Advice = "Choose another name with --session." })
                .With($"{Display.Quote(folder)} is there already; a simulation overwrites nothing.")
            : new MicroscopeSession(options, folder, time);
    }

    /// <summary>Records the session. Cancelling ends it early, in order: the movie under way gets its remaining frames at once.</summary>
    /// <param name="progress">Receives the number of movies so far, after each.</param>
    public async Task<int> RunAsync(MetadataFile metadata, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        string running = Path.Combine(Folder, RunningFile);
        await using (new FileStream(running, FileMode.CreateNew))
        {
        }

        try
        {
            await File.WriteAllBytesAsync(Path.Combine(Folder, metadata.Name), metadata.Text, CancellationToken.None);
            _files.Begin();
            WriteGain();
            _began = _time.GetTimestamp();
            int movie = 0;
            while (movie < _options.Movies && !cancellationToken.IsCancellationRequested)
            {
                await RecordAsync(movie++, cancellationToken);
                progress?.Report(movie);
            }

            _files.End();
            return movie;
        }
        finally
        {
            File.Delete(running);
        }
    }

    private void WriteGain()
    {
        var header = new MrcHeader(_options.Columns, _options.Rows, 1, MrcMode.Float32, _options.PixelAngstrom, Label + " gain reference");
        var statistics = new MrcStatistics();
        statistics.Add<float>(_simulator.Gain);
        header.Write(_header, statistics);
        using SafeFileHandle file = Open(Path.Combine(Folder, "gain.mrc"));
        RandomAccess.Write(file, _header, 0);
        RandomAccess.Write(file, MemoryMarshal.AsBytes(_simulator.Gain.AsSpan()), MrcHeader.Size);
    }

    private async Task RecordAsync(int movie, CancellationToken cancellationToken)
    {
        DateTimeOffset time = _time.GetUtcNow();
        string path = Path.Combine(Folder, _files.NameOf(movie, time));
        var header = new MrcHeader(
            _options.Columns, _options.Rows, _options.Frames, MrcMode.Int16, _options.PixelAngstrom, Label + " movie");
        var statistics = new MrcStatistics();
        _simulator.Begin(movie);
        _sum.AsSpan().Clear();
        using SafeFileHandle file = Open(path);
        header.Write(_header, null);
        RandomAccess.Write(file, _header, 0);
        for (int frame = 0; frame < _options.Frames; frame++)
        {
            await WaitAsync(((long)movie * _options.Frames) + frame, cancellationToken);
            _simulator.Draw(frame, _frame);
            statistics.Add<short>(_frame);
            for (int i = 0; i < _sum.Length; i++)
            {
                _sum[i] = (short)Math.Min(_sum[i] + _frame[i], short.MaxValue);
            }

            Span<byte> bytes = MemoryMarshal.AsBytes(_frame.AsSpan());
            RandomAccess.Write(file, bytes, MrcHeader.Size + ((long)frame * bytes.Length));
        }

        header.Write(_header, statistics);
        RandomAccess.Write(file, _header, 0);
        _files.Describe(movie, time, _sum);
    }

    // Until a frame is due; not any longer once the session is to end.
    private async Task WaitAsync(long frame, CancellationToken cancellationToken)
    {
        TimeSpan due = TimeSpan.FromSeconds(frame / (_options.MoviesPerSecond * _options.Frames));
        if (due - _time.GetElapsedTime(_began) is { Ticks: > 0 } early)
        {
            await Task.Delay(early, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
}
