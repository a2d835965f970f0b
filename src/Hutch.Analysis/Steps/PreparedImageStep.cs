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
    private readonly Func<IImageAnalyser> _create;
    private readonly ConcurrentBag<Slot> _idle;
    private readonly DetectorMask _mask;
    private readonly ImageMemory.Share? _memory;

    public PreparedImageStep(
        FrameHeader header, IImageAnalyser first, Func<IImageAnalyser> create, DetectorMask mask, ImageMemory.Share? memory)
    {
        _header = header;
        _create = create;
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

        _mask.Dispose();
        _memory?.Dispose();
    }

    public HutchError? Process(RawFrame frame, RowWriter row)
    {
        if (!FrameEntry.Encoding(_header, frame.Metadata).TryGet(out (FrameCodec Codec, uint FilterMask) encoding, out HutchError? refusal))
        {
            return refusal;
        }

        Slot slot = _idle.TryTake(out Slot? idle) ? idle : new Slot(_create(), _header);
        int pixelBytes = _header.Type.Size();
        var pieces = new FramePieces(encoding.Codec, pixelBytes, encoding.FilterMask, frame.Bytes, slot.Pixels.Length);
        var rows = new FrameRows(frame.Number, pieces, slot.Pixels.Span, _header.Columns * pixelBytes);
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

        public NativeBytes Pixels { get; } = new(header.ImageBytes);

        public void Dispose()
        {
            Pixels.Dispose();
            (analyser as IDisposable)?.Dispose();
        }
    }
}
