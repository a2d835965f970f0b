using System.Buffers;
using System.Runtime.CompilerServices;
using Hutch.Formats.Arrays;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Formats.Ingest;

/// <summary>
/// An NXmx master file as the entries of a dataset: the header, the arrays beside it, and the frames. One reader at a time.
/// </summary>
public sealed class IngestSource : IAsyncDisposable
{
    private readonly Hdf5ReaderProcess _reader;
    private readonly IReadOnlyList<HeaderArray> _arrays;
    private readonly List<string> _missing = [];

    private IngestSource(
        Hdf5ReaderProcess reader, SeriesDescription series, IReadOnlyList<HeaderArray> arrays, byte[] headerJson, FrameHeader header)
    {
        _reader = reader;
        _arrays = arrays;
        Series = series;
        HeaderJson = headerJson;
        Header = header;
    }

    /// <summary>What the master holds.</summary>
    public SeriesDescription Series { get; }

    /// <summary>The header.</summary>
    public FrameHeader Header { get; }

    /// <summary>The bytes of the entry <c>header</c>.</summary>
    public ReadOnlyMemory<byte> HeaderJson { get; }

    /// <summary>Frames in all channels, those included that turn out to be missing.</summary>
    public int FrameCount => Series.Images * Series.Channels.Count;

    /// <summary>Paths of frames that the file has a place for but that were never written. Complete once all frames were read.</summary>
    public IReadOnlyList<string> MissingFrames => _missing;

    /// <summary>Opens a master through a reader process of its own.</summary>
    public static async Task<Result<IngestSource>> OpenAsync(
        string masterPath, ReaderCommand command, Hdf5ReaderOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var reader = new Hdf5ReaderProcess(command, options, time);
        IngestSource? source = null;
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

            source = new IngestSource(reader, series, arrays, json, header);
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

    /// <summary>Reads the arrays. One that cannot be read ends the enumeration with its <see cref="HutchException"/>.</summary>
    public async IAsyncEnumerable<IngestArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (HeaderArray array in _arrays)
        {
            NumericArray numbers = (await _reader.ReadArrayAsync(array.Source, cancellationToken)).Value;
            yield return new IngestArray(array.EntryPath, NumpyFile.Write(numbers));
        }
    }

    /// <summary>
    /// Reads the frames, image by image, the channels of an image together. One that cannot be read ends the enumeration with its
    /// <see cref="HutchException"/>.
    /// </summary>
    /// <param name="firstNumber">The number of the first image to read, from 1: an interrupted ingest goes on where it was.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<IngestFrame> ReadFramesAsync(
        int firstNumber, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstNumber, 1);
        var chunk = new ArrayBufferWriter<byte>();
        for (int image = firstNumber - 1; image < Series.Images; image++)
        {
            for (int channel = 0; channel < Series.Channels.Count; channel++)
            {
                // The first channel is at the root, whatever its name.
                string folder = channel == 0 ? "" : Series.Channels[channel];
                string path = FrameEntry.Path(image + 1, folder);
                chunk.ResetWrittenCount();
                FrameInfo info = (await _reader.ReadFrameAsync(image, channel, chunk, cancellationToken)).Value;
                if (info.IsMissing)
                {
                    _missing.Add(path);
                    continue;
                }

                yield return new IngestFrame(
                    path, image + 1, folder, FrameEntry.UserMetadata(info.Codec, info.FilterMask, Header.Codec), chunk.WrittenMemory);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
