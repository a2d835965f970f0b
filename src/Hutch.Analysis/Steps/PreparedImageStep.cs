using System.Collections.Concurrent;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Detectors.Ingest;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Steps;

/// <summary>
/// Decodes the frames of one run and passes them to analysers. Pools one image buffer and analyser per thread, and frees them at its end.
/// </summary>
internal sealed class PreparedImageStep : IPreparedStep
{
    private readonly FrameHeader _header;
    private readonly AnalyserFactory _factory;
    private readonly ConcurrentBag<Slot> _idle;
    private readonly DetectorMask _mask;
    private readonly ImageMemory.Share? _memory;

    public PreparedImageStep(
        FrameHeader header, IImageAnalyser first, AnalyserFactory factory, DetectorMask mask, ImageMemory.Share? memory)
    {
        _header = header;
        _factory = factory;
        _mask = mask;
        _memory = memory;
        _idle = [new Slot(first, header)];
    }

    public required int FramesAtOnce { get; init; }

    public long MaxFrameBytes => _header.MaxPackedBytes;

    public void Dispose()
    {
        while (_idle.TryTake(out Slot? slot))
        {
            slot.Dispose();
        }

        _factory.Dispose();
        _mask.Dispose();
        _memory?.Dispose();
    }

    public HutchError? Process(RawFrame frame, RowWriter row)
    {
        if (!FrameEntry.Encoding(_header, frame.Metadata).TryGet(out (FrameCodec Codec, uint FilterMask) encoding, out HutchError? refusal))
        {
            return refusal;
        }

        Slot slot = _idle.TryTake(out Slot? idle) ? idle : new Slot(_factory.Create().Value, _header);
        int pixelBytes = _header.Type.Size();
        var pieces = new FramePieces(encoding.Codec, pixelBytes, encoding.FilterMask, frame.Bytes, slot.Pixels.Length);
        var rows = new FrameRows(frame.Number, pieces, slot.Pixels, _header.Columns * pixelBytes);
        refusal = slot.Analyser.Analyse(ref rows, row);
        if (refusal is null)
        {
            GridCell.Write(_header.Grid, frame.Number, row);
        }

        // Not returned to the pool after an exception: its state is unknown.
        _idle.Add(slot);
        return refusal;
    }

    private sealed class Slot(IImageAnalyser analyser, FrameHeader header) : IDisposable
    {
        public IImageAnalyser Analyser => analyser;

        private readonly NativeBytes? _own = analyser is IPixelMemory ? null : new NativeBytes(header.ImageBytes);

        public Span<byte> Pixels => _own is null ? ((IPixelMemory)Analyser).Pixels : _own.Span;

        public void Dispose()
        {
            _own?.Dispose();
            (analyser as IDisposable)?.Dispose();
        }
    }
}
