using System.Text;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Pictures;
using Hutch.Detectors.Ingest;
using Hutch.Formats.NxMx;

namespace Hutch.Previews.Pictures;

/// <summary>
/// Makes small pictures of frames on request. Unpacked images use the same memory as those of analyses. Headers and masks of the last
/// series are cached, as all viewers of a series need the same.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FramePictures(ImageMemory memory, AnalysisWorkerOptions options, TimeProvider time) : IFramePictures, IDisposable
{
    private const int MaxKeptSeries = 16;

    /// <summary>Of the masks that are kept, all together.</summary>
    private const long MaxKeptMaskBytes = 64 << 20;

    private readonly SemaphoreSlim _turns = new(options.UsedThreads);
    private readonly LruCache<BlobHash, Series> _cached = new(
        MaxKeptSeries, MaxKeptMaskBytes, static series => series.Valid!.Length);

    public Task<Result<IFramePicture>> FindAsync(EntryOpener open, DatasetPath path, int bin, CancellationToken ct) =>
        FindAsync(open, path, _ => bin, ct);

    public Task<Result<IFramePicture>> FitAsync(EntryOpener open, DatasetPath path, int maxSide, CancellationToken ct) =>
        FindAsync(open, path, header => FrameBinning.Length(Math.Max(header.Rows, header.Columns), maxSide), ct);

    private async Task<Result<IFramePicture>> FindAsync(
        EntryOpener open, DatasetPath path, Func<FrameHeader, int> bin, CancellationToken ct)
    {
        if (!FrameEntry.TryParse(path.Value, out int number, out _))
        {
            return FrameEntry.NoFrame(path.Value);
        }

        if (!(await OpenFileAsync(open, path, ct)).TryGet(out (Entry Entry, BlobContent Content) frame, out HutchError? refusal))
        {
            return refusal;
        }

        if (!(await FindSeriesAsync(open, ct)).TryGet(out Series? series, out refusal))
        {
            return refusal;
        }

        return frame.Content.Size <= series.Header.MaxPackedBytes
            ? new Picture(this, series, frame.Entry, frame.Content, number, bin(series.Header))
            : FrameEntry.TooLarge(frame.Content.Size, series.Header.MaxPackedBytes);
    }

    public void Dispose() => _turns.Dispose();

    private static async Task<Result<(Entry Entry, BlobContent Content)>> OpenFileAsync(EntryOpener open, string path, CancellationToken ct)
    {
        if (!DatasetPath.Parse(path).TryGet(out DatasetPath parsed, out HutchError? refusal))
        {
            return refusal;
        }

        return await OpenFileAsync(open, parsed, ct);
    }

    /// <summary>Opens an entry that must be a file.</summary>
    internal static async Task<Result<(Entry Entry, BlobContent Content)>> OpenFileAsync(
        EntryOpener open, DatasetPath path, CancellationToken ct)
    {
        Result<OpenedEntry> opened = await open(path, ct);
        return !opened.IsOk ? opened.Error
            : opened.Value.Stored is { } content ? (opened.Value.Entry, content)
            : ErrorCode.Unprocessable.With($"{Display.Quote(path.Value)} is no file.");
    }

    private async Task<Result<Series>> FindSeriesAsync(EntryOpener open, CancellationToken ct)
    {
        Result<(Entry Entry, BlobContent Content)> file = await OpenFileAsync(open, FrameHeader.EntryPath, ct);
        if (!file.IsOk)
        {
            return file.Error.Code == ErrorCode.NotFound
                ? ErrorCode.Unprocessable.With($"There is no entry '{FrameHeader.EntryPath}', which says what the frames are.")
                : file.Error;
        }

        BlobContent content = file.Value.Content;
        _cached.TryFind(content.Hash, out Series? cached);
        Result<FrameHeader> header = cached?.Header ?? await ReadHeaderAsync(content, ct);
        if (!header.IsOk)
        {
            return header.Error;
        }

        string maskEntry = header.Value.MaskEntry ?? FrameHeader.UsualMaskEntry;
        Result<(Entry Entry, BlobContent Content)> mask = await OpenFileAsync(open, maskEntry, ct);
        if (!mask.IsOk && (mask.Error.Code != ErrorCode.NotFound || header.Value.MaskEntry is not null))
        {
            return mask.Error;
        }

        BlobContent? maskContent = mask.IsOk ? mask.Value.Content : null;
        return cached is not null && cached.Mask?.Hash == maskContent?.Hash ? cached : new Series(content.Hash, header.Value, maskContent);
    }

    private static async Task<Result<FrameHeader>> ReadHeaderAsync(BlobContent content, CancellationToken ct) =>
        content.Size > FrameHeader.MaxBytes
            ? ErrorCode.TooLarge.With($"The header has {content.Size} bytes; the limit is {FrameHeader.MaxBytes}.")
            : FrameHeader.Parse(await content.ReadAllAsync(FrameHeader.MaxBytes, ct));

    private async Task<Result<PictureBytes>> MakeAsync(Picture picture, CancellationToken ct)
    {
        (Series series, FrameHeader header) = (picture.Series, picture.Series.Header);
        int maxPacked = FrameBinning.MaxPackedBytes(header, picture.Bin);
        // The mask as it is read, and as it is kept.
        long maskBytes = series.Valid is null && series.Mask is not null ? 2L * header.Rows * header.Columns : 0;
        long needed = picture.Content.Size + maxPacked + maskBytes + FrameBinning.WorkingBytes(header, picture.Bin);
        Result<ImageMemory.Share> taken = await WaitLimit.RunAsync(
            token => memory.RentAsync(needed, $"An image of {header.Columns} x {header.Rows} pixels", token), time, ct);
        if (!taken.IsOk)
        {
            return taken.Error;
        }

        ImageMemory.Share share = taken.Value;
        bool isMade = false;
        try
        {
            Result<PictureBytes> made = await MakeAsync(picture, maxPacked, share, ct);
            isMade = made.IsOk;
            return made;
        }
        finally
        {
            if (isMade)
            {
                // What the picture keeps until it is sent, which takes a slow client a while.
                share.Shrink(needed - maxPacked);
            }
            else
            {
                share.Dispose();
            }
        }
    }

    private async Task<Result<PictureBytes>> MakeAsync(Picture picture, int maxPacked, ImageMemory.Share share, CancellationToken ct)
    {
        (Series series, FrameHeader header) = (picture.Series, picture.Series.Header);
        if (!(await ReadMaskAsync(series, ct)).TryGet(out byte[]? valid, out HutchError? refusal))
        {
            return refusal;
        }

        // Not from a pool, which rounds sizes up and does not free its buffers.
        byte[] chunk = GC.AllocateUninitializedArray<byte>((int)picture.Content.Size);
        byte[] packed = GC.AllocateUninitializedArray<byte>(maxPacked);
        await picture.Content.ReadAsync(chunk, ct);
        Result<int> made = await RunAsync(
            () => FrameBinning.Bin(
                header, valid, new RawFrame(picture.Number, chunk, picture.Entry.UserMetadata), picture.Bin, packed),
            ct);
        return made.Then<PictureBytes>(length => new PictureBytes(packed.AsMemory(0, length), share));
    }

    private async Task<Result<byte[]>> ReadMaskAsync(Series series, CancellationToken ct)
    {
        if (series.Valid is null)
        {
            if (!(await ReadValidAsync(series, ct)).TryGet(out byte[]? valid, out HutchError? refusal))
            {
                return refusal;
            }

            series.Valid = valid;
        }

        _cached.Set(series.Key, series);
        return series.Valid;
    }

    private static async Task<Result<byte[]>> ReadValidAsync(Series series, CancellationToken ct)
    {
        if (series.Mask is not { } mask)
        {
            return Array.Empty<byte>();
        }

        Result<EntryBytes?> file = StoredBytes.From(mask, "of the pixel mask", series.Header.MaxMaskFileBytes, ct);
        return file.IsOk ? await FrameBinning.ReadMaskAsync(series.Header, file.Value!, ct) : file.Error;
    }

    /// <summary>As many at once as there are threads for analyses: unpacking is work of the processor.</summary>
    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            return await Task.Run(work, ct);
        }
        finally
        {
            _turns.Release();
        }
    }

    private sealed class Series(BlobHash key, FrameHeader header, BlobContent? mask)
    {
        public BlobHash Key => key;

        public FrameHeader Header => header;

        public BlobContent? Mask => mask;

        /// <summary>The mask, once it was read; empty if there is none.</summary>
        public byte[]? Valid { get; set; }
    }

    private sealed class Picture(FramePictures maker, Series series, Entry entry, BlobContent content, int number, int bin) : IFramePicture
    {
        public Series Series => series;

        public Entry Entry => entry;

        public BlobContent Content => content;

        public int Number => number;

        public int Bin => bin;

        public BlobHash Version { get; } = BlobHash.Compute(
            Encoding.ASCII.GetBytes($"picture-1 {content.Hash} {series.Key} {series.Mask?.Hash} {bin}"));

        public int Rows => FrameBinning.Length(series.Header.Rows, bin);

        public int Columns => FrameBinning.Length(series.Header.Columns, bin);

        public Task<Result<PictureBytes>> MakeAsync(CancellationToken ct) => maker.MakeAsync(this, ct);

        public async Task<Result<byte[]>> DrawAsync(CancellationToken ct)
        {
            if (!(await MakeAsync(ct)).TryGet(out PictureBytes? made, out HutchError? refusal))
            {
                return refusal;
            }

            using (made)
            {
                return FrameDrawing.Draw(series.Header, bin, made.Memory.Span);
            }
        }
    }
}
