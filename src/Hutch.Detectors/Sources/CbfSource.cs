using System.Text.RegularExpressions;
using Hutch.Detectors.Cbf;
using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Sources;

/// <summary>
/// A series of CBF files as PILATUS detectors write it: one image per file, with its number in the name. Any of the files names the
/// series, and so does a folder that holds no other. The files may be packed by gzip or bzip2.
/// </summary>
internal sealed partial class CbfSource : IFrameFile
{
    private readonly CbfReader _reader;
    private readonly SortedDictionary<int, string> _files;
    private readonly IReadOnlyList<string> _leftOut;

    private readonly IReadOnlyList<string> _headerNotes;

    private CbfSource(CbfReader reader, CbfFiles files, byte[] headerJson, FrameHeader header, IReadOnlyList<string> headerNotes)
    {
        _reader = reader;
        _headerNotes = headerNotes;
        (_files, _leftOut) = files;
        HeaderJson = headerJson;
        Header = header;
    }

    public static FrameSourceKind Kind { get; } = new(
        "a CBF series (.cbf, one of the files or their folder)",
        static location => CbfImage.IsCbf(location.Start.Span) || location.HasExtension(CbfReader.Extensions)
            || (location.IsFolder && FilesIn(location.Path).Any()),
        static (location, _, cancellationToken) => OpenAsync(location, cancellationToken));

    public ReadOnlyMemory<byte> HeaderJson { get; }

    public FrameHeader Header { get; }

    public IReadOnlyList<string> Notes =>
    [
        .. _leftOut.Select(static name => $"{name} is left out: it is a pipe, a socket or a device, and no file."),
        .. Gaps(),
        .. _headerNotes,
    ];

    public int? FrameCount => _files.Count;

    public async IAsyncEnumerable<SourceArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public async IAsyncEnumerable<SourceFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach ((int number, string path) in _files)
        {
            yield return (await ReadAsync(number, path, cancellationToken)).Value;
        }
    }

    public async Task<Result<SourceFrame>> ReadFrameAsync(int number, CancellationToken cancellationToken) =>
        _files.TryGetValue(number - Shift, out string? path)
            ? await ReadAsync(number - Shift, path, cancellationToken)
            : ErrorCode.NotFound.With($"The series of {Path.GetFileName(_files.First().Value)} has no file for image {number}.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Some count from 0; images of a dataset count from 1.
    private int Shift => _files.ContainsKey(0) ? 1 : 0;

    private async Task<Result<SourceFrame>> ReadAsync(int number, string path, CancellationToken cancellationToken)
    {
        if (!(await _reader.ReadAsync(path, cancellationToken)).TryGet(out CbfImage? image, out HutchError? refusal))
        {
            return refusal;
        }

        return (image.Rows, image.Columns, image.Type) == (Header.Rows, Header.Columns, Header.Type)
            ? new SourceFrame(number + Shift) { Codec = image.Codec, Bytes = _reader.Bytes(image) }
            : ErrorCode.UnreadableFile.With(
                $"{Path.GetFileName(path)} has {image.Columns} x {image.Rows} pixels ({image.Type.Name()}); the first file of its "
                + $"series, {Path.GetFileName(_files.First().Value)}, has {Header.Columns} x {Header.Rows} ({Header.Type.Name()}).",
                "file", path);
    }

    private IEnumerable<string> Gaps()
    {
        int? last = null;
        foreach (int number in _files.Keys)
        {
            if (last is null ? number > 1 : number > last + 1)
            {
                (int from, int to) = ((last ?? 0) + 1, number - 1);
                string which = to > from ? $"images {from} to {to}" : $"image {from}";
                yield return $"There is no file for {which} before {Path.GetFileName(_files[number])}.";
            }

            last = number;
        }
    }

    private static async Task<Result<IFrameFile>> OpenAsync(SourceLocation location, CancellationToken cancellationToken)
    {
        if (!FindSeries(location).TryGet(out CbfFiles? files, out HutchError? refusal))
        {
            return refusal;
        }

        var reader = new CbfReader();
        string first = files.ByNumber.First().Value;
        if (!(await reader.ReadAsync(first, cancellationToken)).TryGet(out CbfImage? image, out refusal))
        {
            return refusal;
        }

        int shift = files.ByNumber.ContainsKey(0) ? 1 : 0;
        var values = new List<(int Number, CbfValues Values)>();
        foreach ((int number, string path) in files.ByNumber)
        {
            // Files differ: one of a screening begins at another angle than the first, and does not follow from it.
            if (!(path == first ? image.Text : await reader.ReadTextAsync(path, cancellationToken)).TryGet(out CbfText? text, out refusal))
            {
                return refusal;
            }

            values.Add((number + shift, new CbfValues(Path.GetFileName(path), text)));
        }

        (byte[] json, IReadOnlyList<string> notes) = CbfHeader.Build(Path.GetFileName(first), image, values);
        return FrameHeader.Parse(json).Then(header => Result<IFrameFile>.Ok(new CbfSource(reader, files, json, header, notes)));
    }

    /// <summary>
    /// The files of a series by number: all in a folder, or those with the same name as a file but for the digits at its end.
    /// </summary>
    private static Result<CbfFiles> FindSeries(SourceLocation location)
    {
        var files = new SortedDictionary<int, string>();
        var leftOut = new List<string>();
        string path = Path.GetFullPath(location.Path);
        string? series = location.IsFolder ? null : Name(path).Series;
        foreach (string file in FilesIn(location.IsFolder ? path : Path.GetDirectoryName(path)!))
        {
            (string other, int number) = Name(file);
            if (SmallFile.Status(file) is { Type: FileType.Special })
            {
                // Opening a pipe would wait for a program that writes into it.
                if (series is null || series == other)
                {
                    leftOut.Add(Path.GetFileName(file));
                }

                continue;
            }

            series ??= other;
            if (series == other)
            {
                if (!files.TryAdd(number, file))
                {
                    return ErrorCode.UnreadableFile.With(
                        $"Two files of the series have the same number: {files[number]} and {file}. Move one of them away.", "file", file);
                }
            }
            else if (location.IsFolder)
            {
                return ErrorCode.UnreadableFile.With(
                    $"{location.Name} has more than one series: {Path.GetFileName(files.First().Value)} and {Path.GetFileName(file)} have "
                    + "different names before the number. Give a file of the series.", "file", path);
            }
        }

        if (files.Count > 0)
        {
            return new CbfFiles(files, leftOut);
        }

        if (location.IsFolder)
        {
            return ErrorCode.UnreadableFile.With($"{location.Name} is a folder without CBF files.", "file", path);
        }

        files[1] = path; // a CBF file under another name
        return new CbfFiles(files, leftOut);
    }

    private static IEnumerable<string> FilesIn(string folder)
    {
        var options = new EnumerationOptions
        {
            MatchCasing = MatchCasing.CaseInsensitive,
            AttributesToSkip = 0,
            IgnoreInaccessible = false,
        };
        return Directory.EnumerateFiles(folder, "*.cbf*", options).Where(
            static file => CbfReader.Extensions.Any(extension => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase)));
    }

    private static (string Series, int Number) Name(string path)
    {
        string name = Path.GetFileName(path);
        return NumberedName().Match(name) is { Success: true } match
            ? (match.Groups["prefix"].Value, int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))
            : (name, 1);
    }

    [GeneratedRegex("^(?<prefix>.*?)(?<number>[0-9]{1,9})\\.cbf(\\.gz|\\.bz2)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NumberedName();

    /// <summary>The files of a series, and the names of what looks like one and is no file.</summary>
    private sealed record CbfFiles(SortedDictionary<int, string> ByNumber, IReadOnlyList<string> LeftOut);
}
