using System.Runtime.CompilerServices;

namespace Hutch.Capture;

/// <summary>The frames of a series that is being received, as a source: the header is known, the images arrive later.</summary>
/// <param name="known">The frames that were stored before this process began.</param>
/// <param name="log">Keeps the fields of the images without their pixels.</param>
internal sealed class StreamSource(
    CaptureSeries series, ReadOnlyMemory<byte> headerJson, FrameHeader header, IEnumerable<SourceArray> arrays, FrameSet known,
    ImageLog log)
    : IFrameSource
{
    private const int MaxNotes = 10;

    private readonly Lock _gate = new();
    private readonly List<string> _problems = [];
    private StreamHeader? _late;
    private long _duplicates;
    private long _unreadable;

    public ReadOnlyMemory<byte> HeaderJson => _late?.Json ?? headerJson;

    public FrameHeader Header => _late?.Header ?? header;

    public int? FrameCount => header.Images * header.Channels.Count;

    /// <summary>Images that came more than once; the first is kept.</summary>
    public long Duplicates => _duplicates;

    /// <summary>Images, or channels of them, that could not be read.</summary>
    public long Unreadable => _unreadable;

    /// <summary>Images that are stored, or about to be.</summary>
    public long StoredImages
    {
        get
        {
            lock (_gate)
            {
                return known.Count;
            }
        }
    }

    /// <summary>Called when all channels of an image are stored, or given up; from any thread.</summary>
    public Action<ReceivedImage>? Done { get; init; }

    public IReadOnlyList<string> Notes =>
    [
        .. Problems(),
        .. Record(_duplicates, "image came again and was", "images came again and were", "left out"),
        .. Record(series.Dropped, "image was", "images were", "dropped because they came faster than they could be stored"),
        .. Record(series.NotCopied, "image was", "images were", "dropped by hutch tee because the copies were not read in time"),
        .. Record(series.OthersLeftOut, "message of another type was", "messages of other types were", "left out: there were too many"),
        .. Record(log.LeftOut, "image has", "images have", "fields that were left out: there were too many"),
        .. Header.Images > Last
            ? [SeriesNotes.EndsEarly(Header.Images.Value, "the series", Last)]
            : Array.Empty<string>(),
        .. series.HasEnd ? Array.Empty<string>() : ["The end of the series was not received."],
    ];

    /// <summary>The number of the last image of the series, as far as it is known: an earlier process may have stored it.</summary>
    private int Last => Math.Max(series.Last, known.Last);

    public async IAsyncEnumerable<SourceArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (SourceArray array in _late?.Arrays ?? arrays)
        {
            yield return array;
        }
    }

    public async IAsyncEnumerable<SourceFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        series.ForgetStart(); // frames are asked for when the header is stored
        await foreach (ReceivedImage received in series.Images.ReadAllAsync(cancellationToken))
        {
            int number = received.Number;
            if (!received.Open().TryGet(out ImageMessage? image, out HutchError? damage))
            {
                Reject($"Image {number}", damage.Message);
                received.GiveUp();
                continue;
            }

            if (image.Channels.All(channel => Problem(channel) is not null))
            {
                Reject($"Image {number}", image.Channels is [var first, ..] ? Problem(first)! : "it has no data");
                received.GiveUp();
                continue;
            }

            bool isNew = Know(number);
            if (!isNew && (!received.IsReplayed || received.Channels == 1))
            {
                _duplicates += received.IsReplayed ? 0 : 1;
                series.StoredBefore += received.IsReplayed ? 1 : 0;
                received.GiveUp();
                continue;
            }

            if (isNew)
            {
                received.Done = received.IsReplayed ? null : Done;
                log.Add(number, image);
            }
            else
            {
                series.StoredBefore++; // a part of it, perhaps: the others are compared
            }

            foreach (SourceFrame frame in Channels(number, received, image))
            {
                yield return frame;
            }
        }

        TakeLateStart();
        foreach (FrameRange gap in Missing())
        {
            yield return new SourceFrame(gap.First) { MissingThrough = gap.Last }; // no bytes: their places are empty
        }
    }

    /// <summary>
    /// Returns the missing frames. Of a series whose end was lost with a killed process, these are all that the detector was to take.
    /// </summary>
    /// <param name="waiting">Frames that were received and wait to be stored; null for none.</param>
    public IReadOnlyList<FrameRange> Missing(FrameSet? waiting = null)
    {
        lock (_gate)
        {
            int last = series is { IsResumed: true, IsLive: false, HasEnd: false } ? Math.Max(Last, Header.Images ?? 0) : Last;
            if (waiting is null)
            {
                return [.. known.Missing(last)];
            }

            var seen = new FrameSet();
            foreach (int frame in Frames(waiting).Concat(Frames(known)))
            {
                seen.Add(frame);
            }

            return [.. seen.Missing(last)];
        }
    }

    private static IEnumerable<int> Frames(FrameSet set) =>
        set.Ranges.SelectMany(static range => Enumerable.Range(range.First, range.Last - range.First + 1));

    private bool Know(int number)
    {
        lock (_gate)
        {
            return known.Add(number);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Takes a start that came after images: its values of the detector and the beam are valid, too.</summary>
    private void TakeLateStart()
    {
        if (series.LateStart is { } start && StreamHeader.Make(start, null).TryGet(out StreamHeader? late, out _)
            && (late.Header.Rows, late.Header.Columns, late.Header.Type) == (header.Rows, header.Columns, header.Type)
            && late.Header.Channels.SequenceEqual(header.Channels))
        {
            _late = late;
            lock (_gate)
            {
                _problems.Add("The start of the series came after images did.");
            }
        }
    }

    private IEnumerable<SourceFrame> Channels(int number, ReceivedImage received, ImageMessage image)
    {
        int left = image.Channels.Count;
        IReadOnlyDictionary<string, string> metadata = Metadata(number, received, image);
        try
        {
            foreach (StreamArrayField channel in image.Channels)
            {
                left--;
                if (Problem(channel) is { } problem)
                {
                    Reject($"Channel {Display.Quote(channel.Channel)} of image {number}", problem);
                    received.Stored();
                    received.Dispose();
                    yield return new SourceFrame(number, FolderOf(channel.Channel, image)) { MissingThrough = number };
                    continue;
                }

                yield return new SourceFrame(number, FolderOf(channel.Channel, image))
                {
                    Codec = channel.Array!.Codec,
                    Bytes = channel.Array.Bytes,
                    UserMetadata = metadata,
                    Owner = received,
                };
            }
        }
        finally
        {
            // Release the channels that were not requested.
            for (; left > 0; left--)
            {
                received.Dispose();
            }
        }
    }

    private static Dictionary<string, string> Metadata(int number, ReceivedImage received, ImageMessage image)
    {
        var metadata = new Dictionary<string, string>(2) { [FrameReceipt.Key] = FrameReceipt.Format(received.Received.Moment) };
        if (ImageTimes.From(number, image) is { IsKnown: true } times)
        {
            metadata[ImageTimes.Key] = times.ToText();
        }

        return metadata;
    }

    private static string[] Record(long count, string one, string many, string what) =>
        count == 0 ? [] : [count == 1 ? $"1 {one} {what}." : $"{count} {many} {what}."];

    private string? Problem(StreamArrayField channel) => channel.Array switch
    {
        null => channel.Problem ?? "it has no data",
        var array when !array.Shape.SequenceEqual([header.Rows, header.Columns]) || array.Type != header.Type =>
            "its size or type is not that of the series",
        { HasRightLength: false } => "its data are not those of an image of its size",
        { IsBigEndian: true } => "its pixels have the most significant byte first",
        _ => null,
    };

    private void Reject(string what, string problem)
    {
        _unreadable++;
        lock (_gate)
        {
            if (_problems.Count < MaxNotes)
            {
                _problems.Add($"{what} cannot be read: {problem}.");
            }
        }
    }

    private string[] Problems()
    {
        lock (_gate)
        {
            return [.. _problems];
        }
    }

    // The first channel is at the root, whatever its name.
    private string FolderOf(string channel, ImageMessage image) =>
        channel == header.Channels[0] || image.Channels.Count == 1 ? "" : channel;
}
