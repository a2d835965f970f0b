using Hutch.Commands.Output;
using Hutch.Model.Analyses;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>
/// The report of a trial: a file with a <see cref="ShadowLine"/> for each series, and their totals. It continues after a restart.
/// </summary>
internal sealed class ShadowReport
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly LatencyHistogram _stored = new();
    private readonly LatencyHistogram _readable = new();
    private long _series;
    private long _equal;
    private long _notCompared;
    private long _frames;

    private ShadowReport(string path) => _path = path;

    /// <exception cref="HutchException">The file has something else in it.</exception>
    internal static ShadowReport Open(string path)
    {
        var report = new ShadowReport(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        int number = 0;
        foreach (string text in File.Exists(path) ? File.ReadLines(path) : [])
        {
            number++;
            report.Count(Parse(text) ?? throw ErrorCode.InvalidBody.With(string.Create(
                CultureInfo.InvariantCulture,
                $"Line {number} of {Display.Quote(path)} is no line of such a report; move it away, or name another file.")).ToException());
        }

        return report;
    }

    internal bool Names(string dataset)
    {
        lock (_gate)
        {
            return _names.Contains(dataset);
        }
    }

    internal string Add(ShadowLine line)
    {
        lock (_gate)
        {
            File.AppendAllText(_path, JsonText.Write(line, ComparisonJson.Default.ShadowLine) + "\n");
            Count(line);
            return $"{Verdict(line)} {Totals()}";
        }
    }

    private static ShadowLine? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ComparisonJson.Default.ShadowLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Count(ShadowLine line)
    {
        _series++;
        _names.Add(line.Dataset);
        if (line.Comparison is not { } found)
        {
            _notCompared++;
            return;
        }

        _equal += found.Equal ? 1 : 0;
        _frames += found.Frames.Frames;
        Keep(_stored, found.StoredMillisecondsMedian);
        Keep(_readable, found.Frames.FileMillisecondsMedian);
    }

    private static void Keep(LatencyHistogram medians, double? milliseconds)
    {
        if (milliseconds is { } value)
        {
            medians.Add(TimeSpan.FromMilliseconds(value));
        }
    }

    private static string Verdict(ShadowLine line)
    {
        if (line.Comparison is not { } found)
        {
            return $"{line.Dataset} was not compared: {line.Problem}";
        }

        string results = found.Results is null ? "" : " and results";
        return found.Equal
            ? $"{line.Dataset} equals {Display.Quote(found.File)}: {Human.Count(found.Frames.Frames, "frame")}{results}."
            : $"{line.Dataset} DIFFERS from {Display.Quote(found.File)}; the report says where.";
    }

    private string Totals()
    {
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"So far: {Human.Count(_series)} series, {Human.Count(_equal)} equal, "
            + $"{Human.Count(_series - _equal - _notCompared)} different, {Human.Count(_notCompared)} not compared; "
            + $"{Human.Count(_frames, "frame")}"));
        if (_stored.Milliseconds(0.5) is { } stored && _readable.Milliseconds(0.5) is { } readable)
        {
            text.Append(CultureInfo.InvariantCulture, $", usually stored after {stored:0.0} ms, in the file after {readable:0.0} ms");
        }

        return text.Append('.').ToString();
    }
}
