namespace Hutch.Capture.Comparison;

/// <summary>
/// Compares the frames of another writer's file with those of a dataset: byte for byte by their hashes, and by their pixels where the bytes
/// differ, as they do when the writer packed the images in another way. Reads each frame of the file as soon as it is there.
/// </summary>
public sealed class SeriesComparison(Func<EntryInfo, CancellationToken, Task<byte[]>> read, TimeProvider time)
{
    private readonly Dictionary<string, BlobHash> _file = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _readable = new(StringComparer.Ordinal);
    private long _missing;

    public int Frames => _file.Count;

    public async Task ReadAsync(IFrameSource file, CancellationToken cancellationToken)
    {
        await foreach (SourceFrame frame in file.ReadFramesAsync(cancellationToken))
        {
            using IDisposable? owner = frame.Owner;
            if (frame.IsMissing)
            {
                _missing += frame.MissingThrough - frame.Number + 1;
                continue;
            }

            _readable[frame.Path] = time.GetUtcNow();
            _file[frame.Path] = BlobHash.Compute(frame.Bytes.Span);
        }
    }

    /// <param name="again">Opens the file again, for frames whose bytes differ.</param>
    public async Task<FrameComparison> CompareAsync(
        IReadOnlyDictionary<string, EntryInfo> entries, Func<CancellationToken, Task<IFrameSource>> again,
        CancellationToken cancellationToken)
    {
        var latency = new LatencyHistogram();
        var others = new HashSet<string>(StringComparer.Ordinal);
        var onlyInFile = new List<string>();
        long same = 0;
        foreach ((string path, BlobHash hash) in _file)
        {
            if (!entries.TryGetValue(path, out EntryInfo? entry))
            {
                onlyInFile.Add(path);
                continue;
            }

            if (FrameReceipt.Find(entry.Metadata) is { } received)
            {
                latency.Add(_readable[path] - received);
            }

            if (entry.Hash == hash)
            {
                same++;
            }
            else
            {
                others.Add(path);
            }
        }

        int differ = others.Count;
        List<string> different = differ == 0 ? [] : await ComparePixelsAsync(entries, others, again, cancellationToken);
        List<string> onlyInDataset = [.. entries.Keys.Where(path => FrameEntry.TryParse(path, out _, out _) && !_file.ContainsKey(path))];
        return new FrameComparison
        {
            Frames = _file.Count,
            SameBytes = same,
            SamePixels = differ - different.Count,
            Different = Sorted(different),
            OnlyInFile = Sorted(onlyInFile),
            OnlyInDataset = Sorted(onlyInDataset),
            NeverWritten = _missing,
            FileMillisecondsMedian = latency.Milliseconds(0.5),
            FileMilliseconds99 = latency.Milliseconds(0.99),
        };
    }

    private async Task<List<string>> ComparePixelsAsync(
        IReadOnlyDictionary<string, EntryInfo> entries, HashSet<string> wanted, Func<CancellationToken, Task<IFrameSource>> again,
        CancellationToken cancellationToken)
    {
        // What the second look does not find any more is different.
        HashSet<string> left = [.. wanted];
        FrameHeader? stored = entries.TryGetValue(FrameHeader.EntryPath, out EntryInfo? header)
            && FrameHeader.Parse(await read(header, cancellationToken)).TryGet(out FrameHeader? parsed, out _) ? parsed : null;
        await using IFrameSource file = await again(cancellationToken);
        if (stored is null || (stored.Rows, stored.Columns, stored.Type) != (file.Header.Rows, file.Header.Columns, file.Header.Type))
        {
            return [.. left];
        }

        byte[] one = new byte[stored.Rows * stored.Columns * stored.Type.Size()];
        byte[] other = new byte[one.Length];
        await foreach (SourceFrame frame in file.ReadFramesAsync(cancellationToken))
        {
            using IDisposable? owner = frame.Owner;
            if (frame.IsMissing || !left.Contains(frame.Path))
            {
                continue;
            }

            EntryInfo entry = entries[frame.Path];
            if (FrameEntry.Encoding(stored, entry.Metadata).TryGet(out (FrameCodec Codec, uint FilterMask) how, out _)
                && FrameDecoder.TryDecode(frame.Codec, stored.Type.Size(), frame.FilterMask, frame.Bytes.Span, one) == FrameDecodeError.None
                && FrameDecoder.TryDecode(
                    how.Codec, stored.Type.Size(), how.FilterMask, await read(entry, cancellationToken), other) == FrameDecodeError.None
                && one.AsSpan().SequenceEqual(other))
            {
                left.Remove(frame.Path);
            }
        }

        return [.. left];
    }

    private static List<string> Sorted(List<string> paths)
    {
        paths.Sort(StringComparer.Ordinal);
        return paths;
    }
}
