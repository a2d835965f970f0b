using System.Globalization;
using Hutch.Detectors.DectrisStream;

namespace Hutch.Detectors.Tests.DectrisStream;

/// <summary>A detector that sends series to copies, a reader that takes them, and what both saw.</summary>
internal sealed class CopiesRun(StreamCopies copies)
{
    /// <summary>Series that are under way at once, at most.</summary>
    public const int MaxOpen = 5;

    private readonly List<string> _sent = [];
    private readonly List<string> _taken = [];
    private readonly Dictionary<string, int> _images = [];
    private int _series;

    public void Start(string series, int padding = 0)
    {
        _images[series] = 0;
        Add($"start {series}", StreamMessageWriter.Start(new StreamSeriesName(1, series), new() { ["padding"] = new string('x', padding) }, []));
    }

    public void Image(string series)
    {
        int image = _images[series]++;
        Add($"image {series} {image}", StreamMessageWriter.Image(new StreamSeriesName(1, series), new ImageMessage { ImageId = image, Channels = [] }));
    }

    public void End(string series)
    {
        Add($"end {series}", StreamMessageWriter.End(new StreamSeriesName(1, series)));
    }

    /// <summary>Sends the next message of a series, or takes some; images are the most frequent.</summary>
    public void Do(byte act, byte of)
    {
        string[] open = [.. _images.Keys.Order(StringComparer.Ordinal)];
        string? series = open.Length == 0 ? null : open[of % open.Length];
        switch (act % 10)
        {
            case 0 or 1:
                Take(of % 8);
                break;
            case 2 or 3 when open.Length < MaxOpen:
                Start(string.Create(CultureInfo.InvariantCulture, $"s{++_series}"));
                break;
            case 4 when series is not null:
                End(series);
                _images.Remove(series);
                break;
            default:
                if (series is not null)
                {
                    Image(series);
                }

                break;
        }
    }

    public List<string> TakeAll() => Take(copies.Waiting);

    /// <summary>Compares what was taken with what was sent.</summary>
    public void Check()
    {
        string[] reports = [.. _taken.Where(copy => copy.StartsWith("copies ", StringComparison.Ordinal))];
        List<string> copied = [.. _taken.Except(reports)];
        Assert.Equal(copied, _sent.Intersect(copied)); // in order, each once
        long dropped = 0;
        foreach (string series in _sent.Select(sent => sent.Split(' ')[1]).Distinct())
        {
            string[] all = [.. _sent.Where(sent => sent.Split(' ')[1] == series)];
            string[] got = [.. copied.Where(copy => copy.Split(' ')[1] == series)];
            dropped += all.Length - got.Length;
            if (got.Length == 0)
            {
                continue; // dropped as a whole: even its start found no room
            }

            Assert.Equal(all[0], got[0]);
            int images = all.Count(sent => sent.StartsWith("image", StringComparison.Ordinal));
            int missing = images - got.Count(copy => copy.StartsWith("image", StringComparison.Ordinal));
            if (all[^1] == $"end {series}")
            {
                string last = images == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{images - 1}");
                Assert.Equal(_taken.IndexOf($"copies {series}: {missing} dropped, last {last}") + 1, _taken.IndexOf(all[^1]));
            }
        }

        Assert.Equal(dropped, copies.Dropped);
        Assert.Equal(copies.DroppedSeries, _sent.Count(sent => sent.StartsWith("start", StringComparison.Ordinal) && !copied.Contains(sent)));
    }

    private void Add(string name, byte[] message)
    {
        _sent.Add(name);
        var buffer = new StreamBuffer(message.Length);
        message.CopyTo(buffer.GetSpan());
        copies.Add([buffer]);
    }

    private List<string> Take(int messages)
    {
        var taken = new List<string>();
        for (int i = Math.Min(messages, copies.Waiting); i > 0; i--)
        {
            StreamCopy copy = copies.Take()!;
            using StreamBuffer only = Assert.Single(copy.Parts);
            StreamMessage message = StreamMessageReader.Read(only.Memory).Value;
            Assert.Equal(message is CopiesMessage, copy.IsOurs);
            taken.Add(message switch
            {
                StartMessage => $"start {message.Series}",
                ImageMessage image => $"image {message.Series} {image.ImageId}",
                EndMessage => $"end {message.Series}",
                CopiesMessage report => $"copies {message.Series}: {report.Dropped} dropped, last {report.LastImage}",
                _ => throw new InvalidOperationException(message.ToString()),
            });
        }

        _taken.AddRange(taken);
        return taken;
    }
}
