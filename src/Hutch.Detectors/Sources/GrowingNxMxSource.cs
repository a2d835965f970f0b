using System.Runtime.Versioning;
using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Sources;

/// <summary>
/// An NXmx master that is still being written, by a single writer that lets others read (SWMR) or as one data file after the other: gives
/// each frame once it is there, and ends when all are, when the writer has closed its files, or when nothing has come for a while.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class GrowingNxMxSource : IFrameSource
{
    // A gap is waited for; frames after a long one are read when the files are complete.
    private const int MaxMissingInARow = 64;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly string _path;
    private readonly Hdf5ReaderProcess _reader;
    private readonly FolderChanges _changes;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly HashSet<int> _ahead = [];
    private SeriesDescription _series;
    private IReadOnlyList<HeaderArray> _arrays;
    private bool _hadAWriter;
    private int _next;

    private GrowingNxMxSource(
        string path, Hdf5ReaderProcess reader, FolderChanges changes, TimeProvider time, TimeSpan timeout, SeriesDescription series)
    {
        (_path, _reader, _changes, _time, _timeout) = (path, reader, changes, time, timeout);
        (_series, _arrays, _hadAWriter) = (series, HeaderArray.Choose(series), series.IsGrowing);
        HeaderJson = HeaderBuilder.Build(series, _arrays);
        Header = FrameHeader.Parse(HeaderJson.Span).Value;
    }

    public ReadOnlyMemory<byte> HeaderJson { get; private set; }

    public FrameHeader Header { get; }

    public int? FrameCount => _series.ExpectedImages is > 0 and { } images ? (int)images * _series.Channels.Count : null;

    public IReadOnlyList<string> Notes => _series.Notes;

    private bool HasGivenAll => _next >= FrameCount;

    /// <summary>Waits for a first frame in a file that may not even be there, no longer than the patience.</summary>
    public static async Task<Result<IFrameSource>> OpenAsync(
        string path, TimeSpan timeout, FrameSourceOptions options, CancellationToken cancellationToken)
    {
        var reader = new Hdf5ReaderProcess(
            options.Hdf5Reader, new Hdf5ReaderOptions { AllowedFolders = options.AllowedFolders }, options.Time);
        FolderChanges changes = FolderChanges.From([Path.GetDirectoryName(path)!, .. options.AllowedFolders], options.Time);
        GrowingNxMxSource? source = null;
        try
        {
            long began = options.Time.GetTimestamp();
            Result<SeriesDescription> opened;
            while (!(opened = await reader.OpenLiveAsync(path, cancellationToken)).IsOk
                && options.Time.GetElapsedTime(began) < timeout)
            {
                await changes.WaitAsync(cancellationToken);
                await Task.Delay(BetweenLooks, options.Time, cancellationToken);
            }

            if (!opened.IsOk)
            {
                return opened.Error;
            }

            source = new GrowingNxMxSource(path, reader, changes, options.Time, timeout, opened.Value);
            return source;
        }
        finally
        {
            if (source is null)
            {
                changes.Dispose();
                await reader.DisposeAsync();
            }
        }
    }

    public async IAsyncEnumerable<SourceArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (HeaderArray array in _arrays)
        {
            yield return await NxMxSource.ReadArrayAsync(_reader, array, cancellationToken);
        }
    }

    public async IAsyncEnumerable<SourceFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long lastFrame = _time.GetTimestamp();
        for (bool isOver = false; !isOver;)
        {
            bool isNew = false;
            await foreach (SourceFrame frame in ReadNewAsync(isLast: false, cancellationToken))
            {
                isNew = true;
                yield return frame;
            }

            lastFrame = isNew ? _time.GetTimestamp() : lastFrame;
            isOver = !isNew
                && ((!_series.IsGrowing && (_hadAWriter || HasGivenAll)) || _time.GetElapsedTime(lastFrame) >= _timeout);
            await ReadNewFramesAsync(isOver, cancellationToken);
        }

        await foreach (SourceFrame frame in ReadNewAsync(isLast: true, cancellationToken))
        {
            yield return frame;
        }

        _arrays = HeaderArray.Choose(_series);
        HeaderJson = HeaderBuilder.Build(_series, _arrays);
    }

    public async ValueTask DisposeAsync()
    {
        _changes.Dispose();
        await _reader.DisposeAsync();
    }

    /// <summary>Reads the frames that were not given yet and are there; the last time, those that are not there as well.</summary>
    private async IAsyncEnumerable<SourceFrame> ReadNewAsync(bool isLast, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunk = new ArrayBufferWriter<byte>();
        int channels = _series.Channels.Count;
        for ((int index, int missing) = (_next, 0); index < _series.Images * channels && missing < MaxMissingInARow; index++)
        {
            if (index < _next || _ahead.Contains(index))
            {
                missing = 0;
                continue;
            }

            chunk.ResetWrittenCount();
            (int image, int channel) = Math.DivRem(index, channels);
            Result<FrameInfo> read = await _reader.ReadFrameAsync(image, channel, chunk, cancellationToken);
            if (!isLast && (!read.IsOk || read.Value.IsMissing))
            {
                missing++;
                continue;
            }

            missing = 0;
            _ahead.Add(index);
            while (_ahead.Remove(_next))
            {
                _next++;
            }

            yield return NxMxSource.FrameOf(_series, image, channel, read.Value, chunk.WrittenMemory);
        }
    }

    /// <summary>Looks for more; the last time, at files that have to be complete and closed.</summary>
    private async Task ReadNewFramesAsync(bool isLast, CancellationToken cancellationToken)
    {
        if (isLast)
        {
            if (!HasGivenAll)
            {
                Take((await _reader.OpenAsync(_path, cancellationToken)).Value);
            }

            return;
        }

        await _changes.WaitAsync(cancellationToken);
        await Task.Delay(BetweenLooks, _time, cancellationToken);
        if ((await _reader.OpenLiveAsync(_path, cancellationToken)).TryGet(out SeriesDescription? series, out _))
        {
            Take(series);
        }
    }

    private void Take(SeriesDescription series)
    {
        if ((series.FirstImage, series.Rows, series.Columns, series.Type, series.Channels.Count)
            != (_series.FirstImage, _series.Rows, _series.Columns, _series.Type, _series.Channels.Count))
        {
            throw Unreadable.File($"{_series.Master} became another series while it was being read.", _path);
        }

        _hadAWriter |= series.IsGrowing;
        _series = series;
    }
}
