using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.Sources;

/// <summary>An NXmx master file and the data files it names, read in a separate process.</summary>
internal sealed class NxMxSource : IFrameFile
{
    private readonly Hdf5ReaderProcess _reader;
    private readonly IReadOnlyList<HeaderArray> _arrays;
    private readonly ArrayBufferWriter<byte> _chunk = new();

    private NxMxSource(
        Hdf5ReaderProcess reader, SeriesDescription series, IReadOnlyList<HeaderArray> arrays, byte[] headerJson, FrameHeader header)
    {
        _reader = reader;
        _arrays = arrays;
        Series = series;
        HeaderJson = headerJson;
        Header = header;
    }

    public static FrameSourceKind Kind { get; } = new(
        "an NXmx master (.h5, .hdf5, .nxs)",
        static location => location.StartsWith(Hdf5Signature.Bytes) || location.HasExtension(".h5", ".hdf5", ".nxs"),
        static async (location, options, cancellationToken) =>
        {
            var limits = new Hdf5ReaderOptions { AllowedFolders = options.AllowedFolders };
            return (await OpenAsync(location.Path, options.Hdf5Reader, limits, options.Time, cancellationToken))
                .Then(static source => Result<IFrameFile>.Ok(source));
        });

    public SeriesDescription Series { get; }

    public FrameHeader Header { get; }

    public ReadOnlyMemory<byte> HeaderJson { get; }

    public IReadOnlyList<string> Notes => Series.Notes;

    public int? FrameCount => Series.Images * Series.Channels.Count;

    public static async Task<Result<NxMxSource>> OpenAsync(
        string masterPath, ReaderCommand command, Hdf5ReaderOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var reader = new Hdf5ReaderProcess(command, options, time);
        NxMxSource? source = null;
        try
        {
            Result<SeriesDescription> opened = await reader.OpenAsync(masterPath, cancellationToken);
            if (!opened.TryGet(out SeriesDescription? series, out HutchError? error))
            {
                return error;
            }

            IReadOnlyList<HeaderArray> arrays = HeaderArray.Choose(series);
            byte[] json = HeaderBuilder.Build(series, arrays);
            if (!FrameHeader.Parse(json).TryGet(out FrameHeader? header, out error))
            {
                return error;
            }

            source = new NxMxSource(reader, series, arrays, json, header);
            return source;
        }
        finally
        {
            if (source is null)
            {
                await reader.DisposeAsync();
            }
        }
    }

    public async IAsyncEnumerable<SourceArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (HeaderArray array in _arrays)
        {
            yield return await ReadArrayAsync(_reader, array, cancellationToken);
        }
    }

    internal static async Task<SourceArray> ReadArrayAsync(
        Hdf5ReaderProcess reader, HeaderArray array, CancellationToken cancellationToken)
    {
        NumericArray numbers = (await reader.ReadArrayAsync(array.Source, cancellationToken)).Value;
        return new SourceArray(array.EntryPath, NumpyFile.Write(numbers));
    }

    public async IAsyncEnumerable<SourceFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunk = new ArrayBufferWriter<byte>();
        for (int image = 0; image < Series.Images; image++)
        {
            for (int channel = 0; channel < Series.Channels.Count; channel++)
            {
                chunk.ResetWrittenCount();
                FrameInfo info = (await _reader.ReadFrameAsync(image, channel, chunk, cancellationToken)).Value;

                yield return FrameOf(Series, image, channel, info, chunk.WrittenMemory);
            }
        }
    }

    public async Task<Result<SourceFrame>> ReadFrameAsync(int number, CancellationToken cancellationToken)
    {
        int image = number - Series.FirstImage;
        if (image < 0 || image >= Series.Images)
        {
            return ErrorCode.NotFound.With(
                $"{Series.Master} has the images {Series.FirstImage} to {Series.FirstImage + Series.Images - 1}, and no image {number}.");
        }

        _chunk.ResetWrittenCount();
        Result<FrameInfo> info = await _reader.ReadFrameAsync(image, 0, _chunk, cancellationToken);
        return !info.IsOk ? info.Error
            : info.Value.IsMissing ? ErrorCode.NotFound.With($"Image {number} of {Series.Master} was never written.")
            : FrameOf(Series, image, 0, info.Value, _chunk.WrittenMemory);
    }

    // The first channel is at the root, whatever its name.
    internal static SourceFrame FrameOf(
        SeriesDescription series, int image, int channel, FrameInfo info, ReadOnlyMemory<byte> chunk) =>
        new(series.FirstImage + image, channel == 0 ? "" : series.Channels[channel])
        {
            Codec = info.Codec,
            FilterMask = info.FilterMask,
            Bytes = info.IsMissing ? default : chunk,
        };

    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
